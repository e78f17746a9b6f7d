using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Agones.Allocation;

/// <summary>Which servers one preference of an allocation accepts.</summary>
internal sealed record GameServerSelector(
    LabelSelector Labels,
    string State,
    IReadOnlyDictionary<string, CounterSelector> Counters,
    IReadOnlyDictionary<string, ListSelector> Lists)
{
    public bool HasCapacityRules => Counters.Count > 0 || Lists.Count > 0;

    public bool Matches(StoredObject server)
    {
        var facts = GameServerFacts.Of(server);
        return facts.State == State && !server.Deleting && Labels.Matches(server.Labels) && MatchesCapacity(facts);
    }

    public bool MatchesCapacity(GameServerFacts facts)
    {
        foreach (var (name, bounds) in Counters)
        {
            if (facts.Counters is null || !facts.Counters.TryGetValue(name, out var counter) || !bounds.Matches(counter)) return false;
        }

        foreach (var (name, bounds) in Lists)
        {
            if (facts.Lists is null || !facts.Lists.TryGetValue(name, out var list) || !bounds.Matches(list)) return false;
        }

        return true;
    }

    /// <summary>Reads a selector as it is sent, and completes the JSON with defaults as the answer shows it.</summary>
    public static GameServerSelector Read(JsonObject node, string path, List<StatusCause> causes)
    {
        node["gameServerState"] ??= GameServerState.Ready;
        var state = node.Text("gameServerState");
        if (state is not (GameServerState.Ready or GameServerState.Allocated))
        {
            causes.Add(new("FieldValueInvalid",
                $"Invalid value: \"{state}\": GameServerState must be either Allocated or Ready", $"{path}.gameServerState"));
        }

        var counters = new Dictionary<string, CounterSelector>(StringComparer.Ordinal);
        foreach (var (name, bounds) in (node.Child("counters") ?? []).ToList())
        {
            counters[name] = CounterSelector.Read(bounds as JsonObject);
            node["counters"]![name] = counters[name].ToJson();
        }

        var lists = new Dictionary<string, ListSelector>(StringComparer.Ordinal);
        foreach (var (name, bounds) in (node.Child("lists") ?? []).ToList())
        {
            lists[name] = ListSelector.Read(bounds as JsonObject);
            node["lists"]![name] = lists[name].ToJson();
        }

        return new GameServerSelector(LabelSelectorReader.Read(node, path, causes), state ?? "", counters, lists);
    }
}
