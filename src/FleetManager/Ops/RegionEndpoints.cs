using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using FleetSystem.SiloHost.Access;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Regions and their zones in the operators' API: how they stand, draining, evacuation, forced routes.</summary>
internal static class RegionEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/ops/v1/regions").WithTags("Regions");
        group.MapGet("/", (
                [Description(OpsPaging.LimitText), Range(1, OpsPaging.MaxLimit)] int? limit,
                [Description(OpsPaging.AfterText), MaxLength(OpsPaging.MaxTextLength)] string? after,
                RegionReader regions) => regions.ListAsync(limit, after))
            .Tells<OpsRegionList>("Every region: its clusters, zones, servers and ways in, and what operators want of it.");
        group.MapGet("/{region}", (string region, RegionReader regions) => regions.FindAsync(region))
            .Tells<OpsRegion>("A region: its clusters, zones, servers and ways in, and what operators want of it.");
        group.MapPut("/{region}", (string region, HttpContext context, RegionReader regions, RegionCommands commands) =>
                OpsBody.ThenAsync<SetRegionRequest>(context, regions.UnknownRegion(region), async asked => await commands.SetRegionAsync(region, asked, AccessSetup.Caller(context))))
            .Changes<SetRegionRequest, OpsRegion>("Drains a region, or opens it again.");
        group.MapPut("/{region}/zones/{zone}", (string region, string zone, HttpContext context, RegionReader regions, RegionCommands commands) =>
                OpsBody.ThenAsync<SetZoneRequest>(context, regions.UnknownZone(region, zone), async asked => await commands.SetZoneAsync(region, zone, asked, AccessSetup.Caller(context))))
            .Changes<SetZoneRequest, OpsRegion>("Evacuates a zone, or lets it in again in steps, in part or at once.");
        group.MapPut("/{region}/routes", (string region, HttpContext context, RegionReader regions, RegionCommands commands) =>
                OpsBody.ThenAsync<SetRouteRequest>(context, regions.UnknownRegion(region), async asked => await commands.SetRouteAsync(region, asked, AccessSetup.Caller(context))))
            .Changes<SetRouteRequest, OpsRegion>("Puts a kind of route first for a time, or ends that.");
        group.MapPut("/{region}/traffic", (string region, HttpContext context, RegionReader regions, RegionCommands commands) =>
                OpsBody.ThenAsync<SetTrafficRequest>(context, regions.UnknownRegion(region), async asked => await commands.SetTrafficAsync(region, asked, AccessSetup.Caller(context))))
            .Changes<SetTrafficRequest, OpsRegion>("Sets the dial and the weights of the region's standard accelerator.");
    }
}
