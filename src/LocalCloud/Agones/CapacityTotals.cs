using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Agones;

/// <summary>Sums of counters and lists over servers, or over the sets of a Fleet.</summary>
internal sealed class CapacityTotals
{
    private readonly SortedDictionary<string, Total> _counters = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Total> _lists = new(StringComparer.Ordinal);

    public void Add(GameServerFacts server)
    {
        var allocated = server.State == GameServerState.Allocated;
        foreach (var (name, counter) in server.Counters ?? new Dictionary<string, CounterValue>())
        {
            Add(_counters, name, Total.Of(counter.Count, counter.Capacity, allocated));
        }

        foreach (var (name, list) in server.Lists ?? new Dictionary<string, ListValue>())
        {
            Add(_lists, name, Total.Of(list.Values.Count, list.Capacity, allocated));
        }
    }

    /// <summary>Adds the totals that a set's status shows.</summary>
    public void Add(JsonObject? status)
    {
        AddAll(_counters, status.Child("counters"));
        AddAll(_lists, status.Child("lists"));
    }

    public void Write(JsonObject status)
    {
        if (_counters.Count > 0) status["counters"] = ToJson(_counters);
        if (_lists.Count > 0) status["lists"] = ToJson(_lists);
    }

    private static void AddAll(SortedDictionary<string, Total> totals, JsonObject? shown)
    {
        foreach (var (name, node) in shown ?? [])
        {
            var entry = node as JsonObject;
            Add(totals, name, new Total(
                entry.Integer("allocatedCount") ?? 0, entry.Integer("allocatedCapacity") ?? 0, entry.Integer("count") ?? 0, entry.Integer("capacity") ?? 0));
        }
    }

    private static void Add(SortedDictionary<string, Total> totals, string name, Total more)
    {
        var total = totals.GetValueOrDefault(name);
        totals[name] = new Total(
            total.AllocatedCount + more.AllocatedCount, total.AllocatedCapacity + more.AllocatedCapacity,
            total.Count + more.Count, total.Capacity + more.Capacity);
    }

    private static JsonObject ToJson(SortedDictionary<string, Total> totals)
    {
        var json = new JsonObject();
        foreach (var (name, total) in totals)
        {
            json[name] = new JsonObject
            {
                ["allocatedCount"] = total.AllocatedCount,
                ["allocatedCapacity"] = total.AllocatedCapacity,
                ["count"] = total.Count,
                ["capacity"] = total.Capacity,
            };
        }

        return json;
    }

    private readonly record struct Total(long AllocatedCount, long AllocatedCapacity, long Count, long Capacity)
    {
        public static Total Of(long count, long capacity, bool allocated) =>
            new(allocated ? count : 0, allocated ? capacity : 0, count, capacity);
    }
}
