using FleetSystem.FleetManager.Ops;
using FleetSystem.FleetModel.Clusters;

namespace FleetSystem.FleetManager.Dashboard.Views;

/// <summary>Another cell in a list.</summary>
/// <param name="Cell">Its name.</param>
/// <param name="Severity">How bad it stands.</param>
/// <param name="Standing">How it stands, in words.</param>
/// <param name="Detail">Why, or empty.</param>
/// <param name="Answered">How long ago it answered, in words.</param>
/// <param name="Took">How long that took, in words.</param>
/// <param name="Regions">What it serves, a sentence for each region.</param>
/// <param name="Urls">Its addresses.</param>
public sealed record PeerRow(string Cell, Severity Severity, string Standing, string Detail, string Answered, string Took, IReadOnlyList<string> Regions, IReadOnlyList<string> Urls)
{
    /// <summary>The row of a cell.</summary>
    internal static PeerRow Of(OpsPeer peer, DateTimeOffset now)
    {
        var worst = peer.SeenBy.Where(view => view.State != CircuitState.Closed).MaxBy(view => view.Since);
        var (severity, standing) = (peer.Reached, peer.SeenBy.Count, worst) switch
        {
            (0, _, _) => (Severity.Critical, "not asked"),
            var (reached, all, _) when reached < all => (Severity.Warning, $"asked by {reached} of {all} Matchmakers"),
            (_, _, not null) => (Severity.Notice, "asked for little, to see whether it answers again"),
            _ => (Severity.Good, "healthy"),
        };
        return new PeerRow(
            peer.Cell,
            severity,
            standing,
            worst is null ? "" : $"for {Words.Age(now - worst.Since)}: {worst.Reason}",
            peer.AnsweredAt is { } at ? Words.Age(now - at) is "now" ? "now" : $"{Words.Age(now - at)} ago" : "never",
            Words.Duration(peer.LatencySeconds),
            [.. peer.Regions.Select(region => $"{region.Id}: {(region.TakesSessions ? $"{Words.Count(region.Ready)} free{(region.Waiting > 0 ? $", {Words.Count(region.Waiting)} wait" : "")}" : "no new sessions")}")],
            peer.Urls);
    }
}
