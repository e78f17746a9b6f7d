using System.Text.Json;
using System.Text.Json.Serialization;
using FleetSystem.Matchmaker.Api;

namespace FleetSystem.LocalCloud.Bots;

/// <summary>The players' API as a game client uses it: over HTTP, nothing else.</summary>
internal sealed class PlayersApi(Uri url, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(20);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    private readonly HttpClient _http = new() { BaseAddress = url, Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Where it is.</summary>
    public Uri Url => url;

    /// <summary>What it is asked with; the client library shares it.</summary>
    public HttpClient Http => _http;

    /// <summary>Asks for a session.</summary>
    /// <returns>The session, and whether it is a new one.</returns>
    /// <exception cref="PlayersApiException">The API refused.</exception>
    public async Task<(SessionResource Session, bool IsNew)> CreateAsync(string key, CreateSessionRequest request, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "/v1/sessions") { Content = JsonContent.Create(request, options: Json) };
        message.Headers.Add("Idempotency-Key", key);
        var (session, status) = await SendAsync(message, cancellationToken);
        return (session, status == System.Net.HttpStatusCode.Created);
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
