using System;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;

namespace FleetSystem.GameClient;

/// <summary>
/// Keeps a transport on its session: follows the event feed and hands each newer connection to it, so that the player comes to a replacement server, gets fresh
/// tokens and learns of a better order of routes. A game whose backend relays the feed calls <see cref="SessionTransport.Apply"/> itself instead.
/// </summary>
public sealed class SessionFollower : IDisposable
{
    private readonly SessionTransport _transport;
    private readonly CancellationTokenSource _stop = new();
    private readonly ChangeNotifier _notifier;
    private volatile SessionEvent? _last;

    /// <summary>Starts to follow.</summary>
    /// <param name="transport">The player's transport; it is not disposed of.</param>
    /// <param name="http">The caller's client, with what the service wants in every request; it is not disposed of.</param>
    /// <param name="api">The players' API, for example <c>https://play.example.com/</c>.</param>
    /// <param name="options">Pauses and bounds of the feed; null for the defaults.</param>
    /// <exception cref="ArgumentException">Options are out of their ranges.</exception>
    public SessionFollower(SessionTransport transport, HttpClient http, Uri api, SessionEventFeedOptions? options = null)
        : this(transport, new SessionEventFeed(http, api, (transport ?? throw new ArgumentNullException(nameof(transport))).Connection.SessionId, options))
    {
    }

    internal SessionFollower(SessionTransport transport, SessionEventFeed feed)
    {
        _transport = transport;
        _notifier = new ChangeNotifier(() => Changed?.Invoke(this, EventArgs.Empty));

        // Off the caller's thread from the start: preparing the first request takes its time too.
        Completion = Task.Run(() => feed.RunAsync(Take, _stop.Token));
    }

    /// <summary>Raised after <see cref="Last"/> has changed; on the same thread as <see cref="SessionTransport.Changed"/> would be.</summary>
    public event EventHandler? Changed;

    /// <summary>The newest event, or null before the first.</summary>
    public SessionEvent? Last => _last;

    /// <summary>Ends with the feed: with the session, a refusal of the service, or cancelled by <see cref="Dispose"/>.</summary>
    public Task<FeedEnd> Completion { get; }

    /// <summary>Stops following; the transport goes on with what it has.</summary>
    public void Dispose()
    {
        // Without timers or handles of its own the source needs no disposal, and the feed may still hold it.
        _stop.Cancel();
    }

    private void Take(SessionEvent happened)
    {
        if (happened.Session.ConnectionOf(_transport.Connection.PlayerId) is { } connection)
        {
            try
            {
                _transport.Apply(connection);
            }
            catch (ObjectDisposedException)
            {
                _stop.Cancel();
                return;
            }
        }

        _last = happened;
        _notifier.Changed();
    }
}
