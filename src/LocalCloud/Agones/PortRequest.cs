using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Agones;

/// <summary>A port that a GameServer asks for.</summary>
/// <param name="HostPort">The port on the node, or null for any of the range.</param>
internal readonly record struct PortRequest(int? HostPort)
{
    /// <summary>The ports that need a place on a node, in the order of the spec.</summary>
    public static IReadOnlyList<PortRequest> Read(JsonObject server)
    {
        var requests = new List<PortRequest>();
        foreach (var port in Ports(server))
        {
            switch (port.Text("portPolicy"))
            {
                case "Static" when port.Integer("hostPort") is { } hostPort and > 0:
                    requests.Add(new PortRequest((int)hostPort));
                    break;
                case "Dynamic" or "Passthrough":
                    requests.Add(new PortRequest(null));
                    break;
            }
        }

        return requests;
    }

    /// <summary>Writes the ports that were found, in the same order.</summary>
    public static void Write(JsonObject server, IReadOnlyList<int> hostPorts)
    {
        var next = 0;
        foreach (var port in Ports(server))
        {
            switch (port.Text("portPolicy"))
            {
                case "Static" when port.Integer("hostPort") is > 0:
                    next++;
                    break;
                case "Dynamic":
                    port["hostPort"] = hostPorts[next++];
                    break;
                case "Passthrough":
                    port["hostPort"] = hostPorts[next];
                    port["containerPort"] = hostPorts[next++];
                    break;
            }
        }
    }

    private static IEnumerable<JsonObject> Ports(JsonObject server) => server.Child("spec").Items("ports")?.OfType<JsonObject>() ?? [];
}
