using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Nodes;

/// <summary>What scheduling needs of a Node.</summary>
internal sealed record NodeFacts(string Zone, string Region, string Address, bool Schedulable, bool Simulated)
{
    public static NodeFacts Of(StoredObject stored) => (NodeFacts)stored.Facts!;

    public static object Read(JsonObject body)
    {
        var labels = body.Child("metadata").Child("labels");
        var spec = body.Child("spec");
        var status = body.Child("status");
        var cordoned = spec?["unschedulable"] is JsonValue value && value.TryGetValue<bool>(out var yes) && yes;
        var tainted = spec.Items("taints")?.OfType<JsonObject>().Any(taint => taint.Text("effect") is "NoSchedule" or "NoExecute") == true;
        var ready = status.Items("conditions")?.OfType<JsonObject>()
            .Any(condition => condition.Text("type") == "Ready" && condition.Text("status") == "True") == true;
        var address = status.Items("addresses")?.OfType<JsonObject>()
            .FirstOrDefault(entry => entry.Text("type") == "InternalIP").Text("address") ?? "";
        return new NodeFacts(
            labels.Text(NodeObjects.ZoneLabel) ?? "",
            labels.Text(NodeObjects.RegionLabel) ?? "",
            address,
            ready && !cordoned && !tainted,
            labels.Text(NodeObjects.SimulatedLabel) == "true");
    }
}
