namespace FleetSystem.FleetModel.Matching.Tickets;

/// <summary>A running match that asks for players for its free places.</summary>
/// <param name="Id">The request's id, 1 to 1,024 characters.</param>
/// <param name="CreatedAt">When it began to wait.</param>
/// <param name="ExpiresAt">When it is given up.</param>
/// <param name="Region">The region in which the match runs; null when that does not matter.</param>
/// <param name="Teams">The players who are in it, by the rule set's names of teams: at least one, and at least one place is free.</param>
[GenerateSerializer, Alias("fleet.BackfillTicket"), Immutable]
public sealed record BackfillTicket(
    [property: Id(0)] string Id, [property: Id(1)] DateTimeOffset CreatedAt, [property: Id(2)] DateTimeOffset ExpiresAt, [property: Id(3)] string? Region,
    [property: Id(4)] IReadOnlyDictionary<string, IReadOnlyList<MatchmakingPlayer>> Teams);
