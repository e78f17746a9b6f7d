using System.Text.Json;
using System.Text.Json.Serialization;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.GameClient;
using FleetSystem.LocalCloud.Access;
using FleetSystem.LocalCloud.Hosting;
using FleetSystem.Matchmaker.Api;
using FleetSystem.Matchmaker.Tickets;

namespace FleetSystem.LocalCloud.Bots;

/// <summary>The players' API as a game's backend and its clients use it: over HTTP, nothing else.</summary>
/// <param name="url">Where it is.</param>
/// <param name="access">Credentials of callers, or null where none are needed.</param>
/// <param name="time">Clock.</param>
internal sealed class PlayersApi(Uri url, CellAccess? access, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(20);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    private readonly HttpClient _http = new()
    {
        BaseAddress = url,
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestHeaders = { Authorization = access is null ? null : new("Bearer", access.BackendKey) },
    };

    /// <summary>The API of a local cloud.</summary>
    public static PlayersApi Of(LocalCloudSystem cloud) => new(cloud.ApiUrl, cloud.Access, TimeProvider.System);

    /// <summary>Where it is.</summary>
    public Uri Url => url;

    /// <summary>What it is asked with, as a backend unless a request says otherwise; the client library shares it.</summary>
    public HttpClient Http => _http;

    /// <summary>How a player follows his session: under his own name.</summary>
    public SessionEventFeedOptions FeedOf(string player) => new() { PlayerToken = access is null ? null : _ => Task.FromResult(access.TokenOf(player)) };

    /// <summary>Asks for a session. One that has to wait for a server is waited for by its events.</summary>
    /// <returns>The session, where the request wants to wait for it, and whether it is a new one: a session that waited never says so.</returns>
    /// <exception cref="PlayersApiException">The API refused, or the session came to an end before.</exception>
    public async Task<(SessionResource Session, bool IsNew)> CreateAsync(string key, CreateSessionRequest request, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "/v1/sessions") { Content = JsonContent.Create(request, options: Json) };
        message.Headers.Add("Idempotency-Key", key);
        var (session, status) = await SendAsync(message, cancellationToken);
        return status == System.Net.HttpStatusCode.Accepted
            ? (await AwaitServerAsync(session.SessionId, request.WaitFor, cancellationToken), false)
            : (session, status == System.Net.HttpStatusCode.Created);
    }

    /// <summary>Asks how a session stands.</summary>
    public async Task<SessionResource> GetAsync(string id, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, $"/v1/sessions/{id}");
        return (await SendAsync(message, cancellationToken)).Session;
    }

    /// <summary>Ends a session.</summary>
    public async Task<SessionResource> EndAsync(string id, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Delete, $"/v1/sessions/{id}");
        return (await SendAsync(message, cancellationToken)).Session;
    }

    /// <summary>Asks how a ticket stands.</summary>
    public async Task<TicketResource> TicketAsync(string id, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(CallTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        return (await _http.GetFromJsonAsync<TicketResource>($"/v1/tickets/{id}", Json, both.Token))!;
    }

    /// <summary>The regions.</summary>
    public async Task<RegionListResource> RegionsAsync(CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(CallTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        return (await _http.GetFromJsonAsync<RegionListResource>("/v1/regions", Json, both.Token))!;
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Follows a pending session's events until it is where the request wants to wait for.</summary>
    private async Task<SessionResource> AwaitServerAsync(string id, WaitFor waitFor, CancellationToken cancellationToken)
    {
        using var there = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            // Closed, or refused: the answer below says which.
            await new SessionEventFeed(_http, url, id).RunAsync(
                happened =>
                {
                    if (happened.Session.State == "playable" || (happened.Session.State == "allocated" && waitFor == WaitFor.Allocated)) there.Cancel();
                },
                there.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It has its server.
        }

        var session = await GetAsync(id, cancellationToken);
        return session.State is SessionState.Failed or SessionState.Cancelled or SessionState.Ended
            ? throw new PlayersApiException($"Session {id} waited for a server in vain: {session.State}, {session.Failure?.Code}: {session.Failure?.Message}")
            : session;
    }

    private async Task<(SessionResource Session, System.Net.HttpStatusCode Status)> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(CallTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        using var answer = await _http.SendAsync(message, both.Token);
        if (!answer.IsSuccessStatusCode)
            throw new PlayersApiException($"{message.Method} {message.RequestUri} was answered with {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(both.Token)}");
        return ((await answer.Content.ReadFromJsonAsync<SessionResource>(Json, both.Token))!, answer.StatusCode);
    }
}

/// <summary>The players' API refused a request; the message holds its problem document.</summary>
internal sealed class PlayersApiException(string message) : Exception(message);
