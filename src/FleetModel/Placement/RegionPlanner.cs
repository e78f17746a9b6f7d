using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetModel.Placement;

/// <summary>One region to try for a session.</summary>
/// <param name="Region">The region.</param>
/// <param name="PreferredZone">The zone preferred in it, or null.</param>
/// <param name="IsFirstChoice">Whether it is the region asked for, or the best by latency.</param>
public sealed record RegionChoice(string Region, string? PreferredZone, bool IsFirstChoice);

/// <summary>Which regions a session may be placed in, best first.</summary>
public static class RegionPlanner
{
    /// <summary>
    /// The region asked for (or that of the zone asked for) comes first. Without one the players' latency decides: the region whose worst
    /// latency over all players is lowest. Further regions are tried only where every player's latency is known and within the fleet's
    /// limit; when nobody measured anything and no region was asked for, all of the fleet's regions in the order of the configuration. Where
    /// the fleet requires the zone asked for, there is no further region. Where the request says which region comes first over all cells
    /// (<see cref="SessionRequest.FirstRegion"/>), that one does, and none of this cell's when it is another cell's.
    /// </summary>
    public static IReadOnlyList<RegionChoice> Plan(FleetSystemOptions options, FleetOptions fleet, SessionRequest request)
    {
        var regions = options.Regions.Where(region => fleet.RunsIn(region.Id)).ToList();
        var asked = request.Region ?? regions.FirstOrDefault(region => request.PreferredZone is { } zone && region.Zones.Contains(zone))?.Id;
        var measured = request.Players.Any(player => player.LatencyMilliseconds.Count > 0);

        var ranked = regions
            .Select((region, index) => (Region: region.Id, Index: index, Worst: WorstLatency(request.Players, region.Id)))
            .OrderBy(candidate => candidate.Worst ?? int.MaxValue).ThenBy(candidate => candidate.Index)
            .ToList();
        var first = request.FirstRegion is { } overall ? regions.FirstOrDefault(region => region.Id == overall)?.Id : asked ?? ranked[0].Region;
        var further = fleet.ZonePolicy == ZonePolicy.Require && request.PreferredZone is not null ? [] : ranked.Where(candidate => measured ? candidate.Worst <= fleet.MaxLatencyMilliseconds : asked is null);

        // Whoever sent the request here goes by the same limits; should this cell's be narrower, its best region serves it all the same.
        var chosen = further.Select(candidate => candidate.Region).Prepend(first).OfType<string>().Distinct().DefaultIfEmpty(ranked[0].Region);
        return [.. chosen.Select(region => new RegionChoice(region, ZoneIn(options, region, request.PreferredZone), region == first))];
    }

    /// <summary>Which preference a region and zone serve, from 1: what was asked for, another zone of the region, another region.</summary>
    public static int PreferenceServed(RegionChoice choice, string servedZone) => choice switch
    {
        { IsFirstChoice: false } => 3,
        { PreferredZone: { } zone } when zone != servedZone => 2,
        _ => 1,
    };

    private static int? WorstLatency(IReadOnlyList<SessionPlayer> players, string region)
    {
        var worst = 0;
        foreach (var player in players)
        {
            if (!player.LatencyMilliseconds.TryGetValue(region, out var latency)) return null;
            worst = Math.Max(worst, latency);
        }

        return worst;
    }

    private static string? ZoneIn(FleetSystemOptions options, string region, string? zone) =>
        zone is not null && options.Regions.Any(candidate => candidate.Id == region && candidate.Zones.Contains(zone)) ? zone : null;
}
