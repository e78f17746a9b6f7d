using System.Globalization;

namespace FleetSystem.FleetModel.Routing;

/// <summary>Ports from one to another, both included.</summary>
/// <param name="From">First port, 1 to 65535.</param>
/// <param name="To">Last port, <paramref name="From"/> to 65535.</param>
public readonly record struct PortRange(int From, int To)
{
    /// <summary>Ports in it.</summary>
    public int Count => To - From + 1;

    /// <summary>Reads <c>7000-7100</c>, or one port.</summary>
    /// <returns>False when the text is no such range, or one that ends before it begins.</returns>
    public static bool TryParse(string? text, out PortRange range)
    {
        range = default;
        if (text is null) return false;
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (!TryPort(dash < 0 ? text : text.AsSpan(0, dash), out var from) || !TryPort(dash < 0 ? text : text.AsSpan(dash + 1), out var to) || to < from) return false;
        range = new(from, to);
        return true;

        static bool TryPort(ReadOnlySpan<char> digits, out int port) =>
            int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= ushort.MaxValue;
    }

    /// <summary>Whether a port belongs to both.</summary>
    public bool Overlaps(PortRange other) => From <= other.To && other.From <= To;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{From}-{To}");
}
