using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading;
using System.Threading.Tasks;

namespace FleetSystem.GameClient;

/// <summary>One feed of the players' API over as many streams as it takes: a cut one is opened again behind the last event received.</summary>
internal sealed class ServerSentEventFeed
{
    private readonly HttpClient _http;
    private readonly Uri _url;
    private readonly SessionEventFeedOptions _options;
    private readonly IClock _clock;
    private readonly Backoff _backoff;

    // The service ends a stream with the token that it was opened with.
    private const string CredentialEnded = "credentialEnded";

    // Tokens that were refused in a row: one may have expired on its way, or the player's source of them may have been late.
    private const int RefusedTokensMax = 2;
    private int _refusedTokens;

    public ServerSentEventFeed(HttpClient http, Uri url, SessionEventFeedOptions? options, IClock clock, int seed)
    {
        _http = http;
        _url = url;
        _options = (options ?? new SessionEventFeedOptions()).Copy();
        _options.Validate();
        _clock = clock;
        _backoff = new Backoff(_options.RetryAfter, _options.RetryAfterMax, new Random(seed));
    }

    /// <summary>The last event received, behind which the next stream begins; empty before the first.</summary>
    public string LastEventId { get; private set; } = "";

    /// <summary>An event was received: the next stream begins behind it.</summary>
    public void Received(string id)
    {
        LastEventId = id;
        _backoff.Reset();
    }

    /// <summary>Runs until it is over or the service refuses.</summary>
    /// <param name="take">Takes each event; true when it was the last.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Whether it is over; false where the service refuses for good.</returns>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<bool> RunAsync(Func<ServerSentEvent, bool> take, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (isOver, pause) = await StreamAsync(take, cancellationToken).ConfigureAwait(false);
            if (isOver) return true;
            if (pause is null) return false;
            await _clock.DelayAsync(pause.Value, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>401 and 404 do not heal by themselves; a missed deadline and "too many" do.</summary>
    public static bool IsRefusal(HttpStatusCode status) =>
        (int)status is >= 400 and < 500 and not (int)HttpStatusCode.RequestTimeout and not (int)HttpStatusCode.TooManyRequests;

    /// <summary>Reads one stream to its end.</summary>
    /// <returns>Whether that was all; else how long to wait before the next, or null where the service refused for good.</returns>
    private async Task<(bool IsOver, TimeSpan? Pause)> StreamAsync(Func<ServerSentEvent, bool> take, CancellationToken cancellationToken)
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
            if (LastEventId.Length > 0) request.Headers.TryAddWithoutValidation("Last-Event-ID", LastEventId);
            if (_options.PlayerToken is { } token)
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await InTimeAsync(_options.AnswerTimeout, token(either.Token)).ConfigureAwait(false));
            using var answer = await InTimeAsync(_options.AnswerTimeout, _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token)).ConfigureAwait(false);
            if (answer.StatusCode == HttpStatusCode.Unauthorized && _options.PlayerToken is not null && ++_refusedTokens < RefusedTokensMax) return (false, _backoff.Next());
            if (IsRefusal(answer.StatusCode)) return (false, null);
            _refusedTokens = 0;
            if (!answer.IsSuccessStatusCode) return (false, RetryAfter.Of(answer, _backoff.Next(), _options.RetryAfterMax));

            using var stream = await InTimeAsync(_options.AnswerTimeout, answer.Content.ReadAsStreamAsync()).ConfigureAwait(false);

            // Not every platform's stream heeds the token; closing it ends the read everywhere.
            using var closing = either.Token.Register(() => answer.Dispose());
            while (true)
            {
                var read = await InTimeAsync(_options.SilenceTimeout, stream.ReadAsync(buffer, 0, buffer.Length, either.Token)).ConfigureAwait(false);
                if (read == 0) break;
                parser.Read(buffer.AsSpan(0, read));
                while (events.Count > 0)
                {
                    var next = events.Dequeue();
                    cancellationToken.ThrowIfCancellationRequested();
                    if (next.Name == CredentialEnded) return (false, _backoff.Next());
                    if (next.Data.Length > 0 && take(next)) return (true, null);
                }
            }
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or FormatException or OperationCanceledException or ObjectDisposedException)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return (false, _backoff.Next());

        async Task<T> InTimeAsync<T>(TimeSpan limit, Task<T> work)
        {
            using (_clock.CancelAfter(late, limit))
                return await work.ConfigureAwait(false);
        }
    }
}
