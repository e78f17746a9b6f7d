using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using FleetSystem.FleetModel.Operations;

namespace FleetSystem.FleetManager.Ops;

/// <summary>How far evacuations are, in the operators' API.</summary>
internal static class EvacuationEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/ops/v1/evacuations", (
                string? region,
                string? zone,
                OpsWord<EvacuationState>? state,
                [Description(OpsPaging.LimitText), Range(1, OpsPaging.MaxLimit)] int? limit,
                [Description(OpsPaging.AfterText), MaxLength(OpsPaging.MaxTextLength)] string? after,
                EvacuationReader evacuations) => evacuations.ReadAsync(region, zone, state?.Value, limit, after))
            .WithTags("Regions")
            .Tells<OpsEvacuationPage>("Drained regions and evacuated zones: since when, by whom and why, how many sessions are moved, to go, held back and failed; by region, zone and state.");
}
