using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetModel.Grains;

/// <summary>One session. Its key is the session id.</summary>
[Alias("fleet.ISessionGrain")]
public interface ISessionGrain : IGrainWithStringKey
{
    /// <summary>
    /// Creates the session, or finds it when the same request came before, and returns when it is where the request wants to wait for, or
    /// closed. What it returns is in the store.
    /// </summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="fingerprint">Hash of the request as the caller sent it.</param>
    [Alias("Create"), ResponseTimeout(GrainTimeouts.Allocation)]
    Task<CreateReply> Create(SessionRequest request, string fingerprint);

    /// <summary>The session, or null when there is none.</summary>
    [Alias("Get")]
    Task<SessionView?> Get();

    /// <summary>The session without its players' ways in, which cost a signature each: for whoever looks at many. Null when there is none.</summary>
    [Alias("GetRecord")]
    Task<SessionRecord?> GetRecord();

    /// <summary>Ends the session and gives its server back. Repeated calls find it ended.</summary>
    /// <returns>The session, or null when there is none.</returns>
    [Alias("End"), ResponseTimeout(GrainTimeouts.Allocation)]
    Task<SessionView?> End(string reason);

    /// <summary>
    /// The session after each change, first as it stands, until it is closed. It also comes without a later event, as it stands, when its
    /// routes are ordered anew, and once to whoever goes on after an event: such news is not stored, and may have been missed.
    /// </summary>
    /// <param name="afterSequence">Sequence of the last event that the caller has seen; 0 for none.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    [Alias("Watch")]
    IAsyncEnumerable<SessionView> Watch(long afterSequence, CancellationToken cancellationToken = default);

    /// <summary>Takes a player's report of its paths, if the join token says that it is this player of this session.</summary>
    [Alias("ReportRoutes")]
    Task<RouteReportReply> ReportRoutes(RouteReport report, string joinToken);

    /// <summary>Something was observed of a server that carries this session's label.</summary>
    [Alias("Notice")]
    Task Notice(ServerNotice notice);

    /// <summary>Whether the session holds, or may still come to hold, this server in this incarnation.</summary>
    [Alias("Claims")]
    Task<bool> Claims(string cluster, string gameServer, int incarnation);

    /// <summary>
    /// Adds players to a session that is not over, also to one that is just getting another server. They are in the store, and their connections in the
    /// answer, before this returns; the game server is told by its attributes (<see cref="AgonesKeys.GameData"/>), and lets them in by their join tokens in any case.
    /// </summary>
    [Alias("AddPlayers")]
    Task<AddPlayersReply> AddPlayers(PlayerAddition addition);

    /// <summary>
    /// Gives up the session's server so that it gets another elsewhere, under the same id: an operator empties the server's zone or region.
    /// </summary>
    /// <returns>False when it stays: it does not hold this server, or nothing else may serve it.</returns>
    [Alias("Move")]
    Task<bool> Move(SessionMove move);

    /// <summary>Sees to what is due: resumes an interrupted allocation, ends an expired session, finds a server that is gone.</summary>
    [Alias("Verify")]
    Task Verify();
}

/// <summary>What came of a player's report.</summary>
public enum RouteReportOutcome
{
    /// <summary>It was taken.</summary>
    Taken,

    /// <summary>There is no such session.</summary>
    NoSession,

    /// <summary>The join token is none of ours.</summary>
    InvalidToken,

    /// <summary>The join token is no longer valid.</summary>
    ExpiredToken,

    /// <summary>The join token is for another session.</summary>
    OtherSession,

    /// <summary>The join token is for another player.</summary>
    OtherPlayer,

    /// <summary>The player's last report is too recent.</summary>
    TooSoon,
}

/// <summary>Answer to a player's report.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="RetryAfter">When the next one is taken, for <see cref="RouteReportOutcome.TooSoon"/>.</param>
[GenerateSerializer, Immutable, Alias("fleet.RouteReportReply")]
public sealed record RouteReportReply([property: Id(0)] RouteReportOutcome Outcome, [property: Id(1)] TimeSpan RetryAfter = default);

/// <summary>A session that shall leave its server.</summary>
/// <param name="Cluster">The server's cluster.</param>
/// <param name="GameServer">The server.</param>
/// <param name="Incarnation">The session's incarnation on it.</param>
/// <param name="Regions">When the whole region is emptied: the other regions that have room; null when it is the server's zone.</param>
/// <param name="Reason">Why, for people.</param>
[GenerateSerializer, Immutable, Alias("fleet.SessionMove")]
public sealed record SessionMove(
    [property: Id(0)] string Cluster,
    [property: Id(1)] string GameServer,
    [property: Id(2)] int Incarnation,
    [property: Id(3)] IReadOnlyList<string>? Regions,
    [property: Id(4)] string Reason);
