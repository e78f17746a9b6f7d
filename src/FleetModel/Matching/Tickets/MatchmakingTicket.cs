namespace FleetSystem.FleetModel.Matching.Tickets;

/// <summary>A player who wants a match.</summary>
/// <param name="Id">The player's id, 1 to 1,024 characters.</param>
/// <param name="Attributes">Attributes by name; those that the rule set does not declare are not looked at.</param>
/// <param name="LatencyMilliseconds">Latency to each region in milliseconds, 0 or more.</param>
[GenerateSerializer, Alias("fleet.MatchmakingPlayer"), Immutable]
public sealed record MatchmakingPlayer(
    [property: Id(0)] string Id, [property: Id(1)] IReadOnlyDictionary<string, AttributeValue> Attributes, [property: Id(2)] IReadOnlyDictionary<string, int> LatencyMilliseconds);

/// <summary>A player or a party who want a match together.</summary>
/// <param name="Id">The ticket's id, 1 to 1,024 characters.</param>
/// <param name="CreatedAt">When it began to wait: a ticket that comes back keeps its age.</param>
/// <param name="ExpiresAt">When it is given up.</param>
/// <param name="Players">Its players, at least one. They always come into the same team.</param>
[GenerateSerializer, Alias("fleet.MatchmakingTicket"), Immutable]
public sealed record MatchmakingTicket(
    [property: Id(0)] string Id, [property: Id(1)] DateTimeOffset CreatedAt, [property: Id(2)] DateTimeOffset ExpiresAt, [property: Id(3)] IReadOnlyList<MatchmakingPlayer> Players);
