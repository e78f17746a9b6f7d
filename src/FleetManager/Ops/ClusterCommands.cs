using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Placement;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetSystem.FleetManager.Ops;

/// <summary>What operators do with a region's clusters: in which order they are asked. As <see cref="RegionCommands"/>.</summary>
internal sealed class ClusterCommands(IGrainFactory grains, RegionReader regions)
{
    /// <summary>Sets priority, weight or both.</summary>
    public async Task<Results<Ok<OpsCluster>, ProblemHttpResult>> SetAsync(string region, string cluster, SetClusterRequest asked, string caller)
    {
        if (regions.UnknownCluster(region, cluster) is { } unknown) return unknown;
        var faults = new List<OpsFieldError>();
        if (asked is { Priority: null, Weight: null }) faults.Add(new("$", ErrorCodes.InvalidRequest, "Neither priority nor weight is given: give one or both."));
        if (asked.Priority is < ClusterIntent.MinPriority or > ClusterIntent.MaxPriority) faults.Add(new("$.priority", ErrorCodes.InvalidRequest, $"The priority is {asked.Priority}: {ClusterIntent.MinPriority} to {ClusterIntent.MaxPriority} is possible."));
        if (asked.Weight is < ClusterIntent.MinWeight or > ClusterIntent.MaxWeight) faults.Add(new("$.weight", ErrorCodes.InvalidRequest, $"The weight is {asked.Weight}: {ClusterIntent.MinWeight} to {ClusterIntent.MaxWeight} is possible; 0 takes no new sessions."));
        OpsChecks.CheckReason(asked.Reason, faults);
        if (faults.Count > 0) return OpsProblem.Invalid(faults);

        await grains.GetGrain<IRegionGrain>(region).SetCluster(new ClusterIntent { Cluster = cluster, Priority = asked.Priority, Weight = asked.Weight, Reason = asked.Reason!, By = caller });
        return TypedResults.Ok((await regions.ReadAsync(region)).Clusters.First(known => known.Id == cluster));
    }

    /// <summary>Lets priority and weight be the configuration's again.</summary>
    public async Task<Results<Ok<OpsCluster>, ProblemHttpResult>> ResetAsync(string region, string cluster, ReasonRequest asked, string caller)
    {
        if (regions.UnknownCluster(region, cluster) is { } unknown) return unknown;
        if (OpsChecks.FaultOfReason(asked.Reason) is { } fault) return fault;

        await grains.GetGrain<IRegionGrain>(region).ResetCluster(cluster, asked.Reason!, caller);
        return TypedResults.Ok((await regions.ReadAsync(region)).Clusters.First(known => known.Id == cluster));
    }

    /// <summary>Sets priorities and weights by the GameServerAllocationPolicies that a cluster holds.</summary>
    public async Task<Results<Ok<ImportPoliciesAnswer>, ProblemHttpResult>> ImportAsync(string region, string cluster, ReasonRequest asked, string caller)
    {
        if (regions.UnknownCluster(region, cluster) is { } unknown) return unknown;
        if (OpsChecks.FaultOfReason(asked.Reason) is { } unreasoned) return unreasoned;

        var import = await grains.GetGrain<IRegionGrain>(region).ImportAllocationPolicies(cluster, asked.Reason!, caller);
        if (import.Fault is { } fault) return OpsProblem.Unavailable($"Nothing was changed: {fault}");
        return TypedResults.Ok(new ImportPoliciesAnswer(
            [.. import.Imported.Select(policy => new OpsImported(policy.Policy, policy.Cluster, policy.Priority, policy.Weight))],
            [.. import.Skipped.Select(policy => new OpsSkipped(policy.Policy, policy.ClusterName, policy.Reason))],
            (await regions.ReadAsync(region)).Clusters));
    }
}
