using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
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

    private readonly HttpClient _http;
    private readonly Uri _url;
    private readonly SessionEventFeedOptions _options;
    private readonly IClock _clock;
    private readonly Backoff _backoff;
    private string _lastEventId = "";
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
        _http = http ?? throw new ArgumentNullException(nameof(http));
        _url = new Uri(api, $"/v1/sessions/{Uri.EscapeDataString(sessionId)}/events");
        _options = (options ?? new SessionEventFeedOptions()).Copy();
        _options.Validate();
        _clock = clock;
        _backoff = new Backoff(_options.RetryAfter, _options.RetryAfterMax, new Random(seed));
    }

    /// <summary>Runs until the session is over, the service refuses, or it is cancelled. One call at a time; another one goes on where the last ended.</summary>
    /// <param name="happened">Called for each event, one at a time, on a thread of the pool. What it throws ends the feed.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<FeedEnd> RunAsync(Action<SessionEvent> happened, CancellationToken cancellationToken)
    {
        if (happened is null) throw new ArgumentNullException(nameof(happened));
        while (true)
        {
            var pause = await StreamAsync(happened, cancellationToken).ConfigureAwait(false);
            if (_isClosed) return FeedEnd.SessionClosed;
            if (pause is null) return FeedEnd.Refused;
            await _clock.DelayAsync(pause.Value, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads one stream to its end.</summary>
    /// <returns>How long to wait before the next, or null where the service refused for good.</returns>
    private async Task<TimeSpan?> StreamAsync(Action<SessionEvent> happened, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var events = new Queue<ServerSentEvent>();
        var parser = new ServerSentEventParser(SessionDocument.LengthMax, events.Enqueue);
        var buffer = new byte[8192];
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, _url);
            request.Headers.Accept.ParseAdd("text/event-stream");
            if (_lastEventId.Length > 0) request.Headers.TryAddWithoutValidation("Last-Event-ID", _lastEventId);
            if (_options.PlayerToken is { } token)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await InTimeAsync(_options.AnswerTimeout, token(either.Token)).ConfigureAwait(false));
            using var answer = await InTimeAsync(_options.AnswerTimeout, _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token)).ConfigureAwait(false);
            if (IsRefusal(answer.StatusCode)) return null;
            if (!answer.IsSuccessStatusCode) return RetryAfter.Of(answer, _backoff.Next(), _options.RetryAfterMax);

            using var stream = await InTimeAsync(_options.AnswerTimeout, answer.Content.ReadAsStreamAsync()).ConfigureAwait(false);

            // Not every platform's stream heeds the token; closing it ends the read everywhere.
            using var closing = either.Token.Register(() => answer.Dispose());
            while (!_isClosed)
            {
                var read = await InTimeAsync(_options.SilenceTimeout, stream.ReadAsync(buffer, 0, buffer.Length, either.Token)).ConfigureAwait(false);
                if (read == 0) break;
                parser.Read(buffer.AsSpan(0, read));
                while (events.Count > 0 && !_isClosed) Take(events.Dequeue(), happened, cancellationToken);
            }
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or FormatException or OperationCanceledException or ObjectDisposedException)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return _backoff.Next();

        async Task<T> InTimeAsync<T>(TimeSpan limit, Task<T> work)
        {
            using (_clock.CancelAfter(late, limit))
                return await work.ConfigureAwait(false);
        }
    }

    private void Take(ServerSentEvent item, Action<SessionEvent> happened, CancellationToken cancellationToken)
    {
        if (item.Data.Length == 0) return;
        var session = SessionEvent.Parse(item.Data);
        cancellationToken.ThrowIfCancellationRequested();
        if (item.Name == RoutesChanged)
        {
            // Not one of the session's events: it repeats the newest with the session as it stands, and moves nothing on.
            session.IsRoutesChanged = true;
            happened(session);
            return;
        }

        if (long.TryParse(_lastEventId, NumberStyles.None, CultureInfo.InvariantCulture, out var last) && session.Sequence <= last) return;
        happened(session);
        _lastEventId = session.Sequence.ToString(CultureInfo.InvariantCulture);
        _isClosed = session.State is "ended" or "cancelled" or "failed";
        _backoff.Reset();
    }

    /// <summary>401 and 404 do not heal by themselves; a missed deadline and "too many" do.</summary>
    private static bool IsRefusal(HttpStatusCode status) =>
        (int)status is >= 400 and < 500 and not (int)HttpStatusCode.RequestTimeout and not (int)HttpStatusCode.TooManyRequests;
}
