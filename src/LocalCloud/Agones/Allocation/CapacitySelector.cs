using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Agones.Allocation;

/// <summary>Bounds on a counter; 0 as an upper bound means none.</summary>
internal readonly record struct CounterSelector(long MinCount, long MaxCount, long MinAvailable, long MaxAvailable)
{
    public static CounterSelector Read(JsonObject? node) => new(
        node.Integer("minCount") ?? 0, node.Integer("maxCount") ?? 0, node.Integer("minAvailable") ?? 0, node.Integer("maxAvailable") ?? 0);

    public bool Matches(CounterValue counter) =>
        counter.Count >= MinCount && (MaxCount == 0 || counter.Count <= MaxCount)
        && counter.Available >= MinAvailable && (MaxAvailable == 0 || counter.Available <= MaxAvailable);

    public JsonObject ToJson() => new()
    {
        ["minCount"] = MinCount,
        ["maxCount"] = MaxCount,
        ["minAvailable"] = MinAvailable,
        ["maxAvailable"] = MaxAvailable,
    };
}

/// <summary>Bounds on a list; 0 as an upper bound means none, an empty value any content.</summary>
internal readonly record struct ListSelector(string ContainsValue, long MinAvailable, long MaxAvailable)
{
    public static ListSelector Read(JsonObject? node) =>
        new(node.Text("containsValue") ?? "", node.Integer("minAvailable") ?? 0, node.Integer("maxAvailable") ?? 0);

    public bool Matches(ListValue list) =>
        (ContainsValue.Length == 0 || list.Values.Contains(ContainsValue))
        && list.Available >= MinAvailable && (MaxAvailable == 0 || list.Available <= MaxAvailable);

    public JsonObject ToJson() => new()
    {
        ["containsValue"] = ContainsValue,
        ["minAvailable"] = MinAvailable,
        ["maxAvailable"] = MaxAvailable,
    };
}
