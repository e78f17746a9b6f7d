using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.Matchmaker.Api;

namespace FleetSystem.LocalCloud.Bots;

/// <summary>The players' API as a game client uses it: over HTTP, nothing else.</summary>
internal sealed class PlayersApi(Uri url, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(20);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    private readonly HttpClient _http = new() { BaseAddress = url, Timeout = Timeout.InfiniteTimeSpan };

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

    private async Task<SessionResource> AwaitServerAsync(string id, WaitFor waitFor, CancellationToken cancellationToken)
    {
        await foreach (var happened in EventsAsync(id, cancellationToken))
        {
            var session = happened.Session;
            if (session.State == SessionState.Playable || (session.State == SessionState.Allocated && waitFor == WaitFor.Allocated)) return session;
            if (session.State is SessionState.Failed or SessionState.Cancelled or SessionState.Ended)
                throw new PlayersApiException($"Session {id} waited for a server in vain: {session.State}, {session.Failure?.Code}: {session.Failure?.Message}");
        }

        throw new PlayersApiException($"The events of session {id} ended while it waited for a server.");
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

    /// <summary>The regions.</summary>
    public async Task<RegionListResource> RegionsAsync(CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(CallTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        return (await _http.GetFromJsonAsync<RegionListResource>("/v1/regions", Json, both.Token))!;
    }

    /// <summary>A session's events, as they come.</summary>
    public async IAsyncEnumerable<SessionEventResource> EventsAsync(string id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = await _http.GetStreamAsync($"/v1/sessions/{id}/events", cancellationToken);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
        {
            if (item.Data.Length > 0) yield return JsonSerializer.Deserialize<SessionEventResource>(item.Data, Json)!;
        }
    }

    public void Dispose() => _http.Dispose();

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
