using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Placement;
using FleetSystem.SiloHost.Access;

namespace FleetSystem.FleetManager.Ops;

/// <summary>A region's clusters in the operators' API: in which order they are asked.</summary>
internal sealed class ClusterEndpoints(IGrainFactory grains, RegionReader regions)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/ops/v1/regions/{region}/clusters/{cluster}");
        group.MapPut("/", (string region, string cluster, HttpContext context, ClusterEndpoints endpoints) => endpoints.SetAsync(region, cluster, context));
        group.MapPost("/reset", (string region, string cluster, HttpContext context, ClusterEndpoints endpoints) => endpoints.ResetAsync(region, cluster, context));
        group.MapPost("/import-allocation-policies", (string region, string cluster, HttpContext context, ClusterEndpoints endpoints) => endpoints.ImportAsync(region, cluster, context))
            // It writes over what operators want of every cluster at once.
            .RequireAuthorization(AccessPolicies.Admin);
    }

    private async Task<IResult> SetAsync(string region, string cluster, HttpContext context)
    {
        if (regions.UnknownCluster(region, cluster) is { } unknown) return unknown;
        var (asked, unreadable) = await OpsBody.ReadAsync<SetClusterRequest>(context.Request);
        if (asked is null) return unreadable!;
        var faults = new List<OpsFieldError>();
        if (asked is { Priority: null, Weight: null }) faults.Add(new("$", ErrorCodes.InvalidRequest, "Neither priority nor weight is given: give one or both."));
        if (asked.Priority is < ClusterIntent.MinPriority or > ClusterIntent.MaxPriority) faults.Add(new("$.priority", ErrorCodes.InvalidRequest, $"The priority is {asked.Priority}: {ClusterIntent.MinPriority} to {ClusterIntent.MaxPriority} is possible."));
        if (asked.Weight is < ClusterIntent.MinWeight or > ClusterIntent.MaxWeight) faults.Add(new("$.weight", ErrorCodes.InvalidRequest, $"The weight is {asked.Weight}: {ClusterIntent.MinWeight} to {ClusterIntent.MaxWeight} is possible; 0 takes no new sessions."));
        OpsChecks.CheckReason(asked.Reason, faults);
        if (faults.Count > 0) return OpsProblem.Invalid(faults);

        await grains.GetGrain<IRegionGrain>(region).SetCluster(new ClusterIntent { Cluster = cluster, Priority = asked.Priority, Weight = asked.Weight, Reason = asked.Reason!, By = OpsChecks.Caller(context) });
        return TypedResults.Ok((await regions.ReadAsync(region)).Clusters.First(known => known.Id == cluster));
    }

    private async Task<IResult> ResetAsync(string region, string cluster, HttpContext context)
    {
        if (regions.UnknownCluster(region, cluster) is { } unknown) return unknown;
        var (asked, unreadable) = await OpsBody.ReadAsync<ReasonRequest>(context.Request);
        if (asked is null) return unreadable!;
        var faults = new List<OpsFieldError>();
        OpsChecks.CheckReason(asked.Reason, faults);
        if (faults.Count > 0) return OpsProblem.Invalid(faults);

        await grains.GetGrain<IRegionGrain>(region).ResetCluster(cluster, asked.Reason!, OpsChecks.Caller(context));
        return TypedResults.Ok((await regions.ReadAsync(region)).Clusters.First(known => known.Id == cluster));
    }

    private async Task<IResult> ImportAsync(string region, string cluster, HttpContext context)
    {
        if (regions.UnknownCluster(region, cluster) is { } unknown) return unknown;
        var (asked, unreadable) = await OpsBody.ReadAsync<ReasonRequest>(context.Request);
        if (asked is null) return unreadable!;
        var faults = new List<OpsFieldError>();
        OpsChecks.CheckReason(asked.Reason, faults);
        if (faults.Count > 0) return OpsProblem.Invalid(faults);

        var import = await grains.GetGrain<IRegionGrain>(region).ImportAllocationPolicies(cluster, asked.Reason!, OpsChecks.Caller(context));
        if (import.Fault is { } fault) return OpsProblem.Unavailable(context, $"Nothing was changed: {fault}");
        return TypedResults.Ok(new ImportPoliciesAnswer(
            [.. import.Imported.Select(policy => new OpsImported(policy.Policy, policy.Cluster, policy.Priority, policy.Weight))],
            [.. import.Skipped.Select(policy => new OpsSkipped(policy.Policy, policy.ClusterName, policy.Reason))],
            (await regions.ReadAsync(region)).Clusters));
    }
}
