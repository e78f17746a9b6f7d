namespace FleetSystem.FleetManager.Ops;

/// <summary>The cell's silos in the operators' API.</summary>
internal static class SiloEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/ops/v1/silos", (SiloStatus? status, string? after, SiloReader silos) => silos.ReadAsync(status, after))
            .WithTags("Silos")
            .Tells<OpsSiloPage>($"The silos of the cell, {SiloReader.PageSilos} a page, by status.");
}
