using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Zones;

namespace FleetSystem.FleetModel.Operations;

/// <summary>How far an evacuation is.</summary>
public enum EvacuationState
{
    /// <summary>Its sessions are being moved.</summary>
    Moving,

    /// <summary>Its sessions are to be moved, and for a while none was: there is no room, or they cannot.</summary>
    Held,

    /// <summary>Its sessions play on until they end: nobody wanted them moved.</summary>
    PlayingOut,

    /// <summary>No session is left.</summary>
    Done,
}

/// <summary>A zone that takes no new sessions, or a drained region, and what is left of the sessions that ran there. Made of what the region says; pure.</summary>
/// <param name="Region">The region.</param>
/// <param name="Zone">The zone; null for the whole region.</param>
/// <param name="State">How far it is.</param>
/// <param name="By">Who wanted it; null for the zone monitor.</param>
/// <param name="Reason">Why.</param>
/// <param name="Since">Since when; null where nobody knows.</param>
/// <param name="MoveRunning">Whether running sessions are moved.</param>
/// <param name="SessionsThen">Sessions that ran there when it was wanted; null where that was not counted.</param>
/// <param name="ToGo">Sessions that run there now.</param>
/// <param name="Moves">How moving them goes; null where they are not moved, or have not been looked at yet.</param>
public sealed record Evacuation(
    string Region, string? Zone, EvacuationState State, string? By, string Reason, DateTimeOffset? Since, bool MoveRunning, int? SessionsThen, int ToGo, MoveTally? Moves)
{
    /// <summary>Time without a move after which those that are left count as held.</summary>
    public static readonly TimeSpan HeldAfter = TimeSpan.FromSeconds(10);

    /// <summary>Share of the sessions of then that are gone, moved or ended, 0 to 1; null where they were not counted.</summary>
    public double? Progress => ToGo == 0 ? 1 : SessionsThen is > 0 and var then ? Math.Clamp(1 - ((double)ToGo / then), 0, 1) : null;

    /// <summary>The evacuations of a region, the region's own first, then its zones in their order.</summary>
    /// <param name="region">The region as it stands.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<Evacuation> Of(RegionStatus region, DateTimeOffset now)
    {
        var found = new List<Evacuation>();
        if (region.Intent is { Drained: true } drained) found.Add(Of(region, null, drained.By, drained.Reason, drained.At, drained.MoveRunning, drained.SessionsThen, now));
        foreach (var zone in region.ZoneStates.Where(zone => zone.Phase == ZonePhase.Evacuated))
        {
            found.Add(region.ZoneIntents.FirstOrDefault(intent => intent.Zone == zone.Zone && intent.Evacuate) is { } intent
                ? Of(region, zone.Zone, intent.By, intent.Reason, intent.At, intent.MoveRunning, intent.SessionsThen, now)
                : Of(region, zone.Zone, zone.By, zone.Reason, zone.Since, moveRunning: false, null, now));
        }

        return found;
    }

    /// <summary>Sessions that run in a zone, or in the whole region.</summary>
    public static int SessionsIn(IEnumerable<ClusterStatus> clusters, string? zone) =>
        clusters.SelectMany(cluster => cluster.Servers).Where(count => zone is null || count.Zone == zone).Sum(count => count.Sessions);

    private static Evacuation Of(RegionStatus region, string? zone, string? by, string reason, DateTimeOffset? at, bool moveRunning, int? then, DateTimeOffset now)
    {
        var toGo = SessionsIn(region.Clusters, zone);
        var moves = moveRunning ? region.Moves.FirstOrDefault(tally => tally.Zone == zone && tally.At == at) : null;
        return new(region.Region, zone, StateOf(toGo, moveRunning, moves, now), by, reason, at, moveRunning, then, toGo, moves);
    }

    private static EvacuationState StateOf(int toGo, bool moveRunning, MoveTally? moves, DateTimeOffset now) =>
        toGo == 0 ? EvacuationState.Done
        : !moveRunning ? EvacuationState.PlayingOut
        : moves is not null && now - (moves.LastMovedAt ?? moves.Since) >= HeldAfter ? EvacuationState.Held
        : EvacuationState.Moving;
}
