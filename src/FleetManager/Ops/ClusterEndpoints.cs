using FleetSystem.SiloHost.Access;

namespace FleetSystem.FleetManager.Ops;

/// <summary>A region's clusters in the operators' API: in which order they are asked.</summary>
internal static class ClusterEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/ops/v1/regions/{region}/clusters/{cluster}").WithTags("Clusters");
        group.MapPut("/", (string region, string cluster, HttpContext context, RegionReader regions, ClusterCommands commands) =>
                OpsBody.ThenAsync<SetClusterRequest>(context, regions.UnknownCluster(region, cluster), async asked => await commands.SetAsync(region, cluster, asked, AccessSetup.Caller(context))))
            .Changes<SetClusterRequest, OpsCluster>("Sets a cluster's priority, weight or both.");
        group.MapPost("/reset", (string region, string cluster, HttpContext context, RegionReader regions, ClusterCommands commands) =>
                OpsBody.ThenAsync<ReasonRequest>(context, regions.UnknownCluster(region, cluster), async asked => await commands.ResetAsync(region, cluster, asked, AccessSetup.Caller(context))))
            .Changes<ReasonRequest, OpsCluster>("Lets a cluster's priority and weight be the configuration's again.");
        group.MapPost("/import-allocation-policies", (string region, string cluster, HttpContext context, RegionReader regions, ClusterCommands commands) =>
                OpsBody.ThenAsync<ReasonRequest>(context, regions.UnknownCluster(region, cluster), async asked => await commands.ImportAsync(region, cluster, asked, AccessSetup.Caller(context))))
            .Changes<ReasonRequest, ImportPoliciesAnswer>("Sets priorities and weights by the GameServerAllocationPolicies that this cluster holds.")
            // It writes over what operators want of every cluster at once.
            .RequireAuthorization(AccessPolicies.Admin);
    }
}
