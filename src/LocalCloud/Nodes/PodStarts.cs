using System.Net;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Nodes;

/// <summary>Reads what a runtime is told from the Pod and the GameServer behind it.</summary>
internal static class PodStarts
{
    public static PodStart Read(JsonObject pod, JsonObject server, IPAddress address, GameServerResource resource)
    {
        var spec = pod.Child("spec")!;
        var container = PodTemplate.GameContainer(spec, pod.Child("metadata").Child("annotations").Text(AgonesNames.ContainerAnnotation)) ?? [];
        // The image stands for the executable, so a command of the template has nothing to name here.
        var arguments = Strings(container.Items("args")).ToList();
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var variable in container.Items("env")?.OfType<JsonObject>() ?? [])
        {
            if (variable.Text("name") is { Length: > 0 } name) environment[name] = variable.Text("value") ?? "";
        }

        return new PodStart(
            pod.Child("metadata").Text("name")!, address, Ports(server), container.Text("image") ?? "", arguments, environment, resource);
    }

    private static List<PodPort> Ports(JsonObject server) => [.. (server.Child("spec").Items("ports")?.OfType<JsonObject>() ?? [])
        .Where(port => port.Integer("hostPort") is > 0)
        .Select(port => new PodPort(
            port.Text("name") ?? "",
            (int)(port.Integer("containerPort") ?? 0),
            (int)port.Integer("hostPort")!,
            port.Text("protocol") ?? "UDP"))];

    private static IEnumerable<string> Strings(JsonArray? items) => items?.Select(item => item.Text()).OfType<string>() ?? [];
}
