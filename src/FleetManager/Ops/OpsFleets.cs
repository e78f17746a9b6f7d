using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Grains;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Answer of <c>GET /ops/v1/fleets/{fleet}/servers</c>.</summary>
/// <param name="Servers">Servers, cluster by cluster in the order of the configuration, by the order of their names.</param>
/// <param name="Next">What gives the next page as <c>after</c>, or null when this is the last.</param>
internal sealed record OpsServerPage(IReadOnlyList<OpsServer> Servers, string? Next);

/// <summary>A server as its operators see it.</summary>
/// <param name="Name">Name of the GameServer.</param>
/// <param name="AgonesFleet">Its Agones Fleet.</param>
/// <param name="Cluster">Its cluster.</param>
/// <param name="Region">Region of that.</param>
/// <param name="Zone">Its zone; empty while its node is not known.</param>
/// <param name="Node">Its node; empty before it is scheduled.</param>
/// <param name="NodeFault">What is held against the node, or null.</param>
/// <param name="State">State as Agones reports it.</param>
/// <param name="Version">Image of its game server without the registry.</param>
/// <param name="Address">Address of its node that players reach.</param>
/// <param name="Port">Its game port.</param>
/// <param name="Sessions">Sessions that it hosts.</param>
/// <param name="AgonesVersion">Version of Agones that its SDK sidecar is of; empty when it is not known.</param>
internal sealed record OpsServer(
    string Name,
    string AgonesFleet,
    string Cluster,
    string Region,
    string Zone,
    string Node,
    string? NodeFault,
    GameServerState State,
    string Version,
    string Address,
    int Port,
    IReadOnlyList<string> Sessions,
    string AgonesVersion)
{
    public static OpsServer Of(ListedServer listed, string cluster, string region) => new(
        listed.Server.Name,
        listed.Server.Fleet,
        cluster,
        region,
        listed.Zone,
        listed.Server.Node,
        listed.NodeFault.Length > 0 ? listed.NodeFault : null,
        listed.Server.State,
        listed.Server.Version,
        listed.Server.Address,
        listed.Server.Port,
        [.. listed.Server.Sessions.Select(tag => tag.Session)],
        listed.Server.AgonesVersion);
}

/// <summary>Which of a fleet's servers are asked for; what is null is not looked at.</summary>
/// <param name="Region">Their region.</param>
/// <param name="Cluster">Their cluster.</param>
/// <param name="Zone">Their zone.</param>
/// <param name="Node">Their node.</param>
/// <param name="State">Their state as Agones reports it.</param>
/// <param name="Version">Image of their game server without the registry.</param>
/// <param name="Name">What their names contain, in letters of any case.</param>
internal sealed record OpsServerFilter(string? Region, string? Cluster, string? Zone, string? Node, GameServerState? State, string? Version, string? Name);

/// <summary>Answer of <c>GET /ops/v1/fleets/{fleet}/nodes</c>.</summary>
/// <param name="Nodes">Nodes, cluster by cluster in the order of the configuration; within a cluster those with a fault first, then by the order of their names.</param>
/// <param name="Next">What gives the next page as <c>after</c>, or null when this is the last.</param>
internal sealed record OpsNodePage(IReadOnlyList<OpsNode> Nodes, string? Next);

/// <summary>A fleet's servers on a node.</summary>
/// <param name="Node">The node; empty for servers that are not scheduled yet.</param>
/// <param name="Cluster">Its cluster.</param>
/// <param name="Region">Region of that.</param>
/// <param name="Zone">Its zone; empty while that is not known.</param>
/// <param name="NodeFault">What is held against it, or null.</param>
/// <param name="Servers">The fleet's servers on it.</param>
/// <param name="Sessions">Sessions that they host.</param>
/// <param name="States">The servers by their state as Agones reports it.</param>
internal sealed record OpsNode(string Node, string Cluster, string Region, string Zone, string? NodeFault, int Servers, int Sessions, IReadOnlyDictionary<GameServerState, int> States)
{
    public static OpsNode Of(NodeServers node, string cluster, string region) => new(
        node.Node,
        cluster,
        region,
        node.Zone,
        node.Fault.Length > 0 ? node.Fault : null,
        node.Servers.Sum(alike => alike.Servers),
        node.Servers.Sum(alike => alike.Sessions),
        node.Servers.GroupBy(alike => alike.State).OrderBy(state => state.Key).ToDictionary(state => state.Key, state => state.Sum(alike => alike.Servers)));
}

/// <summary>Answer of <c>GET /ops/v1/silos</c>.</summary>
/// <param name="Silos">Silos, by the order of their names.</param>
/// <param name="Next">What gives the next page as <c>after</c>, or null when this is the last.</param>
internal sealed record OpsSiloPage(IReadOnlyList<OpsSilo> Silos, string? Next);

/// <summary>A silo as the cluster's membership knows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Its address and generation.</param>
/// <param name="Host">The machine that it runs on.</param>
/// <param name="Status">Its status in the membership.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="AliveAt">When it last said that it is alive.</param>
/// <param name="Activations">Grains that are active on it, or null when it did not say.</param>
/// <param name="CpuPercent">Processor use in percent, or null when it did not say.</param>
/// <param name="MemoryBytes">Memory in use, or null when it did not say.</param>
internal sealed record OpsSilo(string Name, string Address, string Host, SiloStatus Status, DateTimeOffset StartedAt, DateTimeOffset AliveAt, int? Activations, double? CpuPercent, long? MemoryBytes);
