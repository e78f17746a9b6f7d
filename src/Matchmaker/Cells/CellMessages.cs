using FleetSystem.FleetModel.Cells;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;

namespace FleetSystem.Matchmaker.Cells;

/// <summary>Maps what cells know of each other to messages and back. Pure.</summary>
internal static class CellMessages
{
    /// <summary>What this cell has, of its configuration and what its regions last said.</summary>
    public static CellSnapshot Of(FleetSystemOptions system, IReadOnlyList<RegionStatus> statuses, DateTimeOffset now) => new(
        system.Cell,
        [.. system.Regions.Select(region =>
        {
            var status = statuses.FirstOrDefault(known => known.Region == region.Id);
            return new CellRegion(
                region.Id,
                [.. region.Zones],
                status?.Refusal is null,
                [.. system.Fleets.Where(fleet => fleet.RunsIn(region.Id)).Select(fleet => new CellFleet(
                    fleet.Id,
                    status?.Zones.Where(zone => zone.Fleet == fleet.Id).Sum(zone => zone.Ready) ?? 0,
                    status?.Demand.FirstOrDefault(demand => demand.Fleet == fleet.Id)?.Waiting ?? 0))])
            {
                LatencyEndpoint = region.Echo is { } echo ? (echo.Address, echo.Port) : null,
            };
        })],
        now);

    /// <summary>What this cell has, for its peers.</summary>
    public static V1.Description Of(CellSnapshot cell) => new()
    {
        Cell = cell.Cell,
        Regions =
        {
            cell.Regions.Select(region => new V1.Region
            {
                Id = region.Id,
                Zones = { region.Zones },
                TakesSessions = region.TakesSessions,
                Fleets = { region.Fleets.Select(fleet => new V1.Fleet { Id = fleet.Fleet, Ready = fleet.Ready, Waiting = fleet.Waiting }) },
                LatencyAddress = region.LatencyEndpoint?.Address ?? "",
                LatencyPort = region.LatencyEndpoint?.Port ?? 0,
            }),
        },
    };

    /// <summary>What a peer has, up to the limits of what is taken in.</summary>
    public static CellSnapshot Read(V1.Description description, DateTimeOffset now) => new(
        description.Cell,
        [.. description.Regions.Take(CellSnapshot.MaxRegions).Select(region => new CellRegion(
            region.Id,
            [.. region.Zones.Take(CellSnapshot.MaxZones)],
            region.TakesSessions,
            [.. region.Fleets.Take(CellSnapshot.MaxFleets).Select(fleet => new CellFleet(fleet.Id, fleet.Ready, fleet.Waiting))])
        {
            LatencyEndpoint = region.LatencyAddress.Length > 0 ? (region.LatencyAddress, region.LatencyPort) : null,
        })],
        now);
}
