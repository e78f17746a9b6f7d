using System.Text.Json;

namespace FleetSystem.FleetManager.Kubernetes.Reading;

/// <summary>
/// Gives one string for equal JSON strings, without allocating when it has it. Not for several threads. When full it starts anew: what
/// is still in use comes back within one list, and names of nodes that are long gone do not stay for ever.
/// </summary>
internal sealed class StringPool
{
    private const int LongestInterned = 128;

    private readonly int _capacity;
    private readonly HashSet<string> _strings = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public StringPool(int capacity)
    {
        _capacity = capacity;
        _lookup = _strings.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public int Count => _strings.Count;

    /// <summary>The string that the reader stands on.</summary>
    public string Get(ref Utf8JsonReader reader)
    {
        var bytes = reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length;
        if (bytes > LongestInterned) return reader.GetString()!;
        Span<char> buffer = stackalloc char[LongestInterned];
        return Get(buffer[..reader.CopyString(buffer)]);
    }

    /// <summary>The string of a text.</summary>
    public string Get(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return "";
        if (_lookup.TryGetValue(text, out var known)) return known;
        if (_strings.Count >= _capacity) _strings.Clear();
        var added = new string(text);
        _strings.Add(added);
        return added;
    }
}
