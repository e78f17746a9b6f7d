using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.FleetModel.Placement;

/// <summary>In which order a region's clusters are asked.</summary>
public static class ClusterOrder
{
    /// <summary>
    /// Lowest priority number first; among equals a weighted random order, so that a weight is the share of requests that ask a cluster
    /// first. A cluster of weight 0 is left out.
    /// </summary>
    public static IReadOnlyList<ClusterOptions> Of(IEnumerable<ClusterOptions> clusters, Random random) =>
        // Exponential keys: sorting by -ln(u)/weight draws without replacement in proportion to the weights.
        [.. clusters
            .Where(cluster => cluster.Weight > 0)
            .Select(cluster => (Cluster: cluster, Key: -Math.Log(1 - random.NextDouble()) / cluster.Weight))
            .OrderBy(pair => pair.Cluster.Priority).ThenBy(pair => pair.Key)
            .Select(pair => pair.Cluster)];
}
