using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Placement;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Sizing;
using FleetSystem.FleetModel.Zones;

namespace FleetSystem.FleetModel.Grains;

/// <summary>One Kubernetes cluster: the only one in the Orleans cluster that watches it and writes to it. Its key is the cluster's id.</summary>
[Alias("fleet.IClusterGrain")]
public interface IClusterGrain : IGrainWithStringKey
{
    /// <summary>Makes sure that the cluster is being watched; called by every silo all the time, so that a dead silo's clusters move in seconds.</summary>
    [Alias("KeepWatching")]
    Task KeepWatching();

    /// <summary>
    /// Claims a server for a session, or says within a limited time why not: at once while the cluster's circuit is open. An unknown outcome is
    /// resolved by the session's tag; where that cannot be, the answer is <see cref="ClaimResult.Unknown"/>, and the incarnation must not be
    /// used again.
    /// </summary>
    [Alias("Claim"), ResponseTimeout(GrainTimeouts.Allocation)]
    Task<ClaimOutcome> Claim(ServerClaim claim);

    /// <summary>The server that a session's incarnation has claimed in this cluster, read from the API server.</summary>
    [Alias("Find"), ResponseTimeout(GrainTimeouts.Allocation)]
    Task<ClaimOutcome> Find(string session, int incarnation, TimeSpan timeout);

    /// <summary>Claims a server for a director. An outcome that stays unknown is resolved by the claim's tag before it returns, if time allows.</summary>
    [Alias("ClaimForDirector"), ResponseTimeout(GrainTimeouts.Allocation)]
    Task<DirectorOutcome> ClaimForDirector(DirectorClaim claim);

    /// <summary>The server that carries the tag of a director's claim, read from the API server.</summary>
    [Alias("FindForDirector"), ResponseTimeout(GrainTimeouts.Allocation)]
    Task<DirectorOutcome> FindForDirector(string tag, TimeSpan timeout);

    /// <summary>
    /// Gives a server back: deletes it if it still carries the session's tag. Of a server that hosts other sessions too, the session's place
    /// alone. A failure is made up for by the reconciler.
    /// </summary>
    [Alias("Release")]
    Task Release(string gameServer, string session, int incarnation);

    /// <summary>Gives a session's server other attributes for the game, if it still bears the session.</summary>
    /// <returns>False when it does not.</returns>
    [Alias("SetGameData")]
    Task<bool> SetGameData(string gameServer, string session, int incarnation, string gameData);

    /// <summary>A server that was claimed did not take its session up in time.</summary>
    [Alias("NoteNotTakenUp")]
    Task NoteNotTakenUp(string gameServer);

    /// <summary>What is known of a session's server.</summary>
    [Alias("Sight")]
    Task<ServerSighting> Sight(string gameServer, string session, int incarnation);

    /// <summary>The cluster's GameServerAllocationPolicies, read from its API server.</summary>
    [Alias("ListAllocationPolicies")]
    Task<AllocationPolicyList> ListAllocationPolicies();

    /// <summary>The servers that players may be sent to by the accelerator, or null while nothing has been listed.</summary>
    [Alias("ListRoutable")]
    Task<IReadOnlyList<RoutableServer>?> ListRoutable();

    /// <summary>What is known of the cluster.</summary>
    [Alias("GetStatus")]
    Task<ClusterStatus> GetStatus();

    /// <summary>The sessions that servers host, by the order of the servers' names.</summary>
    /// <param name="zone">The zone to look in, or null for all.</param>
    /// <param name="after">Servers whose names come after this one; empty for all.</param>
    /// <param name="most">Most servers.</param>
    [Alias("ListSessions")]
    Task<IReadOnlyList<HostedSession>> ListSessions(string? zone, string after, int most);

    /// <summary>Some of the cluster's servers, by the order of their names.</summary>
    [Alias("ListServers")]
    Task<ServerPage> ListServers(ServerQuery query);

    /// <summary>The sizes of its Agones Fleets, read from its API server a second ago at most.</summary>
    [Alias("ListFleetSizes")]
    Task<FleetSizeList> ListFleetSizes();

    /// <summary>Changes an Agones Fleet's size as an operator wants. It is in the region's audit log before it is done.</summary>
    [Alias("SetFleetSize"), ResponseTimeout(GrainTimeouts.FleetSize)]
    Task<FleetSizeOutcome> SetFleetSize(FleetSizeWish wish);

    /// <summary>Servers of some Agones Fleets, counted by node: first the nodes that must not be given sessions, then the others, each by the order of their names.</summary>
    [Alias("ListNodes")]
    Task<NodePage> ListNodes(NodeQuery query);
}

/// <summary>Asks for servers by node.</summary>
[GenerateSerializer, Immutable, Alias("fleet.NodeQuery")]
public sealed record NodeQuery
{
    /// <summary>Most nodes of a page.</summary>
    public const int MaxNodes = 500;

    /// <summary>The Agones Fleets whose servers are counted; nodes without one are left out.</summary>
    [Id(0)] public required IReadOnlyList<string> AgonesFleets { get; init; }

    /// <summary>Their zone; null for all.</summary>
    [Id(1)] public string? Zone { get; init; }

    /// <summary>Those whose <see cref="NodeServers.Key"/> comes after this one; empty for all.</summary>
    [Id(2)] public string After { get; init; } = "";

    /// <summary>Most nodes, 1 to <see cref="MaxNodes"/>.</summary>
    [Id(3)] public int Most { get; init; } = 100;
}

/// <summary>Some of a cluster's nodes.</summary>
/// <param name="Nodes">The nodes, by the order of their keys.</param>
/// <param name="HasMore">Whether others come after them.</param>
[GenerateSerializer, Immutable, Alias("fleet.NodePage")]
public sealed record NodePage([property: Id(0)] IReadOnlyList<NodeServers> Nodes, [property: Id(1)] bool HasMore);

/// <summary>The servers of a node.</summary>
/// <param name="Node">The node; empty for servers that are not scheduled yet.</param>
/// <param name="Zone">Its zone; empty while that is not known.</param>
/// <param name="Fault">What is held against it; empty when it may be given sessions.</param>
/// <param name="Servers">Its servers, counted by what tells them apart at a glance.</param>
[GenerateSerializer, Immutable, Alias("fleet.NodeServers")]
public sealed record NodeServers(
    [property: Id(0)] string Node,
    [property: Id(1)] string Zone,
    [property: Id(2)] string Fault,
    [property: Id(3)] IReadOnlyList<ServerCount> Servers)
{
    /// <summary>What nodes are ordered by: those with a fault come first.</summary>
    public string Key => KeyOf(Node, Fault.Length > 0);

    /// <summary>What a node is ordered by.</summary>
    public static string KeyOf(string node, bool hasFault) => (hasFault ? "0/" : "1/") + node;
}

/// <summary>Asks for some of a cluster's servers. What is null is not looked at.</summary>
[GenerateSerializer, Immutable, Alias("fleet.ServerQuery")]
public sealed record ServerQuery
{
    /// <summary>Most servers of a page.</summary>
    public const int MaxServers = 500;

    /// <summary>The Agones Fleets that they belong to.</summary>
    [Id(0)] public IReadOnlyList<string>? AgonesFleets { get; init; }

    /// <summary>Their zone.</summary>
    [Id(1)] public string? Zone { get; init; }

    /// <summary>Their node.</summary>
    [Id(2)] public string? Node { get; init; }

    /// <summary>Their state.</summary>
    [Id(3)] public GameServerState? State { get; init; }

    /// <summary>Their version.</summary>
    [Id(4)] public string? Version { get; init; }

    /// <summary>The one name.</summary>
    [Id(5)] public string? Name { get; init; }

    /// <summary>Whether their node may be given sessions.</summary>
    [Id(6)] public bool? OnFitNode { get; init; }

    /// <summary>What their names contain, in letters of any case.</summary>
    [Id(440)] public string? NamePart { get; init; }

    /// <summary>Those whose names come after this one; empty for all.</summary>
    [Id(7)] public string After { get; init; } = "";

    /// <summary>Most servers, 1 to <see cref="MaxServers"/>.</summary>
    [Id(8)] public int Most { get; init; } = 100;
}

/// <summary>Some of a cluster's servers.</summary>
/// <param name="Servers">The servers, by the order of their names.</param>
/// <param name="HasMore">Whether others come after them.</param>
[GenerateSerializer, Immutable, Alias("fleet.ServerPage")]
public sealed record ServerPage([property: Id(0)] IReadOnlyList<ListedServer> Servers, [property: Id(1)] bool HasMore);

/// <summary>A server, and where it stands.</summary>
/// <param name="Server">The server.</param>
/// <param name="Zone">Its zone; empty while its node is not known.</param>
/// <param name="NodeFault">What is held against its node; empty when that may be given sessions.</param>
[GenerateSerializer, Immutable, Alias("fleet.ListedServer")]
public sealed record ListedServer([property: Id(0)] GameServerSnapshot Server, [property: Id(1)] string Zone, [property: Id(2)] string NodeFault);

/// <summary>A session that a server hosts.</summary>
/// <param name="GameServer">The server.</param>
/// <param name="AgonesFleet">The Agones Fleet of the server.</param>
/// <param name="Session">The session.</param>
/// <param name="Incarnation">Its incarnation.</param>
[GenerateSerializer, Immutable, Alias("fleet.HostedSession")]
public sealed record HostedSession(
    [property: Id(0)] string GameServer,
    [property: Id(1)] string AgonesFleet,
    [property: Id(2)] string Session,
    [property: Id(3)] int Incarnation);

/// <summary>The GameServerAllocationPolicies of a cluster.</summary>
/// <param name="Policies">The policies, or null when the cluster did not give them.</param>
/// <param name="Fault">Why not, for people; empty otherwise.</param>
[GenerateSerializer, Immutable, Alias("fleet.AllocationPolicyList")]
public sealed record AllocationPolicyList(
    [property: Id(0)] IReadOnlyList<AllocationPolicySnapshot>? Policies,
    [property: Id(1)] string Fault);

/// <summary>What is known of a session's server.</summary>
public enum ServerSighting
{
    /// <summary>Nothing: the cluster has not been listed yet.</summary>
    NotKnown,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>It runs, and has acknowledged the session.</summary>
    Acknowledged,

    /// <summary>It ended by itself: it called Shutdown.</summary>
    Shutdown,

    /// <summary>It is gone, broken, on a dead node, or another session's.</summary>
    Lost,
}

/// <summary>A server asked for.</summary>
[GenerateSerializer, Immutable, Alias("fleet.ServerClaim")]
public sealed record ServerClaim
{
    /// <summary>The session that it is for.</summary>
    [Id(0)] public required string Session { get; init; }

    /// <summary>The session's incarnation.</summary>
    [Id(1)] public required int Incarnation { get; init; }

    /// <summary>The fleet.</summary>
    [Id(2)] public required string Fleet { get; init; }

    /// <summary>The Agones Fleets that it consists of, first choice first.</summary>
    [Id(6)] public required IReadOnlyList<string> AgonesFleets { get; init; }

    /// <summary>The zone preferred, or null.</summary>
    [Id(3)] public string? PreferredZone { get; init; }

    /// <summary>Annotations for the server.</summary>
    [Id(4)] public required IReadOnlyDictionary<string, string> Annotations { get; init; }

    /// <summary>Until when an answer is of use.</summary>
    [Id(5)] public required DateTimeOffset Deadline { get; init; }

    /// <summary>Where the session's place on a server of several is counted; null when it wants a server of its own.</summary>
    [Id(10)] public SessionPlace? Place { get; init; }

    /// <summary>Whether servers are packed on few nodes or spread over many.</summary>
    [Id(11)] public SchedulingStrategy Scheduling { get; init; }

    /// <summary>What the preferred zone means.</summary>
    [Id(7)] public ZonePolicy ZonePolicy { get; init; }

    /// <summary>Under <see cref="ZonePolicy.Spread"/>: the largest share of the fleet's allocated servers that one zone may hold while another has room.</summary>
    [Id(8)] public double MaxZoneShare { get; init; } = 1;

    /// <summary>Clusters that are left out: a claim of this session has just been abandoned there.</summary>
    [Id(9)] public IReadOnlyList<string> Avoid { get; init; } = [];
}

/// <summary>How a claim ended.</summary>
public enum ClaimResult
{
    /// <summary>A server was claimed.</summary>
    Claimed,

    /// <summary>No server is free, or none was found.</summary>
    NoServer,

    /// <summary>The cluster could not be asked or refused; nothing was claimed.</summary>
    Unavailable,

    /// <summary>It is not known whether a server was claimed; where a cluster is named, it has been asked long enough.</summary>
    Unknown,
}

/// <summary>Answer to a claim.</summary>
/// <param name="Result">How it ended.</param>
/// <param name="Server">The server, when claimed.</param>
/// <param name="Zone">Its zone, or empty when its node is not known.</param>
/// <param name="Cluster">Its cluster; of an unknown outcome the one that may have claimed it, empty when it was the call that was lost.</param>
/// <param name="Reason">What happened, for people; empty when claimed.</param>
[GenerateSerializer, Immutable, Alias("fleet.ClaimOutcome")]
public sealed record ClaimOutcome(
    [property: Id(0)] ClaimResult Result,
    [property: Id(1)] GameServerSnapshot? Server,
    [property: Id(2)] string Zone,
    [property: Id(3)] string Cluster,
    [property: Id(4)] string Reason)
{
    /// <summary>An outcome without a server.</summary>
    public static ClaimOutcome Without(ClaimResult result, string cluster, string reason) => new(result, null, "", cluster, reason);
}

/// <summary>What is known of a cluster.</summary>
/// <param name="Cluster">Its id.</param>
/// <param name="Synced">True once everything has been listed.</param>
/// <param name="StaleSince">Since when some source has been lost, or null.</param>
/// <param name="Fleets">Servers by fleet and zone.</param>
[GenerateSerializer, Immutable, Alias("fleet.ClusterStatus")]
public sealed record ClusterStatus(
    [property: Id(0)] string Cluster,
    [property: Id(1)] bool Synced,
    [property: Id(2)] DateTimeOffset? StaleSince,
    [property: Id(3)] IReadOnlyList<ZoneCapacity> Fleets)
{
    /// <summary>Whether the cluster is asked for servers.</summary>
    [Id(4)] public CircuitStatus Circuit { get; init; } = new(CircuitState.Closed, default, "");

    /// <summary>The zones of its region that do not take every session, as it was told last and goes by.</summary>
    [Id(12)] public IReadOnlyList<ZoneDirective> ZoneDirectives { get; init; } = [];

    /// <summary>Its servers, counted by everything that tells them apart at a glance.</summary>
    [Id(320)] public IReadOnlyList<ServerCount> Servers { get; init; } = [];
}

/// <summary>Servers of a cluster that are alike.</summary>
/// <param name="Fleet">The Agones Fleet, or empty for servers of none.</param>
/// <param name="Zone">The zone; empty for servers whose node is not known.</param>
/// <param name="State">Their state as Agones reports it.</param>
/// <param name="Version">Image of their game server without its registry, or empty.</param>
/// <param name="OnFitNode">False for those whose node must not be given sessions: dead, going or cordoned.</param>
/// <param name="Servers">How many there are.</param>
/// <param name="Sessions">Sessions that they host.</param>
[GenerateSerializer, Immutable, Alias("fleet.ServerCount")]
public sealed record ServerCount(
    [property: Id(0)] string Fleet,
    [property: Id(1)] string Zone,
    [property: Id(2)] GameServerState State,
    [property: Id(3)] string Version,
    [property: Id(4)] bool OnFitNode,
    [property: Id(5)] int Servers,
    [property: Id(6)] int Sessions)
{
    /// <summary>Version of Agones that their SDK sidecar is of, or empty.</summary>
    [Id(440)] public string AgonesVersion { get; init; } = "";
}

/// <summary>Whether a cluster is asked for servers.</summary>
/// <param name="State">State of its circuit.</param>
/// <param name="Since">Since when.</param>
/// <param name="Reason">Why it is not closed; empty while it is.</param>
[GenerateSerializer, Immutable, Alias("fleet.CircuitStatus")]
public sealed record CircuitStatus(
    [property: Id(0)] CircuitState State,
    [property: Id(1)] DateTimeOffset Since,
    [property: Id(2)] string Reason);

/// <summary>Servers of a fleet in a zone.</summary>
/// <param name="Fleet">The fleet; of a cluster the Agones Fleet.</param>
/// <param name="Zone">The zone; empty for servers whose node is not known.</param>
/// <param name="Ready">Servers that can be claimed: Ready, on a live node.</param>
/// <param name="Allocated">Servers that are claimed.</param>
[GenerateSerializer, Immutable, Alias("fleet.ZoneCapacity")]
public sealed record ZoneCapacity(
    [property: Id(0)] string Fleet,
    [property: Id(1)] string Zone,
    [property: Id(2)] int Ready,
    [property: Id(3)] int Allocated);
