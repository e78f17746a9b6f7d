using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Operations;
using FleetSystem.FleetModel.Placement;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Zones;
using Orleans.Concurrency;

namespace FleetSystem.FleetModel.Grains;

/// <summary>One region: its accelerator's port mapping, loaded once and kept, and what is known of its clusters. Its key is the region's id.</summary>
[Alias("fleet.IRegionGrain")]
public interface IRegionGrain : IGrainWithStringKey
{
    /// <summary>
    /// What a silo's view of the region's ways in is kept up with: asked once a second by each. Answered from the store when AWS cannot be
    /// asked.
    /// </summary>
    /// <param name="known">What the caller has.</param>
    [Alias("GetEdgeSince")]
    Task<RegionEdgeNews> GetEdge(KnownEdge known);

    /// <summary>A player of a session tells how its paths do. The session has seen to it that it is that player.</summary>
    [Alias("NoteRoutes"), OneWay]
    Task NoteRoutes(string session, RouteReport report);

    /// <summary>A session has left its server: what its players told of their paths counts no more.</summary>
    [Alias("ForgetRoutes"), OneWay]
    Task ForgetRoutes(string session);

    /// <summary>A silo tells how allocations of its sessions in this region went since it told last.</summary>
    [Alias("NoteAllocations"), OneWay]
    Task NoteAllocations(IReadOnlyList<AllocationTally> tallies);

    /// <summary>What is known of the region.</summary>
    [Alias("GetStatus")]
    Task<RegionStatus> GetStatus();

    /// <summary>The region's clusters, as they are to be asked now.</summary>
    [Alias("GetClusters")]
    Task<RegionClusters> GetClusters();

    /// <summary>
    /// Sets a cluster's priority, weight or both; what the intent leaves out stays. It is in the store, and every fleet of the region that can
    /// be reached goes by it, before this returns.
    /// </summary>
    /// <param name="intent">What is wanted, by whom and why; its time is set here.</param>
    [Alias("SetCluster")]
    Task<ClusterIntent> SetCluster(ClusterIntent intent);

    /// <summary>Lets a cluster be asked as the configuration says again, whatever was wanted before.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="reason">Why.</param>
    /// <param name="by">Who wants it.</param>
    [Alias("ResetCluster")]
    Task<ClusterIntent> ResetCluster(string cluster, string reason, string by);

    /// <summary>Sets priorities and weights by the GameServerAllocationPolicies that one of the region's clusters holds.</summary>
    /// <param name="cluster">The cluster to read.</param>
    /// <param name="reason">Why.</param>
    /// <param name="by">Who wants it.</param>
    [Alias("ImportAllocationPolicies")]
    Task<PolicyImport> ImportAllocationPolicies(string cluster, string reason, string by);

    /// <summary>A cluster's grain tells whether its snapshot is stale: at each change, and from time to time.</summary>
    [Alias("NoteFreshness")]
    Task NoteFreshness(string cluster, bool isStale);

    /// <summary>Takes in what a cluster sees of the region's zones.</summary>
    /// <returns>The zones that do not take every session; the cluster keeps to it until it is told otherwise.</returns>
    [Alias("ReportZones")]
    Task<IReadOnlyList<ZoneDirective>> ReportZones(ZoneReport report);

    /// <summary>
    /// An operator evacuates a zone: it takes no new sessions until it is restored, whatever the zone monitor says. Sessions that run in it
    /// play on. In the store before it is answered.
    /// </summary>
    /// <returns>False when the region has no such zone.</returns>
    [Alias("EvacuateZone")]
    Task<bool> EvacuateZone(string zone, string by, string reason);

    /// <summary>
    /// An operator lets a zone in again, whether an operator or the zone monitor evacuated it. It takes sessions in steps, the first at once;
    /// while it fails, the zone monitor evacuates it again. In the store before it is answered.
    /// </summary>
    /// <returns>False when the region has no such zone.</returns>
    [Alias("RestoreZone")]
    Task<bool> RestoreZone(string zone, string by, string reason);
}

/// <summary>What a cluster sees of its region's zones.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Zones">What is seen; empty while the cluster itself cannot see.</param>
/// <param name="Held">What the region told it last. A region's grain that was moved learns from it where the zones stood.</param>
[GenerateSerializer, Immutable, Alias("fleet.ZoneReport")]
public sealed record ZoneReport(
    [property: Id(0)] string Cluster,
    [property: Id(1)] IReadOnlyList<ZoneSignals> Zones,
    [property: Id(2)] IReadOnlyList<ZoneDirective> Held);

/// <summary>Where a zone stands.</summary>
/// <param name="Zone">The zone.</param>
/// <param name="Phase">Where it stands.</param>
/// <param name="AdmittedShare">Share of new sessions that it takes, 0 to 1.</param>
/// <param name="Reason">Why it does not take all; empty while it does.</param>
/// <param name="Since">Since when it stands there; null while it always did.</param>
/// <param name="By">The operator who evacuated it; null for the zone monitor.</param>
[GenerateSerializer, Immutable, Alias("fleet.ZoneStatus")]
public sealed record ZoneStatus(
    [property: Id(0)] string Zone,
    [property: Id(1)] ZonePhase Phase,
    [property: Id(2)] double AdmittedShare,
    [property: Id(3)] string Reason,
    [property: Id(4)] DateTimeOffset? Since,
    [property: Id(5)] string? By);

/// <summary>What is known of a region.</summary>
/// <param name="Region">Its id.</param>
/// <param name="Zones">Servers by fleet and zone, over all clusters.</param>
/// <param name="Paths">State of each path into it.</param>
/// <param name="Clusters">Its clusters.</param>
[GenerateSerializer, Immutable, Alias("fleet.RegionStatus")]
public sealed record RegionStatus(
    [property: Id(0)] string Region,
    [property: Id(1)] IReadOnlyList<ZoneCapacity> Zones,
    [property: Id(2)] IReadOnlyList<PathStatus> Paths,
    [property: Id(3)] IReadOnlyList<ClusterStatus> Clusters)
{
    /// <summary>Servers that sessions wait for, by fleet; a fleet that runs here and that nobody waits for is there with 0.</summary>
    [Id(40)] public IReadOnlyList<FleetDemand> Demand { get; init; } = [];

    /// <summary>How its clusters stand among each other.</summary>
    [Id(8)] public IReadOnlyList<ClusterStanding> Standings { get; init; } = [];

    /// <summary>What operators want of its clusters in place of the configuration.</summary>
    [Id(9)] public IReadOnlyList<ClusterIntent> Intents { get; init; } = [];

    /// <summary>Why it takes no new sessions; null while it takes them.</summary>
    [Id(20)] public string? Refusal { get; init; }

    /// <summary>What operators want of it as a whole, or null.</summary>
    [Id(21)] public RegionIntent? Intent { get; init; }

    /// <summary>The last word on the kind of route that comes first, or null.</summary>
    [Id(22)] public RouteIntent? Route { get; init; }

    /// <summary>Its standard accelerator, or null when it has none.</summary>
    [Id(23)] public TrafficStatus? Traffic { get; init; }

    /// <summary>The traffic that its custom routing accelerator lets through, or null where it lets all through.</summary>
    [Id(100)] public ServerTrafficStatus? ServerTraffic { get; init; }

    /// <summary>How allocations went that it served, or was the first choice of; null from a silo that does not count them.</summary>
    [Id(320)] public RegionAllocations? Allocations { get; init; }

    /// <summary>The last word of an operator on each zone that there was one on.</summary>
    [Id(462)] public IReadOnlyList<ZoneIntent> ZoneIntents { get; init; } = [];

    /// <summary>How moving running sessions goes, for each order of an operator that holds.</summary>
    [Id(463)] public IReadOnlyList<MoveTally> Moves { get; init; } = [];

    /// <summary>Where each of its zones stands.</summary>
    [Id(4)] public IReadOnlyList<ZoneStatus> ZoneStates { get; init; } = [];
}

/// <summary>Servers wanted of a fleet in a region beyond those that are claimed.</summary>
/// <param name="Fleet">The fleet.</param>
/// <param name="Waiting">Sessions that wait for one. A session that waits in several regions counts in one of them.</param>
[GenerateSerializer, Immutable, Alias("fleet.FleetDemand")]
public sealed record FleetDemand([property: Id(0)] string Fleet, [property: Id(1)] int Waiting);

/// <summary>What a silo has of a region's ways in.</summary>
/// <param name="Mapping">Version of the accelerator's mapping, 0 for none.</param>
/// <param name="Openings">Version of the open destinations, 0 for none.</param>
[GenerateSerializer, Immutable, Alias("fleet.KnownEdge")]
public readonly record struct KnownEdge([property: Id(0)] long Mapping, [property: Id(1)] long Openings);

/// <summary>What is new of a region's ways in.</summary>
/// <param name="Mapping">The accelerator's mapping when it is newer than the one known, else null.</param>
/// <param name="Reported">What players report, by kind.</param>
[GenerateSerializer, Immutable, Alias("fleet.RegionEdgeNews")]
public sealed record RegionEdgeNews(
    [property: Id(0)] AcceleratorMapping? Mapping,
    [property: Id(1)] IReadOnlyList<PathVerdict> Reported)
{
    /// <summary>The kind of route that operators force now, or null.</summary>
    [Id(100)] public ForcedRoute? Forced { get; init; }

    /// <summary>The open destinations when they are others than those known, else null; always null where all traffic is allowed.</summary>
    [Id(101)] public AcceleratorOpenings? Openings { get; init; }
}

/// <summary>State of a path.</summary>
/// <param name="Kind">The kind of route.</param>
/// <param name="State">Its state.</param>
/// <param name="Since">Since when.</param>
[GenerateSerializer, Immutable, Alias("fleet.PathStatus")]
public sealed record PathStatus(
    [property: Id(0)] RouteKind Kind,
    [property: Id(1)] PathState State,
    [property: Id(2)] DateTimeOffset Since)
{
    /// <summary>When it was last probed: a state whose source is gone stays, and says its age by this. Null when nothing probes it.</summary>
    [Id(3)] public DateTimeOffset? ObservedAt { get; init; }

    /// <summary>Share of the last probes that were lost, 0 to 1.</summary>
    [Id(4)] public double LossShare { get; init; }

    /// <summary>What it was probed with.</summary>
    [Id(100)] public GameProtocol Protocol { get; init; }

    /// <summary>What players report of it, or null when they report nothing.</summary>
    [Id(5)] public PathVerdict? Reported { get; init; }

    /// <summary>How old what the state rests on is: the last probe, or where nothing probes the newest report. Null when there is neither.</summary>
    public TimeSpan? AgeAt(DateTimeOffset now) => (ObservedAt ?? Reported?.ObservedAt) is not { } newest ? null : now > newest ? now - newest : TimeSpan.Zero;
}
