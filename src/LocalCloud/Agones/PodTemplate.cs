using System.Globalization;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Agones;

/// <summary>Makes the Pod of a GameServer: the template's, with ports, labels and the SDK sidecar.</summary>
internal static class PodTemplate
{
    /// <summary>A container with this image has no process: see <see cref="Nodes.SimulatedPodRuntime"/>.</summary>
    public const string SimulatedImage = "simulated";

    private const string SidecarName = "agones-gameserver-sidecar";
    private const string SidecarImage = "us-docker.pkg.dev/agones-images/release/agones-sdk:" + AgonesNames.Version;

    public static bool IsSimulated(StoredObject server) => Image(server.ToJson()) == SimulatedImage;

    public static JsonObject Create(JsonObject server)
    {
        var metadata = server.Child("metadata")!;
        var spec = server.Child("spec")!;
        var template = spec.Child("template")!;
        var name = metadata.Text("name")!;
        var podSpec = template.Child("spec")?.Copy() ?? [];
        var sdk = spec.Child("sdkServer");
        AddPorts(spec, podSpec, sdk);
        podSpec["initContainers"] = new JsonArray([.. (podSpec.Items("initContainers") ?? []).Select(item => item!.DeepClone()), Sidecar(name, metadata, sdk)]);
        podSpec["restartPolicy"] ??= "Never";
        podSpec["terminationGracePeriodSeconds"] ??= 30;
        podSpec["serviceAccountName"] ??= "agones-sdk";
        podSpec["hostname"] ??= name;
        podSpec["schedulerName"] ??= "default-scheduler";
        podSpec["tolerations"] ??= new JsonArray(Toleration("not-ready"), Toleration("unreachable"));

        var podMetadata = new JsonObject { ["name"] = name, ["namespace"] = metadata.Text("namespace") };
        var labels = template.Child("metadata").Child("labels")?.Copy() ?? [];
        labels[AgonesNames.GameServerLabel] = name;
        labels[AgonesNames.RoleLabel] = "gameserver";
        var safe = spec.Child("eviction").Text("safe") == "Always" ? "true" : "false";
        labels[AgonesNames.SafeToEvictLabel] = safe;
        podMetadata["labels"] = labels;
        var annotations = template.Child("metadata").Child("annotations")?.Copy() ?? [];
        annotations[AgonesNames.ContainerAnnotation] = spec.Text("container");
        annotations[AgonesNames.VersionAnnotation] = AgonesNames.Version;
        annotations["cluster-autoscaler.kubernetes.io/safe-to-evict"] = safe;
        podMetadata["annotations"] = annotations;
        podMetadata["ownerReferences"] = Owner(AgonesKinds.GameServer, name, metadata.Text("uid")!);
        return new JsonObject
        {
            ["metadata"] = podMetadata,
            ["spec"] = podSpec,
            ["status"] = new JsonObject { ["phase"] = "Pending", ["qosClass"] = "Burstable" },
        };
    }

    /// <summary>A controller's claim on what it made.</summary>
    public static JsonArray Owner(ResourceKind kind, string name, string uid) => new(new JsonObject
    {
        ["apiVersion"] = kind.ApiVersion,
        ["kind"] = kind.Kind,
        ["name"] = name,
        ["uid"] = uid,
        ["controller"] = true,
        ["blockOwnerDeletion"] = true,
    });

    /// <summary>The game server's own container in a GameServer or Pod spec.</summary>
    public static JsonObject? GameContainer(JsonObject podSpec, string? name)
    {
        var containers = podSpec.Items("containers")?.OfType<JsonObject>().ToList() ?? [];
        return containers.FirstOrDefault(container => container.Text("name") == name) ?? containers.FirstOrDefault();
    }

    private static string? Image(JsonObject server)
    {
        var spec = server.Child("spec");
        return spec.Child("template").Child("spec") is { } podSpec ? GameContainer(podSpec, spec.Text("container")).Text("image") : null;
    }

    private static void AddPorts(JsonObject spec, JsonObject podSpec, JsonObject? sdk)
    {
        foreach (var port in spec.Items("ports")?.OfType<JsonObject>() ?? [])
        {
            if (GameContainer(podSpec, port.Text("container") ?? spec.Text("container")) is not { } container) continue;
            if (container["ports"] is not JsonArray ports) container["ports"] = ports = [];
            // A port for both protocols is two ports of a Pod.
            foreach (var protocol in port.Text("protocol") == "TCPUDP" ? (ReadOnlySpan<string>)["TCP", "UDP"] : [port.Text("protocol") ?? "UDP"])
            {
                var entry = new JsonObject { ["containerPort"] = port.Integer("containerPort") ?? 0, ["protocol"] = protocol };
                if (port.Integer("hostPort") is { } hostPort) entry["hostPort"] = hostPort;
                ports.Add(entry);
            }
        }

        if (GameContainer(podSpec, spec.Text("container")) is not { } game) return;
        if (game["env"] is not JsonArray environment) game["env"] = environment = [];
        environment.Add(Variable("AGONES_SDK_GRPC_PORT", sdk.Integer("grpcPort")));
        environment.Add(Variable("AGONES_SDK_HTTP_PORT", sdk.Integer("httpPort")));
    }

    private static JsonObject Sidecar(string name, JsonObject metadata, JsonObject? sdk) => new()
    {
        ["name"] = SidecarName,
        ["image"] = SidecarImage,
        ["args"] = new JsonArray($"--grpc-port={sdk.Integer("grpcPort")}", $"--http-port={sdk.Integer("httpPort")}"),
        ["env"] = new JsonArray(
            new JsonObject { ["name"] = "GAMESERVER_NAME", ["value"] = name },
            new JsonObject { ["name"] = "POD_NAMESPACE", ["value"] = metadata.Text("namespace") }),
        ["restartPolicy"] = "Always",
    };

    private static JsonObject Variable(string name, long? value) =>
        new() { ["name"] = name, ["value"] = value?.ToString(CultureInfo.InvariantCulture) };

    private static JsonObject Toleration(string why) => new()
    {
        ["key"] = $"node.kubernetes.io/{why}",
        ["operator"] = "Exists",
        ["effect"] = "NoExecute",
        ["tolerationSeconds"] = 300,
    };
}
