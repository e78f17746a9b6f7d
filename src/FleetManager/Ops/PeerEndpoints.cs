using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace FleetSystem.FleetManager.Ops;

/// <summary>The other cells in the operators' API.</summary>
internal static class PeerEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/ops/v1/peers", (
                [Description("A part of the cell's name."), MaxLength(OpsPaging.MaxTextLength)] string? name,
                [Description(OpsPaging.LimitText), Range(1, OpsPaging.MaxLimit)] int? limit,
                [Description(OpsPaging.AfterText), MaxLength(OpsPaging.MaxTextLength)] string? after,
                PeerReader peers) => peers.ListAsync(name, limit, after))
            .WithTags("Cells")
            .Tells<OpsPeerList>("The other cells as this cell's Matchmakers know them: whether they are asked, when they answered last and how fast, and what they serve.");
}
