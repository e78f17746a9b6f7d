namespace FleetSystem.FleetModel.Operations;

/// <summary>How moving the running sessions of a zone, or of a region, goes. Kept in memory by who moves them: counted from <paramref name="Since"/> on.</summary>
/// <param name="Zone">The zone; null for the whole region.</param>
/// <param name="At">When an operator wanted it: names the order.</param>
/// <param name="Since">Since when it has been counted; later than <paramref name="At"/> where the region's grain has come up anew meanwhile.</param>
/// <param name="Moved">Sessions that have left for another server.</param>
/// <param name="NoRoom">Sessions that stayed in the last look at all of them, because no server elsewhere was free.</param>
/// <param name="Failed">Sessions that could not be moved in that look: nobody else may serve them, their fleet does not replace servers, or the call failed.</param>
/// <param name="LastMovedAt">When one was moved last, or null.</param>
/// <param name="LastFailure">Why a call failed last, or null.</param>
[GenerateSerializer, Immutable, Alias("fleet.MoveTally")]
public sealed record MoveTally(
    [property: Id(0)] string? Zone,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] DateTimeOffset Since,
    [property: Id(3)] long Moved,
    [property: Id(4)] int NoRoom,
    [property: Id(5)] int Failed,
    [property: Id(6)] DateTimeOffset? LastMovedAt,
    [property: Id(7)] string? LastFailure);
