using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using FleetSystem.FleetModel.Clusters;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Fleets' servers and nodes in the operators' API.</summary>
internal static class FleetEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/ops/v1/fleets/{fleet}/servers", (
                string fleet, string? region, string? cluster, string? zone, string? node, OpsWord<GameServerState>? state, string? version, string? name,
                [Description(OpsPaging.LimitText), Range(1, OpsPaging.MaxLimit)] int? limit, [Description(OpsPaging.AfterText), MaxLength(OpsPaging.MaxTextLength)] string? after, FleetReader fleets, CancellationToken cancellationToken) =>
            fleets.ReadAsync(fleet, new OpsServerFilter(region, cluster, zone, node, state?.Value, version, name), after, limit, cancellationToken))
            .WithTags("Fleets")
            .Tells<OpsServerPage>("A fleet's servers, by region, cluster, zone, node, state, version and a part of their name.");
        routes.MapGet("/ops/v1/fleets/{fleet}/nodes", (string fleet, string? region, string? cluster, string? zone,
                [Description(OpsPaging.LimitText), Range(1, OpsPaging.MaxLimit)] int? limit, [Description(OpsPaging.AfterText), MaxLength(OpsPaging.MaxTextLength)] string? after, FleetReader fleets, CancellationToken cancellationToken) =>
            fleets.ReadNodesAsync(fleet, region, cluster, zone, after, limit, cancellationToken))
            .WithTags("Fleets")
            .Tells<OpsNodePage>("A fleet's servers counted by node; in each cluster the nodes that must not be given sessions come first.");
    }
}
