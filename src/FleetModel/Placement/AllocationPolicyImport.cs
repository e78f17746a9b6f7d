namespace FleetSystem.FleetModel.Placement;

/// <summary>What is read of a GameServerAllocationPolicy (<c>multicluster.agones.dev/v1</c>).</summary>
/// <param name="Name">Name of the object.</param>
/// <param name="Priority">Its <c>spec.priority</c>; lowest is asked first. 0 when absent, as in Agones.</param>
/// <param name="Weight">Its <c>spec.weight</c>. 0 when absent.</param>
/// <param name="ClusterName">Its <c>spec.connectionInfo.clusterName</c>, or empty.</param>
[GenerateSerializer, Immutable, Alias("fleet.AllocationPolicySnapshot")]
public sealed record AllocationPolicySnapshot(
    [property: Id(0)] string Name,
    [property: Id(1)] long Priority,
    [property: Id(2)] long Weight,
    [property: Id(3)] string ClusterName);

/// <summary>A policy whose cluster gets its priority and weight.</summary>
[GenerateSerializer, Immutable, Alias("fleet.ImportedPolicy")]
public sealed record ImportedPolicy([property: Id(0)] string Policy, [property: Id(1)] string Cluster, [property: Id(2)] int Priority, [property: Id(3)] int Weight);

/// <summary>A policy that is not taken over.</summary>
/// <param name="Policy">Name of the object.</param>
/// <param name="ClusterName">The cluster that it names.</param>
/// <param name="Reason">Why not, for people.</param>
[GenerateSerializer, Immutable, Alias("fleet.SkippedPolicy")]
public sealed record SkippedPolicy([property: Id(0)] string Policy, [property: Id(1)] string ClusterName, [property: Id(2)] string Reason);

/// <summary>What becomes of a cluster's GameServerAllocationPolicies: each is in one of the lists.</summary>
/// <param name="Imported">Those that are taken over.</param>
/// <param name="Skipped">Those that are not.</param>
[GenerateSerializer, Immutable, Alias("fleet.PolicyImport")]
public sealed record PolicyImport([property: Id(0)] IReadOnlyList<ImportedPolicy> Imported, [property: Id(1)] IReadOnlyList<SkippedPolicy> Skipped)
{
    /// <summary>Why the policies could not be read, so that nothing changed; null when they were.</summary>
    [Id(2)] public string? Fault { get; init; }
}

/// <summary>Maps Agones' multi-cluster policies to the clusters of a region.</summary>
public static class AllocationPolicyImport
{
    /// <summary>
    /// Plans an import. <c>clusterName</c> must be the id of a cluster of the region. Agones may hold several policies for one cluster and
    /// asks the one with the lowest priority number first: that one counts.
    /// </summary>
    /// <param name="policies">What the cluster holds.</param>
    /// <param name="clusters">Ids of the region's clusters.</param>
    public static PolicyImport Plan(IEnumerable<AllocationPolicySnapshot> policies, IReadOnlyCollection<string> clusters)
    {
        var (imported, skipped) = (new List<ImportedPolicy>(), new List<SkippedPolicy>());
        var taken = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var policy in policies.OrderBy(policy => policy.Priority).ThenByDescending(policy => policy.Weight).ThenBy(policy => policy.Name, StringComparer.Ordinal))
        {
            if (FaultOf(policy, clusters) is { } fault) skipped.Add(new(policy.Name, policy.ClusterName, fault));
            else if (!taken.TryAdd(policy.ClusterName, policy.Name)) skipped.Add(new(policy.Name, policy.ClusterName, $"policy '{taken[policy.ClusterName]}' names the same cluster and comes before it"));
            else imported.Add(new(policy.Name, policy.ClusterName, (int)policy.Priority, (int)policy.Weight));
        }

        return new PolicyImport(imported, skipped);
    }

    private static string? FaultOf(AllocationPolicySnapshot policy, IReadOnlyCollection<string> clusters) => policy switch
    {
        { ClusterName: "" } => "it names no cluster in spec.connectionInfo.clusterName",
        _ when !clusters.Contains(policy.ClusterName) => $"the region has no cluster of this id; it has {string.Join(", ", clusters)}",
        { Priority: < ClusterIntent.MinPriority or > ClusterIntent.MaxPriority } => $"its priority {policy.Priority} is not within {ClusterIntent.MinPriority} to {ClusterIntent.MaxPriority}",
        { Weight: < ClusterIntent.MinWeight or > ClusterIntent.MaxWeight } => $"its weight {policy.Weight} is not within {ClusterIntent.MinWeight} to {ClusterIntent.MaxWeight}",
        _ => null,
    };
}
