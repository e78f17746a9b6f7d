using System.Text.Json.Serialization;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Routing;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Answer of <c>GET /ops/v1/regions</c>.</summary>
internal sealed record OpsRegionList(IReadOnlyList<OpsRegion> Regions);

/// <summary>A region as its operators see it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Available">False when the cell could not say how it stands: the rest is then as configured, or empty.</param>
/// <param name="Clusters">Its clusters, in the order of the configuration.</param>
/// <param name="Fleets">Servers by fleet and zone.</param>
/// <param name="Paths">The ways in.</param>
internal sealed record OpsRegion(string Id, bool Available, IReadOnlyList<OpsCluster> Clusters, IReadOnlyList<OpsZoneCapacity> Fleets, IReadOnlyList<OpsPath> Paths);

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
internal sealed record OpsPath(RouteKind Kind, PathState State, DateTimeOffset Since);

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

/// <summary>Body of <c>POST .../import-allocation-policies</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record ImportPoliciesRequest
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
