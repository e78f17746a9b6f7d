using System;
using System.IO;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace FleetSystem.GameClient;

/// <summary>Finds a player a match: creates a ticket, follows it, answers to a match, and gives the way into its session.</summary>
public sealed class MatchmakingClient
{
    private const int KeyBytes = 16;

    private readonly HttpClient _http;
    private readonly Uri _api;
    private readonly SessionEventFeedOptions _options;
    private readonly IClock _clock;
    private readonly int _seed;

    /// <summary>Makes a client.</summary>
    /// <param name="http">The caller's client, with what the service wants in every request; it is not disposed of.</param>
    /// <param name="api">The players' API, for example <c>https://play.example.com/</c>.</param>
    /// <param name="options">Pauses and bounds, and the player's token; null for the defaults.</param>
    /// <exception cref="ArgumentException">Options are out of their ranges.</exception>
    public MatchmakingClient(HttpClient http, Uri api, SessionEventFeedOptions? options = null)
        : this(http, api, options, SystemClock.Instance, RandomNumberGenerator.GetInt32(int.MaxValue))
    {
    }

    internal MatchmakingClient(HttpClient http, Uri api, SessionEventFeedOptions? options, IClock clock, int seed)
    {
        _http = http ?? throw new ArgumentNullException(nameof(http));
        _api = api ?? throw new ArgumentNullException(nameof(api));
        _options = (options ?? new SessionEventFeedOptions()).Copy();
        _options.Validate();
        _clock = clock;
        _seed = seed;
    }

    /// <summary>Creates a ticket. A service that does not answer, or is busy, is asked again until it does: it is one ticket all the same.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="cancellationToken">Ends the wait; then there may be a ticket.</param>
    /// <exception cref="MatchmakingException">The service refuses.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<TicketDocument> CreateAsync(MatchmakingRequest request, CancellationToken cancellationToken)
    {
        if (request is null) throw new ArgumentNullException(nameof(request));
        return SendAsync(HttpMethod.Post, "", request.Body(), NewKey(), cancellationToken);
    }

    /// <summary>Follows a ticket until it is done.</summary>
    /// <param name="ticketId">The ticket.</param>
    /// <param name="happened">Called for each event, one at a time, on a thread of the pool.</param>
    /// <param name="cancellationToken">Ends it; the ticket waits on.</param>
    /// <returns>The ticket at its end: with a session, or with why not.</returns>
    /// <exception cref="MatchmakingException">The service refuses: there is no such ticket, or it is not for the player.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<TicketDocument> FollowAsync(string ticketId, Action<TicketEvent>? happened, CancellationToken cancellationToken)
    {
        var feed = new ServerSentEventFeed(_http, UriOf(ticketId, "/events"), _options, _clock, _seed);
        TicketDocument? last = null;
        var taken = 0L;
        await feed.RunAsync(Take, cancellationToken).ConfigureAwait(false);

        // Refused, or the end was cut off: the ticket itself says which.
        return last is { IsClosed: true } ? last : await SendAsync(HttpMethod.Get, $"/{Uri.EscapeDataString(ticketId)}", null, null, cancellationToken).ConfigureAwait(false);

        bool Take(ServerSentEvent item)
        {
            var next = TicketEvent.Parse(item.Data);
            if (next.Sequence <= taken) return false;
            happened?.Invoke(next);
            taken = next.Sequence;
            last = next.Ticket;
            feed.Received(item.Id);
            return next.Status is "completed" or "timedOut" or "cancelled" or "failed";
        }
    }

    /// <summary>Answers to a match for a player of the ticket.</summary>
    /// <param name="ticket">The ticket as the player was told of it: it names the match.</param>
    /// <param name="playerId">The player.</param>
    /// <param name="accept">False to reject, which ends the match and the ticket.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="MatchmakingException">The service refuses: the time for it is over, or it is another match by now.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<TicketDocument> AnswerAsync(TicketDocument ticket, string playerId, bool accept, CancellationToken cancellationToken)
    {
        if (ticket is null) throw new ArgumentNullException(nameof(ticket));
        var body = new StringBuilder("{");
        if (ticket.MatchId is { } match) body.Append("\"matchId\":").AppendString(match).Append(',');
        body.Append("\"playerIds\":[").AppendString(playerId).Append("],\"acceptance\":").AppendString(accept ? "accept" : "reject").Append('}');
        return SendAsync(HttpMethod.Post, $"/{Uri.EscapeDataString(ticket.TicketId)}/acceptance", body.ToString(), null, cancellationToken);
    }

    /// <summary>Cancels a ticket.</summary>
    /// <exception cref="MatchmakingException">The service refuses: its match is being placed already.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<TicketDocument> CancelAsync(string ticketId, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Delete, $"/{Uri.EscapeDataString(ticketId)}", null, null, cancellationToken);

    /// <summary>A player's way into the session of a completed ticket, as soon as there is one.</summary>
    /// <param name="ticket">The ticket.</param>
    /// <param name="playerId">The player.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The connection; null where the session is over, or is not for the player.</returns>
    /// <exception cref="ArgumentException">The ticket has no session.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public async Task<SessionConnection?> ConnectionAsync(TicketDocument ticket, string playerId, CancellationToken cancellationToken)
    {
        if (ticket?.SessionId is not { } session) throw new ArgumentException("The ticket has no session.", nameof(ticket));
        SessionConnection? connection = null;
        var feed = new ServerSentEventFeed(_http, new Uri(_api, $"/v1/sessions/{Uri.EscapeDataString(session)}/events"), _options, _clock, _seed);
        await feed.RunAsync(Take, cancellationToken).ConfigureAwait(false);
        return connection;

        bool Take(ServerSentEvent item)
        {
            var happened = SessionEvent.Parse(item.Data);
            connection = happened.Session.ConnectionOf(playerId);
            return connection is not null || happened.Session.IsClosed;
        }
    }

    /// <summary>Asks until there is an answer. Everything that is asked here may be asked again.</summary>
    private async Task<TicketDocument> SendAsync(HttpMethod method, string path, string? body, string? key, CancellationToken cancellationToken)
    {
        var backoff = new Backoff(_options.RetryAfter, _options.RetryAfterMax, new Random(_seed));
        while (true)
        {
            var (ticket, pause) = await TryAsync(method, path, body, key, backoff, cancellationToken).ConfigureAwait(false);
            if (ticket is not null) return ticket;
            await _clock.DelayAsync(pause, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<(TicketDocument? Ticket, TimeSpan Pause)> TryAsync(HttpMethod method, string path, string? body, string? key, Backoff backoff, CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            using (_clock.CancelAfter(late, _options.AnswerTimeout))
            {
                using var request = new HttpRequestMessage(method, new Uri(_api, "/v1/tickets" + path));
                if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
                if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
                if (_options.PlayerToken is { } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await token(late.Token).ConfigureAwait(false));
                using var answer = await _http.SendAsync(request, late.Token).ConfigureAwait(false);
                var text = await answer.Content.ReadAsStringAsync().ConfigureAwait(false);
                if (answer.IsSuccessStatusCode) return (TicketDocument.Parse(text), default);
                if (ServerSentEventFeed.IsRefusal(answer.StatusCode)) throw Refusal((int)answer.StatusCode, text);
                return (null, RetryAfter.Of(answer, backoff.Next(), _options.RetryAfterMax));
            }
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException or FormatException or OperationCanceledException or ObjectDisposedException)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return (null, backoff.Next());
    }

    private Uri UriOf(string ticketId, string path) => new(_api, $"/v1/tickets/{Uri.EscapeDataString(ticketId ?? throw new ArgumentNullException(nameof(ticketId)))}{path}");

    private static MatchmakingException Refusal(int status, string text)
    {
        try
        {
            var problem = JsonParser.Parse(text, SessionDocument.LengthMax);
            return new MatchmakingException(status, problem.Required("code").String(), problem.Optional("detail")?.String() ?? "", problem.Optional("ticketId")?.String());
        }
        catch (FormatException)
        {
            return new MatchmakingException(status, "", $"The service refuses with status {status}.", null);
        }
    }

    private static string NewKey()
    {
        var bytes = new byte[KeyBytes];
        RandomNumberGenerator.Fill(bytes);
        return BitConverter.ToString(bytes).Replace("-", "", StringComparison.Ordinal);
    }
}
