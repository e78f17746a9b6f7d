using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.FleetModel.Placement;

/// <summary>How a cluster stands among those of its region when servers are claimed.</summary>
/// <param name="Cluster">Its id.</param>
/// <param name="Priority">Clusters are asked in the order of this number, lowest first.</param>
/// <param name="Weight">Share among clusters of the same priority, 0 to 1000; 0 takes no new sessions.</param>
/// <param name="IsStale">Whether its snapshot is old because a watch is lost.</param>
[GenerateSerializer, Immutable, Alias("fleet.ClusterStanding")]
public sealed record ClusterStanding(
    [property: Id(0)] string Cluster,
    [property: Id(1)] int Priority,
    [property: Id(2)] int Weight,
    [property: Id(3)] bool IsStale);

/// <summary>A region's clusters, as they are asked from a moment on.</summary>
/// <param name="Version">Grows with every change; of two sets the higher one holds.</param>
/// <param name="Clusters">Every cluster of the region.</param>
[GenerateSerializer, Immutable, Alias("fleet.RegionClusters")]
public sealed record RegionClusters(
    [property: Id(0)] long Version,
    [property: Id(1)] IReadOnlyList<ClusterStanding> Clusters)
{
    /// <summary>Why the region takes no new sessions at all; null while it takes them.</summary>
    [Id(2)] public string? Refusal { get; init; }

    /// <summary>The clusters as the configuration has them.</summary>
    public static RegionClusters Configured(FleetSystemOptions system, string region) =>
        new(0, [.. system.Clusters.Where(cluster => cluster.Region == region).Select(cluster => new ClusterStanding(cluster.Id, cluster.Priority, cluster.Weight, IsStale: false))]);
}

/// <summary>What operators want of a cluster, in place of its configuration.</summary>
[GenerateSerializer, Immutable, Alias("fleet.ClusterIntent")]
public sealed record ClusterIntent
{
    /// <summary>Lowest priority that can be set.</summary>
    public const int MinPriority = 0;

    /// <summary>Highest priority that can be set.</summary>
    public const int MaxPriority = 1_000_000;

    /// <summary>Lowest weight.</summary>
    public const int MinWeight = 0;

    /// <summary>Highest weight.</summary>
    public const int MaxWeight = 1_000;

    /// <summary>The cluster's id.</summary>
    [Id(0)] public required string Cluster { get; init; }

    /// <summary>Its priority, or null for the configured one.</summary>
    [Id(1)] public int? Priority { get; init; }

    /// <summary>Its weight, or null for the configured one.</summary>
    [Id(2)] public int? Weight { get; init; }

    /// <summary>Why.</summary>
    [Id(3)] public required string Reason { get; init; }

    /// <summary>Who wants it.</summary>
    [Id(4)] public required string By { get; init; }

    /// <summary>Since when.</summary>
    [Id(5)] public DateTimeOffset At { get; init; }
}
