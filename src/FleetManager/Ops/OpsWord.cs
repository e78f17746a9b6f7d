using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace FleetSystem.FleetManager.Ops;

/// <summary>A value of an enumeration as a filter names it: by the word that answers tell it with, in upper or lower case, and never by a number.</summary>
/// <param name="Value">The value.</param>
internal readonly record struct OpsWord<T>(T Value)
    where T : struct, Enum
{
    /// <summary>The words that there are.</summary>
    public static IReadOnlyList<string> Words { get; } = [.. Enum.GetNames<T>().Select(JsonNamingPolicy.CamelCase.ConvertName)];

    /// <summary>Reads one; called by the framework for each filter.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, IFormatProvider? provider, out OpsWord<T> word)
    {
        word = default;
        if (text is not { Length: > 0 } || !char.IsAsciiLetter(text[0]) || text.Contains(',', StringComparison.Ordinal) || !Enum.TryParse<T>(text, ignoreCase: true, out var value)) return false;
        word = new OpsWord<T>(value);
        return true;
    }
}
