namespace FleetSystem.FleetModel.Placement;

/// <summary>In which order a region's clusters are asked.</summary>
public static class ClusterOrder
{
    /// <summary>
    /// Lowest priority number first; among equals those whose snapshot is fresh before those whose watch is lost, which may hand out servers
    /// that are gone; among these a weighted random order, so that a weight is the share of requests that ask a cluster first. A cluster of
    /// weight 0 is left out.
    /// </summary>
    public static IReadOnlyList<ClusterStanding> Of(IEnumerable<ClusterStanding> clusters, Random random) =>
        // Exponential keys: sorting by -ln(u)/weight draws without replacement in proportion to the weights.
        [.. clusters
            .Where(cluster => cluster.Weight > 0)
            .Select(cluster => (Cluster: cluster, Key: -Math.Log(1 - random.NextDouble()) / cluster.Weight))
            .OrderBy(pair => pair.Cluster.Priority).ThenBy(pair => pair.Cluster.IsStale).ThenBy(pair => pair.Key)
            .Select(pair => pair.Cluster)];
}
