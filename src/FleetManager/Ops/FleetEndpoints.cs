using FleetSystem.FleetModel.Clusters;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Fleets' servers in the operators' API.</summary>
internal static class FleetEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/ops/v1/fleets/{fleet}/servers", (
                string fleet, string? region, string? cluster, string? zone, string? node, GameServerState? state, string? version, string? after, FleetReader fleets, CancellationToken cancellationToken) =>
            fleets.ReadAsync(fleet, new OpsServerFilter(region, cluster, zone, node, state, version), after, cancellationToken))
            .WithTags("Fleets")
            .Tells<OpsServerPage>($"A fleet's servers, {FleetReader.PageServers} a page, by region, cluster, zone, node, state and version.");
}
