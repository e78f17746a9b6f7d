namespace FleetSystem.FleetModel.Routing;

/// <summary>What a player tells of its ways to a session's server.</summary>
/// <param name="PlayerId">The player.</param>
/// <param name="Current">The kind of route in use.</param>
/// <param name="Paths">What is known of each kind, at most one a kind.</param>
[GenerateSerializer, Immutable, Alias("fleet.RouteReport")]
public sealed record RouteReport(
    [property: Id(0)] string PlayerId,
    [property: Id(1)] RouteKind Current,
    [property: Id(2)] IReadOnlyList<PathReport> Paths);

/// <summary>How one kind of route does for a player.</summary>
/// <param name="Kind">The kind of route.</param>
/// <param name="State">Its state, as the player sees it.</param>
/// <param name="Lost">Probes lost since the last report.</param>
/// <param name="Sent">Probes sent since the last report, at least <paramref name="Lost"/>.</param>
/// <param name="RoundTripMilliseconds">Round trip, or null while none is known.</param>
[GenerateSerializer, Immutable, Alias("fleet.PathReport")]
public sealed record PathReport(
    [property: Id(0)] RouteKind Kind,
    [property: Id(1)] PathState State,
    [property: Id(2)] long Lost,
    [property: Id(3)] long Sent,
    [property: Id(4)] double? RoundTripMilliseconds);

/// <summary>What the players' reports say of one kind of path into a region.</summary>
/// <param name="Kind">The kind of route.</param>
/// <param name="IsSuspected">Whether enough players of enough sessions say that it fails.</param>
/// <param name="Since">Since when that is so, or is not.</param>
/// <param name="Players">Players who report it.</param>
/// <param name="FailedPlayers">Those for whom it fails.</param>
/// <param name="FailedShare">Share for whom it fails, 0 to 1, in which every session weighs the same.</param>
/// <param name="LossShare">Share of the players' probes that were lost, 0 to 1.</param>
/// <param name="Using">Players who use it now.</param>
/// <param name="ObservedAt">When the newest report came.</param>
/// <param name="HoldsUntil">When the last of these reports expires: whoever hears no more of it forgets the verdict then.</param>
[GenerateSerializer, Immutable, Alias("fleet.PathVerdict")]
public sealed record PathVerdict(
    [property: Id(0)] RouteKind Kind,
    [property: Id(1)] bool IsSuspected,
    [property: Id(2)] DateTimeOffset Since,
    [property: Id(3)] int Players,
    [property: Id(4)] int FailedPlayers,
    [property: Id(5)] double FailedShare,
    [property: Id(6)] double LossShare,
    [property: Id(7)] int Using,
    [property: Id(8)] DateTimeOffset ObservedAt,
    [property: Id(9)] DateTimeOffset HoldsUntil);
