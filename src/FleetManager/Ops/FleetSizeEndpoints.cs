using FleetSystem.SiloHost.Access;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Fleets' sizes in the operators' API: how many servers there are in each cluster, what decides that, and another number.</summary>
internal static class FleetSizeEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/ops/v1/fleets/{fleet}/sizes").WithTags("Fleets");
        group.MapGet("/", (string fleet, string? region, string? cluster, FleetSizeReader sizes, CancellationToken cancellationToken) => sizes.ReadAsync(fleet, region, cluster, cancellationToken))
            .Tells<OpsFleetSizes>("How large a fleet is in each of its clusters, and which FleetAutoscaler decides that.");
        group.MapPut("/{cluster}/{agonesFleet}", (string fleet, string cluster, string agonesFleet, HttpContext context, FleetSizeReader sizes, FleetSizeCommands commands) =>
                OpsBody.ThenAsync<SetFleetSizeRequest>(context, sizes.Unknown(fleet, cluster, agonesFleet), async asked => await commands.SetAsync(fleet, cluster, agonesFleet, asked, AccessSetup.Caller(context))))
            .Changes<SetFleetSizeRequest, SetFleetSizeAnswer>("Changes the size of an Agones Fleet: its replicas, the Buffer policy of the FleetAutoscaler that sets them, or what FleetManager answers that.")
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status504GatewayTimeout);
    }
}
