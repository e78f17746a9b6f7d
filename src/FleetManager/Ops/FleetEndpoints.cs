using FleetSystem.FleetModel.Clusters;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Fleets' servers and nodes in the operators' API.</summary>
internal static class FleetEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/ops/v1/fleets/{fleet}/servers", (
                string fleet, string? region, string? cluster, string? zone, string? node, GameServerState? state, string? version, string? name, string? after, FleetReader fleets, CancellationToken cancellationToken) =>
            fleets.ReadAsync(fleet, new OpsServerFilter(region, cluster, zone, node, state, version, name), after, FleetReader.PageServers, cancellationToken))
            .WithTags("Fleets")
            .Tells<OpsServerPage>($"A fleet's servers, {FleetReader.PageServers} a page, by region, cluster, zone, node, state, version and a part of their name.");
        routes.MapGet("/ops/v1/fleets/{fleet}/nodes", (string fleet, string? region, string? cluster, string? zone, string? after, FleetReader fleets, CancellationToken cancellationToken) =>
            fleets.ReadNodesAsync(fleet, region, cluster, zone, after, FleetReader.PageNodes, cancellationToken))
            .WithTags("Fleets")
            .Tells<OpsNodePage>($"A fleet's servers counted by node, {FleetReader.PageNodes} nodes a page; in each cluster the nodes that must not be given sessions come first.");
    }
}
