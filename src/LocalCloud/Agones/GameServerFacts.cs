using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Agones;

/// <summary>A counter of a GameServer.</summary>
internal readonly record struct CounterValue(long Count, long Capacity)
{
    public long Available => Capacity - Count;
}

/// <summary>A list of a GameServer.</summary>
internal sealed record ListValue(long Capacity, IReadOnlyList<string> Values)
{
    public long Available => Capacity - Values.Count;
}

/// <summary>What controllers and allocation need of a GameServer.</summary>
internal sealed record GameServerFacts(
    string State, string NodeName, IReadOnlyDictionary<string, CounterValue>? Counters, IReadOnlyDictionary<string, ListValue>? Lists)
{
    public static GameServerFacts Of(StoredObject stored) => (GameServerFacts)stored.Facts!;

    /// <summary>Whether the server is on its way out and no longer counts.</summary>
    public static bool BeingDeleted(StoredObject stored) => stored.Deleting || Of(stored).State == GameServerState.Shutdown;

    public static object Read(JsonObject body)
    {
        var status = body.Child("status");
        return new GameServerFacts(
            GameServerState.Intern(status.Text("state")),
            status.Text("nodeName") is { Length: > 0 } node ? string.Intern(node) : "",
            ReadCounters(status.Child("counters")),
            ReadLists(status.Child("lists")));
    }

    private static Dictionary<string, CounterValue>? ReadCounters(JsonObject? counters)
    {
        if (counters is null or { Count: 0 }) return null;
        var read = new Dictionary<string, CounterValue>(StringComparer.Ordinal);
        foreach (var (name, node) in counters)
        {
            var counter = node as JsonObject;
            read[name] = new CounterValue(counter.Integer("count") ?? 0, counter.Integer("capacity") ?? 0);
        }

        return read;
    }

    private static Dictionary<string, ListValue>? ReadLists(JsonObject? lists)
    {
        if (lists is null or { Count: 0 }) return null;
        var read = new Dictionary<string, ListValue>(StringComparer.Ordinal);
        foreach (var (name, node) in lists)
        {
            var list = node as JsonObject;
            var values = list.Items("values")?.Select(value => value.Text()).OfType<string>().ToList() ?? [];
            read[name] = new ListValue(list.Integer("capacity") ?? 0, values);
        }

        return read;
    }
}
