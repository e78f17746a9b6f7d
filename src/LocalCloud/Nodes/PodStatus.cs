using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Nodes;

/// <summary>What a kubelet writes into a Pod's status.</summary>
internal static class PodStatus
{
    private static readonly string[] RunningConditions = ["Initialized", "Ready", "ContainersReady", "PodScheduled"];

    public static bool WriteRunning(JsonObject body, string hostIp, string podIp, DateTimeOffset now)
    {
        var status = body.Ensure("status");
        if (status.Text("phase") != PodFacts.Pending) return false;
        status["phase"] = PodFacts.Running;
        status["conditions"] = new JsonArray([.. RunningConditions.Select(type => (JsonNode)Condition(type, "True", now))]);
        status["hostIP"] = hostIp;
        status["podIP"] = podIp;
        status["podIPs"] = new JsonArray(new JsonObject { ["ip"] = podIp });
        status["startTime"] = Rfc3339.Seconds(now);
        status["containerStatuses"] = Containers(body, "containers", new JsonObject
        {
            ["running"] = new JsonObject { ["startedAt"] = Rfc3339.Seconds(now) },
        }, ready: true);
        status["initContainerStatuses"] = Containers(body, "initContainers", new JsonObject
        {
            ["running"] = new JsonObject { ["startedAt"] = Rfc3339.Seconds(now) },
        }, ready: true);
        return true;
    }

    public static bool WriteEnded(JsonObject body, int exitCode, string reason, string? message, DateTimeOffset now)
    {
        var status = body.Ensure("status");
        if (status.Text("phase") is PodFacts.Failed or PodFacts.Succeeded) return false;
        status["phase"] = exitCode == 0 ? PodFacts.Succeeded : PodFacts.Failed;
        if (message is not null)
        {
            status["reason"] = reason;
            status["message"] = message;
        }

        status["conditions"] = new JsonArray(
            Condition("Initialized", "True", now), Condition("Ready", "False", now, exitCode == 0 ? "PodCompleted" : "PodFailed"),
            Condition("ContainersReady", "False", now, exitCode == 0 ? "PodCompleted" : "PodFailed"), Condition("PodScheduled", "True", now));
        var ended = new JsonObject { ["exitCode"] = exitCode, ["reason"] = reason, ["finishedAt"] = Rfc3339.Seconds(now) };
        status["containerStatuses"] = Containers(body, "containers", new JsonObject { ["terminated"] = ended }, ready: false);
        return true;
    }

    /// <summary>The Pod waits: its container cannot be started yet, and why.</summary>
    public static bool WriteWaiting(JsonObject body, string reason, string message)
    {
        var status = body.Ensure("status");
        if (status.Text("phase") != PodFacts.Pending) return false;
        status["containerStatuses"] = Containers(body, "containers", new JsonObject
        {
            ["waiting"] = new JsonObject { ["reason"] = reason, ["message"] = message },
        }, ready: false);
        return true;
    }

    public static JsonObject Condition(string type, string value, DateTimeOffset now, string? reason = null)
    {
        var condition = new JsonObject
        {
            ["type"] = type,
            ["status"] = value,
            ["lastProbeTime"] = null,
            ["lastTransitionTime"] = Rfc3339.Seconds(now),
        };
        if (reason is not null) condition["reason"] = reason;
        return condition;
    }

    private static JsonArray Containers(JsonObject body, string list, JsonObject state, bool ready)
    {
        var uid = body.Child("metadata").Text("uid");
        var statuses = new JsonArray();
        foreach (var container in body.Child("spec").Items(list)?.OfType<JsonObject>() ?? [])
        {
            statuses.Add(new JsonObject
            {
                ["name"] = container.Text("name"),
                ["state"] = state.DeepClone(),
                ["lastState"] = new JsonObject(),
                ["ready"] = ready,
                ["restartCount"] = 0,
                ["image"] = container.Text("image"),
                ["imageID"] = $"localcloud://{container.Text("image")}",
                ["containerID"] = $"containerd://{uid}-{container.Text("name")}",
                ["started"] = ready,
            });
        }

        return statuses;
    }
}
