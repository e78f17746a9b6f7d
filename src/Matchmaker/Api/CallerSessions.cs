using System.Runtime.CompilerServices;
using FleetSystem.FleetModel.Routing;
using FleetSystem.Matchmaker.Access;

namespace FleetSystem.Matchmaker.Api;

/// <summary>
/// The sessions as one caller may see and change them, whichever protocol he speaks: a session that is not for him is answered as one that does not
/// exist, and of one that is, a player is told what is his.
/// </summary>
internal sealed class CallerSessions(ISessionOperations sessions, EventFeed feed)
{
    /// <summary>Creates a session, or finds the one that the same caller, key and request created.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="idempotencyKey">His key; a malformed one is a fault.</param>
    /// <param name="asked">What is asked for, unchecked.</param>
    public async Task<SessionResult> CreateAsync(Caller caller, string? idempotencyKey, CreateSessionRequest asked)
    {
        // A request without players is not valid, and told so.
        if (asked.Players is { Count: > 0 } players && !caller.MaySee(players.Select(player => player?.Id ?? ""))) return SessionResult.Failed(ApiFault.OthersOnly);
        return For(caller, await sessions.CreateAsync(caller.Id, idempotencyKey, asked));
    }

    /// <summary>A session.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="id">What he calls it.</param>
    public async Task<SessionResult> GetAsync(Caller caller, string id) => For(caller, await sessions.GetAsync(id));

    /// <summary>Ends a session.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="id">What he calls it.</param>
    public async Task<SessionResult> EndAsync(Caller caller, string id)
    {
        // Whose it is has to be known first.
        if (!caller.IsBackend && await GetAsync(caller, id) is { Fault: not null } refused) return refused;
        return For(caller, await sessions.EndAsync(id));
    }

    /// <summary>
    /// Takes one of the streams that may be open, for <see cref="EventsAsync"/>, which gives it back.
    /// </summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="id">What he calls the session.</param>
    /// <returns>Why there is no stream for him, or null.</returns>
    public async Task<ApiFault?> OpenAsync(Caller caller, string id) =>
        (await GetAsync(caller, id)).Fault ?? (feed.TryOpen() ? null : ApiFault.TooManyStreams);

    /// <summary>The events of a session after one; null where a time passed without any. <see cref="OpenAsync"/> has to have let it.</summary>
    public async IAsyncEnumerable<SessionEventResource?> EventsAsync(Caller caller, string id, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var happened in feed.EventsAsync(id, after, cancellationToken))
            yield return happened is null ? null : happened with { Session = For(caller, happened.Session) };
    }

    /// <summary>Takes a player's report: his join token says who he is, and his session's grain checks it.</summary>
    public Task<ApiFault?> ReportRoutesAsync(string id, RouteReport report, string joinToken) => sessions.ReportRoutesAsync(id, report, joinToken);

    private static SessionResult For(Caller caller, SessionResult result) => result.Session switch
    {
        null => result,
        var session when caller.MaySee(session.Players) => result with { Session = For(caller, session) },
        _ => SessionResult.Failed(ApiFault.SessionNotFound),
    };

    private static SessionResource For(Caller caller, SessionResource session) => caller.IsBackend ? session : session with
    {
        Players = [.. session.Players.Where(caller.Owns)],
        Connections = [.. session.Connections.Where(connection => caller.Owns(connection.PlayerId))],
    };
}
