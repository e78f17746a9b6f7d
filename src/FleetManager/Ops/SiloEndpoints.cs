using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace FleetSystem.FleetManager.Ops;

/// <summary>The cell's silos in the operators' API.</summary>
internal static class SiloEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/ops/v1/silos", (
                OpsWord<SiloStatus>? status,
                [Description("A part of the silo's name or its host's."), MaxLength(OpsPaging.MaxTextLength)] string? name,
                [Description(OpsPaging.LimitText), Range(1, OpsPaging.MaxLimit)] int? limit,
                [Description(OpsPaging.AfterText), MaxLength(OpsPaging.MaxTextLength)] string? after,
                SiloReader silos) => silos.ReadAsync(status?.Value, after, name, limit))
            .WithTags("Silos")
            .Tells<OpsSiloPage>("The silos of the cell, by status and name.");
}
