using System;
using System.Globalization;
using System.Net.Http;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;

namespace FleetSystem.GameClient;

/// <summary>
/// A session's events from the players' API (<c>GET /v1/sessions/{id}/events</c>), each once and in order, over as many streams as it takes: a cut one is
/// opened again behind the last event received. Between them come changes of the routes (<see cref="SessionEvent.IsRoutesChanged"/>), which are not counted.
/// </summary>
public sealed class SessionEventFeed
{
    private const string RoutesChanged = "routesChanged";

    private readonly ServerSentEventFeed _feed;
    private bool _isClosed;

    /// <summary>Prepares a feed; <see cref="RunAsync"/> starts it.</summary>
    /// <param name="http">The caller's client, with what the service wants in every request; it is not disposed of.</param>
    /// <param name="api">The players' API, for example <c>https://play.example.com/</c>.</param>
    /// <param name="sessionId">The session.</param>
    /// <param name="options">Pauses and bounds; null for the defaults.</param>
    /// <exception cref="ArgumentException">Options are out of their ranges.</exception>
    public SessionEventFeed(HttpClient http, Uri api, string sessionId, SessionEventFeedOptions? options = null)
        : this(http, api, sessionId, options, SystemClock.Instance, RandomNumberGenerator.GetInt32(int.MaxValue))
    {
    }

    internal SessionEventFeed(HttpClient http, Uri api, string sessionId, SessionEventFeedOptions? options, IClock clock, int seed)
    {
        if (api is null) throw new ArgumentNullException(nameof(api));
        if (sessionId is null) throw new ArgumentNullException(nameof(sessionId));
        if (http is null) throw new ArgumentNullException(nameof(http));
        _feed = new ServerSentEventFeed(http, new Uri(api, $"/v1/sessions/{Uri.EscapeDataString(sessionId)}/events"), options, clock, seed);
    }

    /// <summary>Runs until the session is over, the service refuses, or it is cancelled. One call at a time; another one goes on where the last ended.</summary>
    /// <param name="happened">Called for each event, one at a time, on a thread of the pool. What it throws ends the feed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<FeedEnd> RunAsync(Action<SessionEvent> happened, CancellationToken cancellationToken)
    {
        if (happened is null) throw new ArgumentNullException(nameof(happened));
        return _isClosed || await _feed.RunAsync(item => Take(item, happened), cancellationToken).ConfigureAwait(false) ? FeedEnd.SessionClosed : FeedEnd.Refused;
    }

    /// <summary>Takes an event.</summary>
    /// <returns>Whether it was the session's last.</returns>
    private bool Take(ServerSentEvent item, Action<SessionEvent> happened)
    {
        var session = SessionEvent.Parse(item.Data);
        if (item.Name == RoutesChanged)
        {
            // Not one of the session's events: it repeats the newest with the session as it stands, and moves nothing on.
            session.IsRoutesChanged = true;
            happened(session);
            return false;
        }

        if (long.TryParse(_feed.LastEventId, NumberStyles.None, CultureInfo.InvariantCulture, out var last) && session.Sequence <= last) return false;
        happened(session);
        _feed.Received(session.Sequence.ToString(CultureInfo.InvariantCulture));
        return _isClosed = session.State is "ended" or "cancelled" or "failed";
    }
}
