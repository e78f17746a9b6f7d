using System.Net;

namespace FleetSystem.LocalCloud.Nodes;

/// <summary>A node of a local cluster.</summary>
/// <param name="Name">Name of the Node object.</param>
/// <param name="Zone">Zone, for example <c>ap-northeast-2a</c>.</param>
/// <param name="Region">Region, for example <c>ap-northeast-2</c>.</param>
/// <param name="Address">Address on which its game servers bind their ports.</param>
/// <param name="Simulated">Carries simulated servers only, and no process.</param>
internal sealed record LocalNode(string Name, string Zone, string Region, IPAddress Address, bool Simulated = false)
{
    /// <summary>Nodes named after their zones: <c>apne2a-0</c> and so on, each with an address of its own.</summary>
    public static IReadOnlyList<LocalNode> ForZones(
        string region, IReadOnlyList<string> zones, int nodesPerZone, Func<int, int, IPAddress> address, bool simulated = false)
    {
        var nodes = new List<LocalNode>();
        for (var zone = 0; zone < zones.Count; zone++)
        {
            for (var node = 0; node < nodesPerZone; node++)
            {
                var prefix = simulated ? "simulated" : "node";
                nodes.Add(new LocalNode($"{prefix}-{zones[zone]}-{node}", zones[zone], region, address(zone, node), simulated));
            }
        }

        return nodes;
    }
}
