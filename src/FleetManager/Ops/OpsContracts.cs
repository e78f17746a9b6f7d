using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Operations;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Zones;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Answer of <c>GET /ops/v1/regions</c>.</summary>
/// <param name="Regions">Regions, in the order of the configuration.</param>
/// <param name="Next">What gives the next page as <c>after</c>, or null when this is the last.</param>
internal sealed record OpsRegionList(IReadOnlyList<OpsRegion> Regions, string? Next);

/// <summary>A region as its operators see it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Available">False when the cell could not say how it stands: the rest is then as configured, or empty.</param>
/// <param name="Intent">Who drained it or opened it again, and why; null when nobody ever did.</param>
/// <param name="Clusters">Its clusters, in the order of the configuration.</param>
/// <param name="Zones">Its zones; empty while it is not available.</param>
/// <param name="Fleets">Servers by fleet and zone.</param>
/// <param name="Paths">The ways in.</param>
/// <param name="ForcedRoute">The kind of route that is forced now, or null.</param>
/// <param name="Traffic">Its standard accelerator, or null when it has none.</param>
/// <param name="ServerTraffic">What its custom routing accelerator lets through, or null when it has none that is opened for each server.</param>
internal sealed record OpsRegion(
    string Id,
    bool Available,
    OpsRegionIntent? Intent,
    IReadOnlyList<OpsCluster> Clusters,
    IReadOnlyList<OpsZone> Zones,
    IReadOnlyList<OpsZoneCapacity> Fleets,
    IReadOnlyList<OpsPath> Paths,
    OpsForcedRoute? ForcedRoute,
    OpsTraffic? Traffic,
    OpsServerTraffic? ServerTraffic);

/// <summary>What an operator wants of a region.</summary>
internal sealed record OpsRegionIntent(OpsRegionState State, bool MoveRunning, string Reason, string By, DateTimeOffset At)
{
    public static OpsRegionIntent? Of(RegionIntent? intent) =>
        intent is null ? null : new(intent.Drained ? OpsRegionState.Drained : OpsRegionState.Open, intent.MoveRunning, intent.Reason, intent.By, intent.At);
}

/// <summary>Whether a region takes new sessions.</summary>
internal enum OpsRegionState
{
    /// <summary>It does.</summary>
    Open,

    /// <summary>It does not.</summary>
    Drained,
}

/// <summary>A zone as its operators see it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Phase">Where it stands.</param>
/// <param name="AdmittedShare">Share of new sessions that it takes, 0 to 1.</param>
/// <param name="Reason">Why it does not take all, or null.</param>
/// <param name="Since">Since when it stands there, or null while it always did.</param>
/// <param name="By">The operator who wants it so; null for the zone monitor.</param>
internal sealed record OpsZone(string Id, ZonePhase Phase, double AdmittedShare, string? Reason, DateTimeOffset? Since, string? By);

/// <summary>A kind of route that comes first in a region.</summary>
internal sealed record OpsForcedRoute(RouteKind Kind, DateTimeOffset ExpiresAt, string Reason, string By, DateTimeOffset At)
{
    public static OpsForcedRoute? Of(RouteIntent? intent, DateTimeOffset now) =>
        intent?.Forced(now) is { } forced ? new(forced.Kind, forced.ExpiresAt, intent.Reason, intent.By, intent.At) : null;
}

/// <summary>A cluster as its operators see it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Priority">The priority that holds.</param>
/// <param name="Weight">The weight that holds.</param>
/// <param name="ConfiguredPriority">The priority of the configuration.</param>
/// <param name="ConfiguredWeight">The weight of the configuration.</param>
/// <param name="Intent">Who set another one and why, or null.</param>
/// <param name="Synced">Whether everything has been listed once.</param>
/// <param name="StaleSince">Since when some watch has been lost, or null.</param>
/// <param name="Circuit">Whether it is asked, or null when that is not known.</param>
internal sealed record OpsCluster(
    string Id, int Priority, int Weight, int ConfiguredPriority, int ConfiguredWeight, OpsIntent? Intent, bool Synced, DateTimeOffset? StaleSince, OpsCircuit? Circuit);

/// <summary>What an operator wants of a cluster.</summary>
internal sealed record OpsIntent(int? Priority, int? Weight, string Reason, string By, DateTimeOffset At);

/// <summary>A cluster's circuit.</summary>
internal sealed record OpsCircuit(CircuitState State, DateTimeOffset Since, string? Reason);

/// <summary>A fleet's servers in a zone.</summary>
internal sealed record OpsZoneCapacity(string Fleet, string Zone, int Ready, int Allocated);

/// <summary>A way into a region.</summary>
/// <param name="Kind">The kind of route.</param>
/// <param name="State">Its state, by which routes are ordered.</param>
/// <param name="Since">Since when it has it.</param>
/// <param name="AgeSeconds">Time since what the state rests on was observed, or null when nothing was: a state outlives its source.</param>
/// <param name="LossShare">Share of the last probes that were lost, 0 to 1.</param>
/// <param name="Reports">What players report of it, or null when they report nothing.</param>
/// <param name="Protocol">What it is probed with; a path that is probed with both is there twice.</param>
internal sealed record OpsPath(RouteKind Kind, PathState State, DateTimeOffset Since, double? AgeSeconds, double LossShare, OpsPathReports? Reports, GameProtocol Protocol);

/// <summary>What players report of a way into a region.</summary>
/// <param name="Suspected">Whether enough players of enough sessions say that it fails.</param>
/// <param name="Since">Since when that is so, or is not.</param>
/// <param name="Players">Players who report it.</param>
/// <param name="FailedPlayers">Those for whom it fails.</param>
/// <param name="FailedShare">Share for whom it fails, 0 to 1, each session weighing the same.</param>
/// <param name="LossShare">Share of their probes that were lost, 0 to 1.</param>
/// <param name="Using">Players who use it now.</param>
/// <param name="AgeSeconds">Time since the newest report.</param>
internal sealed record OpsPathReports(
    bool Suspected, DateTimeOffset Since, int Players, int FailedPlayers, double FailedShare, double LossShare, int Using, double AgeSeconds);

/// <summary>A region's standard accelerator.</summary>
/// <param name="State">How far it is from what is wanted.</param>
/// <param name="Since">Since when.</param>
/// <param name="Desired">What is wanted.</param>
/// <param name="Actual">What was there when it was looked at last, or null before that.</param>
/// <param name="LastError">What went wrong last since it was as wanted, or null.</param>
internal sealed record OpsTraffic(TrafficState State, DateTimeOffset Since, OpsDesiredTraffic Desired, OpsActualTraffic? Actual, string? LastError)
{
    public static OpsTraffic? Of(TrafficStatus? status) => status is null ? null : new(
        status.State,
        status.Since,
        new OpsDesiredTraffic(status.WantedDialPercent, status.WantedWeights, status.Intent?.Reason, status.Intent?.By, status.Intent?.At),
        status.Actual is { } actual && status.SeenAt is { } seen
            ? new OpsActualTraffic(actual.DialPercent, actual.Endpoints.ToDictionary(endpoint => endpoint.EndpointId, endpoint => endpoint.Weight), actual.IsDeployed, seen)
            : null,
        status.LastError);
}

/// <summary>What a custom routing accelerator lets through, where it is opened for each server.</summary>
/// <param name="State">How far it is from what is wanted.</param>
/// <param name="Since">Since when.</param>
/// <param name="Open">Destinations that are open.</param>
/// <param name="Opening">Those that are being opened.</param>
/// <param name="Closing">Those that are being closed.</param>
/// <param name="Resting">Those that are closed and wait until they may be opened again.</param>
/// <param name="LastError">What went wrong last since it was as wanted, or null.</param>
internal sealed record OpsServerTraffic(TrafficState State, DateTimeOffset Since, int Open, int Opening, int Closing, int Resting, string? LastError)
{
    public static OpsServerTraffic? Of(ServerTrafficStatus? status) =>
        status is null ? null : new(status.State, status.Since, status.Open, status.Opening, status.Closing, status.Resting, status.LastError);
}

/// <summary>What is wanted of a standard accelerator; a dial of null stays as it is.</summary>
internal sealed record OpsDesiredTraffic(double? DialPercent, IReadOnlyDictionary<string, int> Weights, string? Reason, string? By, DateTimeOffset? At);

/// <summary>What a standard accelerator has.</summary>
internal sealed record OpsActualTraffic(double DialPercent, IReadOnlyDictionary<string, int> Weights, bool Deployed, DateTimeOffset SeenAt);

/// <summary>Body of <c>PUT /ops/v1/regions/{region}/traffic</c>. What is left out stays.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SetTrafficRequest
{
    /// <summary>The traffic dial, 0 to 100.</summary>
    public double? DialPercent { get; init; }

    /// <summary>Weights, 0 to 255, by endpoint.</summary>
    public IReadOnlyDictionary<string, int>? Weights { get; init; }

    /// <summary>Why; required.</summary>
    public string? Reason { get; init; }
}

/// <summary>Body of <c>PUT /ops/v1/regions/{region}</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SetRegionRequest
{
    /// <summary>Whether it takes new sessions; required.</summary>
    public OpsRegionState? State { get; init; }

    /// <summary>Whether running sessions are moved out of it now; otherwise they play on until they end.</summary>
    public bool MoveRunning { get; init; }

    /// <summary>Why; required.</summary>
    public string? Reason { get; init; }
}

/// <summary>What is wanted of a zone.</summary>
internal enum OpsZoneState
{
    /// <summary>No new sessions.</summary>
    Evacuated,

    /// <summary>A share of them: that of the request, or step by step more.</summary>
    Restoring,

    /// <summary>All of them.</summary>
    Open,
}

/// <summary>Body of <c>PUT /ops/v1/regions/{region}/zones/{zone}</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SetZoneRequest
{
    /// <summary>What is wanted of it; required.</summary>
    public OpsZoneState? State { get; init; }

    /// <summary>While restoring, the share that it takes until the next change, above 0 and below 1; without it the share grows in steps.</summary>
    public double? Share { get; init; }

    /// <summary>Whether running sessions are moved out of it now; otherwise they play on until they end.</summary>
    public bool MoveRunning { get; init; }

    /// <summary>Why; required.</summary>
    public string? Reason { get; init; }
}

/// <summary>Body of <c>PUT /ops/v1/regions/{region}/routes</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SetRouteRequest
{
    /// <summary>The kind that comes first; without it routes go by their states again.</summary>
    public RouteKind? Force { get; init; }

    /// <summary>Seconds after which they do so by themselves; required with a kind.</summary>
    public double? ExpiresInSeconds { get; init; }

    /// <summary>Why; required.</summary>
    public string? Reason { get; init; }
}

/// <summary>Answer of <c>GET /ops/v1/audit</c>.</summary>
/// <param name="Entries">Entries, newest first.</param>
/// <param name="Next">What gives the next page as <c>after</c>, or null when this is the last.</param>
internal sealed record OpsAuditPage(IReadOnlyList<OpsAuditEntry> Entries, string? Next)
{
    /// <summary>Entries that this part looked at.</summary>
    public int Looked { get; init; }
}

/// <summary>One thing that an operator changed.</summary>
internal sealed record OpsAuditEntry(
    string Region, long Sequence, DateTimeOffset At, AuditKind Kind, string Subject, string By, string Reason, JsonNode? Before, JsonNode? After)
{
    /// <summary>The queue whose log it is in; null when it is in a region's. Then the region is empty.</summary>
    public string? Queue { get; init; }
}

/// <summary>Body of <c>PUT /ops/v1/regions/{region}/clusters/{cluster}</c>. What is left out stays.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SetClusterRequest
{
    /// <summary>The priority.</summary>
    public int? Priority { get; init; }

    /// <summary>The weight.</summary>
    public int? Weight { get; init; }

    /// <summary>Why; required.</summary>
    public string? Reason { get; init; }
}

/// <summary>Body of <c>POST .../import-allocation-policies</c> and <c>POST .../reset</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ReasonRequest
{
    /// <summary>Why; required.</summary>
    public string? Reason { get; init; }
}

/// <summary>Answer of an import: every policy of the cluster is in one of the lists.</summary>
internal sealed record ImportPoliciesAnswer(IReadOnlyList<OpsImported> Imported, IReadOnlyList<OpsSkipped> Skipped, IReadOnlyList<OpsCluster> Clusters);

/// <summary>A policy that was taken over.</summary>
internal sealed record OpsImported(string Policy, string Cluster, int Priority, int Weight);

/// <summary>A policy that was not.</summary>
internal sealed record OpsSkipped(string Policy, string ClusterName, string Reason);
