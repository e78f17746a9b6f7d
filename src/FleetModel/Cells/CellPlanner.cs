using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetModel.Cells;

/// <summary>One cell to ask for a session.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Regions">Its regions that may serve the session, best first.</param>
/// <param name="HasRoom">Whether one of them has a server free.</param>
public sealed record CellChoice(string Cell, IReadOnlyList<string> Regions, bool HasRoom);

/// <summary>Which cells are asked for a session, in which order.</summary>
/// <param name="Choices">The cells, best first; empty when none may serve it now.</param>
/// <param name="FirstRegion">The region that comes first over all cells, whether or not it has room or can be reached; null when there is none.</param>
/// <param name="FirstCell">The cell of that region; null when there is none, or nobody knows which.</param>
public sealed record CellPlan(IReadOnlyList<CellChoice> Choices, string? FirstRegion, string? FirstCell);

/// <summary>What is known of other cells.</summary>
/// <param name="Peers">What each of them last told, also of those that are away.</param>
/// <param name="Away">Those that cannot be asked now, or told nothing lately.</param>
/// <param name="AreAllKnown">Whether each has told what it has: otherwise a region that no cell is known to have may be one of theirs.</param>
public sealed record OtherCells(IReadOnlyList<CellSnapshot> Peers, IReadOnlySet<string> Away, bool AreAllKnown);

/// <summary>Decides which cell serves a request, from what the cells last told of themselves. Within the cell its own region planner goes on.</summary>
public static class CellPlanner
{
    // No cell has this name.
    private const string Nobody = "";

    /// <summary>
    /// Regions of all cells are ranked as a cell ranks its own (<see cref="Placement.RegionPlanner"/>): the region asked for, or that of the zone
    /// asked for, then by the players' worst latency; further ones only where every player's latency is known and within the fleet's limit, or
    /// where nobody measured anything and no region was asked for. A cell stands where its best region stands. Cells with a server free go before
    /// those where the session would have to wait, and a cell that takes no sessions in any of these regions is not asked. Where nobody measured,
    /// this cell comes first. A cell that is away keeps its place in the order and is not asked: that it is away makes no other region better,
    /// so that beyond the fleet's limit nobody serves in its place.
    /// </summary>
    /// <param name="own">This cell.</param>
    /// <param name="others">The other cells.</param>
    /// <param name="fleet">The fleet asked for; it has the same id and limits in every cell.</param>
    /// <param name="request">What is asked for.</param>
    public static CellPlan Plan(CellSnapshot own, OtherCells others, FleetOptions fleet, SessionRequest request)
    {
        var measured = request.Players.Any(player => player.LatencyMilliseconds.Count > 0);

        // A region that two cells have is the first one's that names it, this cell's above all.
        var candidates = others.Peers.OrderBy(peer => peer.Cell, StringComparer.Ordinal).Prepend(own)
            .SelectMany(cell => cell.Regions.Select(region => (cell.Cell, Region: region)))
            .Where(candidate => candidate.Region.Fleets.Any(known => known.Fleet == fleet.Id))
            .Concat(others.AreAllKnown ? [] : Unknown(request).Select(region => (Cell: Nobody, Region: region)))
            .DistinctBy(candidate => candidate.Region.Id)
            .ToList();
        var asked = request.Region is { } id
            ? candidates.FirstOrDefault(candidate => candidate.Region.Id == id).Region?.Id
            : candidates.FirstOrDefault(candidate => request.PreferredZone is { } zone && candidate.Region.Zones.Contains(zone)).Region?.Id;
        var ranked = candidates
            .Select((candidate, index) => (candidate.Cell, candidate.Region, Index: index, Worst: WorstLatency(request.Players, candidate.Region.Id)))
            .OrderBy(candidate => candidate.Region.Id == asked ? 0 : 1).ThenBy(candidate => candidate.Worst ?? int.MaxValue).ThenBy(candidate => candidate.Index)
            .ToList();
        if (ranked.Count == 0 || (request.Region is not null && asked is null)) return new CellPlan([], null, null);

        var first = ranked[0].Region.Id;
        var zoneRequired = fleet.ZonePolicy == ZonePolicy.Require && request.PreferredZone is not null;
        var choices = ranked
            .Where(candidate => candidate.Region.Id == first || (!zoneRequired && (measured ? candidate.Worst <= fleet.MaxLatencyMilliseconds : asked is null)))
            .Where(candidate => candidate.Region.TakesSessions && candidate.Cell != Nobody && !others.Away.Contains(candidate.Cell))
            .GroupBy(candidate => candidate.Cell)
            .Select(cell => new CellChoice(
                cell.Key,
                [.. cell.Select(candidate => candidate.Region.Id)],
                cell.Any(candidate => candidate.Region.Fleets.Any(known => known.Fleet == fleet.Id && known.Ready > 0))))
            .OrderBy(choice => choice.HasRoom ? 0 : 1);
        return new CellPlan([.. choices], first, ranked[0].Cell == Nobody ? null : ranked[0].Cell);
    }

    /// <summary>Regions that the request names: those that a known cell has count as that cell's.</summary>
    private static IEnumerable<CellRegion> Unknown(SessionRequest request) =>
        request.Players.SelectMany(player => player.LatencyMilliseconds.Keys).Append(request.Region).OfType<string>().Distinct()
            .Select(region => new CellRegion(region, [], TakesSessions: false, []));

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
}
