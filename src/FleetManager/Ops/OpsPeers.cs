using FleetSystem.FleetModel.Cells;
using FleetSystem.FleetModel.Clusters;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Answer of <c>GET /ops/v1/peers</c>.</summary>
/// <param name="Peers">The other cells, by the order of their names; none where this cell has no peers, or no Matchmaker tells of them.</param>
/// <param name="Next">What gives the next page as <c>after</c>, or null when this is the last.</param>
internal sealed record OpsPeerList(IReadOnlyList<OpsPeer> Peers, string? Next);

/// <summary>Another cell.</summary>
/// <param name="Cell">Its name.</param>
/// <param name="Urls">Its addresses.</param>
/// <param name="AnsweredAt">When it last answered one of our Matchmakers, or null.</param>
/// <param name="LatencySeconds">How long that answer took, or null.</param>
/// <param name="Regions">What it said that it serves.</param>
/// <param name="SeenBy">How each of our Matchmakers sees it.</param>
internal sealed record OpsPeer(string Cell, IReadOnlyList<string> Urls, DateTimeOffset? AnsweredAt, double? LatencySeconds, IReadOnlyList<OpsPeerRegion> Regions, IReadOnlyList<OpsPeerView> SeenBy)
{
    /// <summary>Matchmakers that ask it.</summary>
    public int Reached => SeenBy.Count(view => view.State != CircuitState.Open);

    /// <summary>The cells that silos tell of.</summary>
    public static IReadOnlyList<OpsPeer> Of(IReadOnlyList<PeerReport> reports) =>
        [.. reports.SelectMany(report => report.Peers.Select(peer => (report.Silo, Peer: peer))).GroupBy(told => told.Peer.Cell).OrderBy(cell => cell.Key, StringComparer.Ordinal).Select(cell => Of(cell.Key, [.. cell]))];

    private static OpsPeer Of(string cell, IReadOnlyList<(string Silo, PeerStanding Peer)> told)
    {
        var newest = told.MaxBy(one => one.Peer.AnsweredAt ?? DateTimeOffset.MinValue).Peer;
        return new OpsPeer(
            cell,
            newest.Urls,
            newest.AnsweredAt,
            newest.LatencySeconds,
            [.. newest.Regions.Select(region => new OpsPeerRegion(region.Id, region.TakesSessions, region.Ready, region.Waiting))],
            [.. told.Select(one => new OpsPeerView(
                one.Silo, one.Peer.Circuit.State, one.Peer.Circuit.Since, one.Peer.Circuit.Reason.Length > 0 ? one.Peer.Circuit.Reason : null, one.Peer.AnsweredAt, one.Peer.LatencySeconds))]);
    }
}

/// <summary>A region of another cell.</summary>
/// <param name="Id">Its id.</param>
/// <param name="TakesSessions">Whether new sessions are placed there.</param>
/// <param name="Ready">Servers free now, of all fleets.</param>
/// <param name="Waiting">Sessions that wait for one.</param>
internal sealed record OpsPeerRegion(string Id, bool TakesSessions, int Ready, int Waiting);

/// <summary>How one of our Matchmakers sees another cell.</summary>
/// <param name="Silo">The Matchmaker's silo.</param>
/// <param name="State">Whether it asks it.</param>
/// <param name="Since">Since when.</param>
/// <param name="Reason">Why it does not, or null.</param>
/// <param name="AnsweredAt">When it answered last, or null.</param>
/// <param name="LatencySeconds">How long that answer took, or null.</param>
internal sealed record OpsPeerView(string Silo, CircuitState State, DateTimeOffset Since, string? Reason, DateTimeOffset? AnsweredAt, double? LatencySeconds);
