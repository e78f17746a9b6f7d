namespace FleetSystem.FleetManager.Ops;

/// <summary>The other cells in the operators' API.</summary>
internal static class PeerEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/ops/v1/peers", (PeerReader peers) => peers.ListAsync())
            .WithTags("Cells")
            .Tells<OpsPeerList>("The other cells as this cell's Matchmakers know them: whether they are asked, when they answered last and how fast, and what they serve.");
}
