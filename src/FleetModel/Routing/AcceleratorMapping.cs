using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace FleetSystem.FleetModel.Routing;

/// <summary>
/// A custom routing accelerator's ports: which of them stands for which server address and port. Deterministic on AWS's side, so it is
/// loaded once, stored, and used from then on without a call. Ten bytes a row.
/// </summary>
[GenerateSerializer, Immutable, Alias("fleet.AcceleratorMapping")]
public sealed class AcceleratorMapping
{
    // Sorted by destination: address in the upper bits, port in the lower 16.
    [Id(0)] private readonly ulong[] _destinations;
    [Id(1)] private readonly ushort[] _ports;

    private AcceleratorMapping(long version, IReadOnlyList<string> addresses, ulong[] destinations, ushort[] ports)
    {
        Version = version;
        Addresses = addresses;
        _destinations = destinations;
        _ports = ports;
    }

    /// <summary>Counts the loads that changed something, from 1.</summary>
    [Id(2)] public long Version { get; }

    /// <summary>The accelerator's static addresses.</summary>
    [Id(3)] public IReadOnlyList<string> Addresses { get; }

    /// <summary>Number of rows.</summary>
    public int Count => _ports.Length;

    /// <summary>
    /// Makes a mapping from rows in any order. A destination that comes twice keeps its lowest accelerator port; a row with port 0 leads
    /// nowhere and is left out.
    /// </summary>
    public static AcceleratorMapping Create(long version, IReadOnlyList<string> addresses, IEnumerable<AcceleratorPort> rows)
    {
        var sorted = rows
            .Where(row => row is { Port: > 0, Accelerator: > 0 })
            .Select(row => (Destination: Pack(row.Address, row.Port), row.Accelerator))
            .OrderBy(row => row.Destination).ThenBy(row => row.Accelerator)
            .DistinctBy(row => row.Destination)
            .ToArray();
        return new(version, [.. addresses], [.. sorted.Select(row => row.Destination)], [.. sorted.Select(row => row.Accelerator)]);
    }

    /// <summary>The accelerator port of a server, or null when it is not known: the server then has no way in by the accelerator.</summary>
    /// <param name="address">The server's IPv4 address; anything else is not known.</param>
    /// <param name="port">The server's port.</param>
    public int? Find(string address, int port)
    {
        if (port is < 1 or > ushort.MaxValue || !IPAddress.TryParse(address, out var ip) || ip.AddressFamily != AddressFamily.InterNetwork) return null;
        var index = Array.BinarySearch(_destinations, Pack(ip, (ushort)port));
        return index < 0 ? null : _ports[index];
    }

    /// <summary>Whether both say the same, whatever their versions.</summary>
    public bool SameAs(AcceleratorMapping other) =>
        Addresses.SequenceEqual(other.Addresses) && _destinations.AsSpan().SequenceEqual(other._destinations) && _ports.AsSpan().SequenceEqual(other._ports);

    /// <summary>The mapping under another version.</summary>
    public AcceleratorMapping WithVersion(long version) => new(version, Addresses, _destinations, _ports);

    /// <summary>The rows as ten bytes each, for the store.</summary>
    public byte[] Export()
    {
        var bytes = new byte[_ports.Length * RowBytes];
        for (var i = 0; i < _ports.Length; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(i * RowBytes), _destinations[i]);
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan((i * RowBytes) + sizeof(ulong)), _ports[i]);
        }

        return bytes;
    }

    /// <summary>The mapping whose rows <see cref="Export"/> gave.</summary>
    /// <exception cref="FormatException">The bytes are not whole, sorted rows with ports.</exception>
    public static AcceleratorMapping Import(long version, IReadOnlyList<string> addresses, ReadOnlySpan<byte> rows)
    {
        if (rows.Length % RowBytes != 0) throw new FormatException($"A port mapping of {rows.Length} bytes is not made of rows of {RowBytes} bytes.");
        var destinations = new ulong[rows.Length / RowBytes];
        var ports = new ushort[destinations.Length];
        for (var i = 0; i < ports.Length; i++)
        {
            destinations[i] = BinaryPrimitives.ReadUInt64BigEndian(rows[(i * RowBytes)..]);
            ports[i] = BinaryPrimitives.ReadUInt16BigEndian(rows[((i * RowBytes) + sizeof(ulong))..]);
            if (ports[i] == 0 || (ushort)destinations[i] == 0) throw new FormatException($"Row {i} of the port mapping has port 0.");
            if (i > 0 && destinations[i] <= destinations[i - 1]) throw new FormatException($"Row {i} of the port mapping is out of order.");
        }

        return new(version, [.. addresses], destinations, ports);
    }

    private const int RowBytes = sizeof(ulong) + sizeof(ushort);

    private static ulong Pack(IPAddress address, ushort port)
    {
        Span<byte> bytes = stackalloc byte[4];
        if (!address.TryWriteBytes(bytes, out var written) || written != 4) throw new ArgumentException($"{address} is not an IPv4 address.", nameof(address));
        return ((ulong)BinaryPrimitives.ReadUInt32BigEndian(bytes) << 16) | port;
    }
}

/// <summary>One row of an accelerator's port mapping.</summary>
/// <param name="Address">IPv4 address of the destination.</param>
/// <param name="Port">Its port.</param>
/// <param name="Accelerator">Port of the accelerator that stands for it.</param>
public readonly record struct AcceleratorPort(IPAddress Address, ushort Port, ushort Accelerator);
