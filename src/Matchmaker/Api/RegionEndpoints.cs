using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.Matchmaker.Cells;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Api;

/// <summary>The regions of the players' API.</summary>
internal static class RegionEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/v1/regions", ListAsync)
        .WithTags("Regions").WithName("ListRegions").WithSummary("The regions: zones with free servers, ways in with their states, and where to measure the latency.");

    private static async Task<Ok<RegionListResource>> ListAsync(IGrainFactory grains, CellDirectory cells, IOptions<FleetSystemOptions> system, TimeProvider time)
    {
        var known = await grains.GetGrain<IRegionDirectoryGrain>(0).List();
        return TypedResults.Ok(new RegionListResource([.. system.Value.Regions.Select(region => Resources.Of(region, known.FirstOrDefault(status => status.Region == region.Id), time.GetUtcNow())), .. Resources.OfPeers(cells.Others.Peers, system.Value)]));
    }
}
