namespace FleetSystem.FleetModel.Matching.Formation;

/// <summary>A ticket in a match.</summary>
/// <param name="Id">The ticket.</param>
/// <param name="Players">Its players.</param>
[GenerateSerializer, Immutable, Alias("fleet.FormedTicket")]
public sealed record FormedTicket([property: Id(0)] string Id, [property: Id(1)] IReadOnlyList<string> Players);

/// <summary>A team of a match.</summary>
/// <param name="Name">Its name in the rule set.</param>
/// <param name="Tickets">Its tickets.</param>
[GenerateSerializer, Immutable, Alias("fleet.FormedTeam")]
public sealed record FormedTeam([property: Id(0)] string Name, [property: Id(1)] IReadOnlyList<FormedTicket> Tickets);

/// <summary>A match that keeps to the rules.</summary>
/// <param name="Teams">Its teams, in the rule set's order.</param>
/// <param name="Regions">Regions in which all its players keep to the latency rules, the fastest on average first. Without such rules: regions that all have told a latency of.</param>
/// <param name="Stage">Index of the rule set's stage that it keeps to.</param>
/// <param name="Waited">How long its longest-waiting ticket waited.</param>
/// <param name="Backfill">The request whose running match it fills: the teams then are those who come. Null for a new match.</param>
[GenerateSerializer, Immutable, Alias("fleet.FormedMatch")]
public sealed record FormedMatch(
    [property: Id(0)] IReadOnlyList<FormedTeam> Teams, [property: Id(1)] IReadOnlyList<string> Regions, [property: Id(2)] int Stage, [property: Id(3)] TimeSpan Waited,
    [property: Id(4)] string? Backfill = null);

/// <summary>What one pass over a pool gave.</summary>
/// <param name="Matches">Matches; their tickets have left the pool.</param>
/// <param name="Expired">Tickets whose time was over; they have left the pool.</param>
/// <param name="Searches">Searches for a match around one ticket.</param>
/// <param name="IsComplete">False when the pass's limit was reached: another pass goes on with what is left.</param>
public sealed record FormationPass(IReadOnlyList<FormedMatch> Matches, IReadOnlyList<string> Expired, int Searches, bool IsComplete);
