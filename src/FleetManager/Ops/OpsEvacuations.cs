using FleetSystem.FleetModel.Operations;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Answer of <c>GET /ops/v1/evacuations</c>.</summary>
/// <param name="Evacuations">Evacuations, region by region in the order of the configuration, a region's own before its zones'.</param>
/// <param name="Silent">Regions that did not answer in time: theirs are missing.</param>
/// <param name="Next">What gives the next page as <c>after</c>, or null when this is the last.</param>
internal sealed record OpsEvacuationPage(IReadOnlyList<OpsEvacuation> Evacuations, IReadOnlyList<string> Silent, string? Next);

/// <summary>A zone that takes no new sessions, or a drained region, and how far it is.</summary>
/// <param name="Region">The region.</param>
/// <param name="Zone">The zone; null for the whole region.</param>
/// <param name="State">How far it is.</param>
/// <param name="By">Who wanted it; null for the zone monitor.</param>
/// <param name="Reason">Why.</param>
/// <param name="Since">Since when, or null where nobody knows.</param>
/// <param name="MoveRunning">Whether running sessions are moved; otherwise they play on until they end.</param>
/// <param name="Progress">Share of the sessions of then that are gone, moved or ended, 0 to 1; null where they were not counted.</param>
/// <param name="SessionsThen">Sessions that ran there when it was wanted; null where that was not counted.</param>
/// <param name="ToGo">Sessions that run there now.</param>
/// <param name="Moves">How moving them goes; null where they are not moved, or have not been looked at yet.</param>
internal sealed record OpsEvacuation(
    string Region, string? Zone, EvacuationState State, string? By, string Reason, DateTimeOffset? Since, bool MoveRunning, double? Progress, int? SessionsThen, int ToGo, OpsMoves? Moves)
{
    public static OpsEvacuation Of(Evacuation known) => new(
        known.Region,
        known.Zone,
        known.State,
        known.By,
        known.Reason,
        known.Since,
        known.MoveRunning,
        known.Progress is { } share ? Math.Round(share, 3) : null,
        known.SessionsThen,
        known.ToGo,
        known.Moves is { } moves ? new OpsMoves(moves.Moved, moves.NoRoom, moves.Failed, moves.Since, moves.LastMovedAt, moves.LastFailure) : null);

    /// <summary>What it is found by in a page.</summary>
    public string Key => Zone is null ? Region : $"{Region}/{Zone}";
}

/// <summary>How moving running sessions goes.</summary>
/// <param name="Moved">Sessions that have left for another server, counted from <paramref name="CountedSince"/> on.</param>
/// <param name="NoRoom">Sessions that stayed in the last look at all of them, because no server elsewhere was free. They are tried again.</param>
/// <param name="Failed">Sessions that could not be moved in that look. They are tried again.</param>
/// <param name="CountedSince">Since when; later than the evacuation itself where the region's grain has moved to another silo meanwhile.</param>
/// <param name="LastMovedAt">When one was moved last, or null.</param>
/// <param name="LastFailure">Why a call failed last, or null.</param>
internal sealed record OpsMoves(long Moved, int NoRoom, int Failed, DateTimeOffset CountedSince, DateTimeOffset? LastMovedAt, string? LastFailure);
