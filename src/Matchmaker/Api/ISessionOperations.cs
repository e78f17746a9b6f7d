using FleetSystem.FleetModel.Routing;

namespace FleetSystem.Matchmaker.Api;

/// <summary>
/// What can be done with sessions, wherever they are kept. For whom it is done is not asked here: callers come through <see cref="CallerSessions"/>.
/// </summary>
internal interface ISessionOperations
{
    /// <summary>Creates a session, or finds the one that the same key and request created.</summary>
    /// <param name="callerId">Tells the caller apart, whose keys are his own: <see cref="Access.Caller.Id"/>.</param>
    /// <param name="idempotencyKey">The caller's key; a malformed one is a fault.</param>
    /// <param name="asked">What is asked for, unchecked.</param>
    Task<SessionResult> CreateAsync(string callerId, string? idempotencyKey, CreateSessionRequest asked);

    /// <summary>A session.</summary>
    /// <param name="id">What a caller calls it.</param>
    Task<SessionResult> GetAsync(string id);

    /// <summary>Ends a session.</summary>
    /// <param name="id">What a caller calls it.</param>
    Task<SessionResult> EndAsync(string id);

    /// <summary>
    /// A session's events after one, each as it happens, and the newest again when its routes are ordered anew. Completes when the session is closed
    /// and everything has been told; throws when it is interrupted, and can then be asked again from the last event seen.
    /// </summary>
    /// <param name="id">What a caller calls it.</param>
    /// <param name="after">Sequence of the last event seen, or 0.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    IAsyncEnumerable<SessionEventResource> WatchAsync(string id, long after, CancellationToken cancellationToken);

    /// <summary>Takes a player's report.</summary>
    /// <param name="id">What the player calls the session.</param>
    /// <param name="report">The report, checked.</param>
    /// <param name="joinToken">The player's join token.</param>
    /// <returns>Why it was not taken, or null.</returns>
    Task<ApiFault?> ReportRoutesAsync(string id, RouteReport report, string joinToken);
}

/// <summary>What came of an operation: the session, or why not.</summary>
/// <param name="Session">The session.</param>
/// <param name="Fault">Why not.</param>
/// <param name="IsNew">Whether this call created it.</param>
internal readonly record struct SessionResult(SessionResource? Session, ApiFault? Fault, bool IsNew = false)
{
    /// <summary>A fault.</summary>
    public static SessionResult Failed(ApiFault fault) => new(null, fault);
}
