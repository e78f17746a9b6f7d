using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FleetSystem.FleetModel.Clusters.Allocation;

namespace FleetSystem.Matchmaker.Allocator;

/// <summary>
/// Hash of what a director asks for, to tell a repetition from another request under the same key. The order in which a client happens to
/// send the entries of its maps does not count. Pure.
/// </summary>
internal static class AllocationFingerprint
{
    public static string Of(string @namespace, AllocationOrder order)
    {
        var text = new StringBuilder();
        Add(text, @namespace, order.Scheduling.ToString());
        foreach (var selector in order.Selectors)
        {
            Add(text, "selector", selector.State.ToString());
            AddMap(text, selector.MatchLabels, value => value);
            AddMap(text, selector.Counters, value => value.ToString());
            AddMap(text, selector.Lists, value => value.ToString());
        }

        foreach (var priority in order.Priorities) Add(text, "priority", priority.ToString());
        AddMap(text, order.Labels, value => value);
        AddMap(text, order.Annotations, value => value);
        AddMap(text, order.Counters, value => value.ToString());
        AddMap(text, order.Lists, value => string.Create(CultureInfo.InvariantCulture, $"{value.Capacity}+{Joined(value.AddValues)}-{Joined(value.DeleteValues)}"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 16));
    }

    private static void AddMap<T>(StringBuilder text, IReadOnlyDictionary<string, T> map, Func<T, string> write)
    {
        Add(text, "map", map.Count.ToString(CultureInfo.InvariantCulture));
        foreach (var (key, value) in map.OrderBy(pair => pair.Key, StringComparer.Ordinal)) Add(text, key, write(value));
    }

    // With their lengths: parts cannot run into each other.
    private static void Add(StringBuilder text, params ReadOnlySpan<string> parts)
    {
        foreach (var part in parts) text.Append(CultureInfo.InvariantCulture, $"{part.Length}:{part}");
    }

    private static string Joined(IReadOnlyList<string> values)
    {
        var text = new StringBuilder();
        foreach (var value in values) Add(text, value);
        return text.ToString();
    }
}
