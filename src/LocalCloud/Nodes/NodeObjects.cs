using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Nodes;

/// <summary>Node objects as a cluster registers them, and as it marks them when their kubelet falls silent.</summary>
internal static class NodeObjects
{
    public const string ZoneLabel = "topology.kubernetes.io/zone";
    public const string RegionLabel = "topology.kubernetes.io/region";
    public const string SimulatedLabel = "localcloud/simulated";
    public const string UnreachableTaint = "node.kubernetes.io/unreachable";

    private static readonly (string Type, string Good, string Reason)[] Conditions =
    [
        ("MemoryPressure", "False", "KubeletHasSufficientMemory"),
        ("DiskPressure", "False", "KubeletHasNoDiskPressure"),
        ("PIDPressure", "False", "KubeletHasSufficientPID"),
        ("Ready", "True", "KubeletReady"),
    ];

    public static JsonObject Create(LocalNode node, DateTimeOffset now)
    {
        var labels = new JsonObject
        {
            ["beta.kubernetes.io/arch"] = "amd64",
            ["beta.kubernetes.io/os"] = "linux",
            ["failure-domain.beta.kubernetes.io/region"] = node.Region,
            ["failure-domain.beta.kubernetes.io/zone"] = node.Zone,
            ["kubernetes.io/arch"] = "amd64",
            ["kubernetes.io/hostname"] = node.Name,
            ["kubernetes.io/os"] = "linux",
            ["node.kubernetes.io/instance-type"] = "c6i.16xlarge",
            [RegionLabel] = node.Region,
            [ZoneLabel] = node.Zone,
        };
        if (node.Simulated) labels[SimulatedLabel] = "true";
        return new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = node.Name, ["labels"] = labels },
            ["spec"] = new JsonObject { ["providerID"] = $"aws:///{node.Zone}/i-{node.Name}" },
            ["status"] = new JsonObject
            {
                ["capacity"] = Resources(),
                ["allocatable"] = Resources(),
                ["conditions"] = new JsonArray([.. Conditions.Select(condition => (JsonNode)Condition(condition, now))]),
                ["addresses"] = new JsonArray(
                    new JsonObject { ["type"] = "InternalIP", ["address"] = node.Address.ToString() },
                    new JsonObject { ["type"] = "Hostname", ["address"] = node.Name }),
                ["daemonEndpoints"] = new JsonObject { ["kubeletEndpoint"] = new JsonObject { ["Port"] = 0 } },
                ["nodeInfo"] = new JsonObject
                {
                    ["machineID"] = "",
                    ["systemUUID"] = "",
                    ["bootID"] = "",
                    ["kernelVersion"] = "",
                    ["osImage"] = "",
                    ["containerRuntimeVersion"] = "localcloud://0",
                    ["kubeletVersion"] = "v1.36.2-localcloud",
                    ["kubeProxyVersion"] = "",
                    ["operatingSystem"] = "linux",
                    ["architecture"] = "amd64",
                },
            },
        };
    }

    /// <summary>Every condition turns Unknown: nobody has heard of the kubelet.</summary>
    public static bool MarkUnknown(JsonObject body, DateTimeOffset now)
    {
        foreach (var condition in body.Child("status").Items("conditions")!.OfType<JsonObject>())
        {
            condition["status"] = "Unknown";
            condition["reason"] = "NodeStatusUnknown";
            condition["message"] = "Kubelet stopped posting node status.";
            condition["lastTransitionTime"] = Rfc3339.Seconds(now);
        }

        return true;
    }

    public static bool AddUnreachableTaint(JsonObject body, string effect, DateTimeOffset now)
    {
        var spec = body.Ensure("spec");
        if (spec["taints"] is not JsonArray taints) spec["taints"] = taints = [];
        if (taints.OfType<JsonObject>().Any(taint => taint.Text("key") == UnreachableTaint && taint.Text("effect") == effect)) return false;
        taints.Add(new JsonObject { ["key"] = UnreachableTaint, ["effect"] = effect, ["timeAdded"] = Rfc3339.Seconds(now) });
        return true;
    }

    /// <summary>The kubelet is back: conditions as at first, no taint of absence.</summary>
    public static bool MarkReady(JsonObject body, DateTimeOffset now)
    {
        body.Ensure("status")["conditions"] = new JsonArray([.. Conditions.Select(condition => (JsonNode)Condition(condition, now))]);
        if (body.Child("spec").Items("taints") is not { } taints) return true;
        foreach (var taint in taints.OfType<JsonObject>().Where(taint => taint.Text("key") == UnreachableTaint).ToList()) taints.Remove(taint);
        if (taints.Count == 0) body.Child("spec")!.Remove("taints");
        return true;
    }

    private static JsonObject Resources() => new() { ["cpu"] = "64", ["memory"] = "256Gi", ["pods"] = "5k" };

    private static JsonObject Condition((string Type, string Good, string Reason) condition, DateTimeOffset now) => new()
    {
        ["type"] = condition.Type,
        ["status"] = condition.Good,
        ["lastHeartbeatTime"] = Rfc3339.Seconds(now),
        ["lastTransitionTime"] = Rfc3339.Seconds(now),
        ["reason"] = condition.Reason,
    };
}
