using FleetSystem.FleetManager.Dashboard.Views;
using FleetSystem.FleetManager.Ops;
using FleetSystem.FleetModel.Clusters;

namespace FleetSystem.FleetManager.Events;

/// <summary>What changed between two looks at the other cells.</summary>
internal static class PeerEvents
{
    /// <summary>The changes.</summary>
    public static IEnumerable<FleetEvent> Between(IReadOnlyList<OpsPeer> before, IReadOnlyList<OpsPeer> after, DateTimeOffset now)
    {
        foreach (var (old, next) in before.Join(after, peer => peer.Cell, peer => peer.Cell, (old, next) => (old, next)))
        {
            var (lost, others) = (next.SeenBy.Count - next.Reached, next.SeenBy.Count);
            if (next.Reached == 0 && old.Reached > 0)
            {
                var newest = next.SeenBy.MaxBy(view => view.Since)!;
                yield return new(newest.Since, EventKind.Cell, Severity.Critical, "", next.Cell, $"Cell {next.Cell} is not asked any more: {newest.Reason}");
            }
            else if (next.Reached > 0 && lost > 0 && old.Reached == old.SeenBy.Count)
            {
                var newest = next.SeenBy.Where(view => view.State == CircuitState.Open).MaxBy(view => view.Since)!;
                yield return new(newest.Since, EventKind.Cell, Severity.Warning, "", next.Cell, $"Cell {next.Cell} is not asked by {lost} of {others} Matchmakers: {newest.Reason}");
            }
            else if (lost == 0 && others > 0 && old.Reached < old.SeenBy.Count)
            {
                yield return new(now, EventKind.Cell, Severity.Good, "", next.Cell, $"Cell {next.Cell} is asked again");
            }
        }
    }
}
