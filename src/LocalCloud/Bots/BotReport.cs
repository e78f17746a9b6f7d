using FleetSystem.GameClient;

namespace FleetSystem.LocalCloud.Bots;

/// <summary>How a bot fares, at one moment.</summary>
/// <param name="PlayerId">The player.</param>
/// <param name="IsJoined">Whether its join has been answered on the present connection.</param>
/// <param name="RouteKind">Kind of the route in use.</param>
/// <param name="Address">Address in use.</param>
/// <param name="Session">Session that the server named.</param>
/// <param name="Server">Name of the server.</param>
/// <param name="Incarnation">The session's count of servers.</param>
/// <param name="Sent">Datagrams sent, all kinds.</param>
/// <param name="Received">Datagrams received, all kinds.</param>
/// <param name="Answered">Inputs that were answered.</param>
/// <param name="Lost">Inputs that were not answered in time.</param>
/// <param name="Counter">The player's part of the game's state, newest.</param>
/// <param name="Total">The session's part of the game's state, newest.</param>
/// <param name="LongestGap">Longest time without an answer since the join, or since <see cref="Bot.MeasureGap"/>; the present one counts.</param>
/// <param name="PathChanges">How often the bot took another path by itself.</param>
/// <param name="Refusal">Code with which the join was refused for good, or null.</param>
/// <param name="IsClosed">Whether the server said that it ends.</param>
/// <param name="RouteReports">Reports of its paths that the service took.</param>
/// <param name="Violations">Answers that cannot be true; empty when the game's state held.</param>
internal sealed record BotReport(
    string PlayerId,
    bool IsJoined,
    RouteKind RouteKind,
    string Address,
    string Session,
    string Server,
    uint Incarnation,
    long Sent,
    long Received,
    long Answered,
    long Lost,
    ulong Counter,
    ulong Total,
    TimeSpan LongestGap,
    int PathChanges,
    int? Refusal,
    bool IsClosed,
    long RouteReports,
    IReadOnlyList<string> Violations);
