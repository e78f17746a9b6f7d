namespace FleetSystem.FleetModel.Matching.Formation;

/// <summary>A ticket in a match.</summary>
/// <param name="Id">The ticket.</param>
/// <param name="Players">Its players.</param>
public sealed record FormedTicket(string Id, IReadOnlyList<string> Players);

/// <summary>A team of a match.</summary>
/// <param name="Name">Its name in the rule set.</param>
/// <param name="Tickets">Its tickets.</param>
public sealed record FormedTeam(string Name, IReadOnlyList<FormedTicket> Tickets);

/// <summary>A match that keeps to the rules.</summary>
/// <param name="Teams">Its teams, in the rule set's order.</param>
/// <param name="Regions">Regions in which all its players keep to the latency rules, the fastest on average first. Without such rules: regions that all have told a latency of.</param>
/// <param name="Stage">Index of the rule set's stage that it keeps to.</param>
/// <param name="Waited">How long its longest-waiting ticket waited.</param>
/// <param name="Backfill">The request whose running match it fills: the teams then are those who come. Null for a new match.</param>
public sealed record FormedMatch(IReadOnlyList<FormedTeam> Teams, IReadOnlyList<string> Regions, int Stage, TimeSpan Waited, string? Backfill = null);

/// <summary>What one pass over a pool gave.</summary>
/// <param name="Matches">Matches; their tickets have left the pool.</param>
/// <param name="Expired">Tickets whose time was over; they have left the pool.</param>
/// <param name="Searches">Searches for a match around one ticket.</param>
/// <param name="IsComplete">False when the pass's limit was reached: another pass goes on with what is left.</param>
public sealed record FormationPass(IReadOnlyList<FormedMatch> Matches, IReadOnlyList<string> Expired, int Searches, bool IsComplete);
