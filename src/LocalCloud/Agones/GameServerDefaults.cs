using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Agones;

/// <summary>What Agones fills in where a GameServer or a template of one says nothing.</summary>
internal static class GameServerDefaults
{
    private const int GrpcPort = 9357;
    private const int HttpPort = 9358;
    private const int HealthSeconds = 5;
    private const int HealthFailures = 5;

    /// <summary>Shapes a template the way it is stored: nothing is decided yet that a GameServer decides.</summary>
    public static void NormalizeTemplate(JsonObject spec)
    {
        spec.Ensure("health");
        spec.Ensure("sdkServer");
        spec["immutableReplicas"] ??= 1;
        var pod = spec.Ensure("template");
        NormalizeMetadata(pod);
        if (pod.Ensure("spec").Items("containers") is not { } containers) return;
        foreach (var container in containers.OfType<JsonObject>()) container.Ensure("resources");
    }

    /// <summary>Metadata within a template: an explicit empty time, and no empty maps.</summary>
    public static void NormalizeMetadata(JsonObject template)
    {
        var metadata = template.Ensure("metadata");
        if (!metadata.ContainsKey("creationTimestamp")) metadata["creationTimestamp"] = null;
        foreach (var map in (ReadOnlySpan<string>)["labels", "annotations"])
        {
            if (metadata[map] is null or JsonObject { Count: 0 }) metadata.Remove(map);
        }
    }

    /// <summary>Completes a GameServer: after this it says everything that controllers need.</summary>
    public static void Complete(JsonObject body)
    {
        var metadata = body.Ensure("metadata");
        metadata.Ensure("annotations")[AgonesNames.VersionAnnotation] = AgonesNames.Version;
        metadata["finalizers"] ??= new JsonArray(AgonesNames.Finalizer);
        var spec = body.Ensure("spec");
        NormalizeTemplate(spec);
        spec["scheduling"] ??= AgonesNames.Packed;
        spec["container"] ??= FirstContainer(spec);
        spec.Ensure("eviction")["safe"] ??= "Never";
        CompleteHealth(spec.Ensure("health"));
        var sdk = spec.Ensure("sdkServer");
        sdk["grpcPort"] ??= GrpcPort;
        sdk["httpPort"] ??= HttpPort;
        sdk["logLevel"] ??= "Info";
        CompletePorts(spec);
        if (body["status"] is null) body["status"] = FirstStatus(spec);
    }

    /// <summary>What is wrong with a GameServer's spec; paths begin with <paramref name="path"/> and <c>spec</c>.</summary>
    public static IEnumerable<StatusCause> Faults(JsonObject spec, string path)
    {
        var containers = spec.Child("template").Child("spec").Items("containers");
        var named = spec.Text("container") ?? "";
        if (named.Length == 0 && containers?.Count > 1)
        {
            yield return new("FieldValueRequired", "Required value: Container is required when using multiple containers in the pod template", $"{path}spec.container");
        }

        var effective = named.Length == 0 && containers?.Count == 1 ? containers[0].Name() : named;
        if (containers?.Any(container => container.Name() == effective) != true || effective.Length == 0)
        {
            yield return new("FieldValueInvalid", $"Invalid value: \"{named}\": Could not find a container named {named}", $"{path}spec.container");
        }
    }

    private static string Name(this JsonNode? container) => (container as JsonObject).Text("name") ?? "";

    private static string FirstContainer(JsonObject spec) =>
        (spec.Child("template").Child("spec").Items("containers")?.FirstOrDefault()).Name();

    private static void CompleteHealth(JsonObject health)
    {
        if (health["disabled"] is JsonValue disabled && disabled.TryGetValue<bool>(out var off) && off) return;
        health["periodSeconds"] ??= HealthSeconds;
        health["failureThreshold"] ??= HealthFailures;
        health["initialDelaySeconds"] ??= HealthSeconds;
    }

    private static void CompletePorts(JsonObject spec)
    {
        if (spec.Items("ports") is not { } ports) return;
        foreach (var port in ports.OfType<JsonObject>())
        {
            port["portPolicy"] ??= "Dynamic";
            port["protocol"] ??= "UDP";
            port["container"] ??= spec["container"]!.DeepClone();
            port["range"] ??= "default";
        }
    }

    private static JsonObject FirstStatus(JsonObject spec)
    {
        var dynamic = spec.Items("ports")?.OfType<JsonObject>().Any(port => port.Text("portPolicy") is "Dynamic" or "Passthrough") == true;
        var status = new JsonObject
        {
            ["state"] = dynamic ? GameServerState.PortAllocation : GameServerState.Creating,
            ["address"] = "",
            ["addresses"] = null,
            ["nodeName"] = "",
            ["ports"] = null,
            ["players"] = null,
            ["reservedUntil"] = null,
            ["eviction"] = spec["eviction"]!.DeepClone(),
            ["immutableReplicas"] = 1,
        };
        if (spec.Child("counters") is { Count: > 0 } counters) status["counters"] = counters.DeepClone();
        if (spec.Child("lists") is { Count: > 0 } lists) status["lists"] = lists.DeepClone();
        return status;
    }
}
