using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Access;
using FleetSystem.LocalCloud.Hosting;

namespace FleetSystem.LocalCloud.Tour;

/// <summary>The operators' API as an operator's script uses it: over HTTP, nothing else.</summary>
/// <param name="url">Where it is.</param>
/// <param name="access">Credentials of callers, or null where none are needed.</param>
/// <param name="time">Clock.</param>
internal sealed class OpsApi(Uri url, CellAccess? access, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(20);

    private readonly HttpClient _http = new()
    {
        BaseAddress = url,
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestHeaders = { Authorization = access is null ? null : new("Bearer", access.OperatorKey) },
    };

    /// <summary>The API of a local cloud.</summary>
    public static OpsApi Of(LocalCloudSystem cloud) => new(cloud.OperationsUrl, cloud.Access, TimeProvider.System);

    /// <summary>How a region stands.</summary>
    public async Task<JsonNode> RegionAsync(string region, CancellationToken cancellationToken)
    {
        var all = await SendAsync(HttpMethod.Get, "/ops/v1/regions", null, cancellationToken);
        return all["regions"]!.AsArray().First(known => (string)known!["id"]! == region)!;
    }

    /// <summary>The newest entries of a region's audit log.</summary>
    public async Task<JsonArray> AuditAsync(string region, CancellationToken cancellationToken) =>
        (await SendAsync(HttpMethod.Get, $"/ops/v1/audit?region={region}", null, cancellationToken))["entries"]!.AsArray();

    /// <summary>Changes something of a region.</summary>
    public Task<JsonNode> PutAsync(string path, JsonObject body, CancellationToken cancellationToken) => SendAsync(HttpMethod.Put, $"/ops/v1/regions/{path}", body, cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(CallTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        using var message = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await _http.SendAsync(message, both.Token);
        var text = await answer.Content.ReadAsStringAsync(both.Token);
        return answer.IsSuccessStatusCode ? JsonNode.Parse(text)! : throw new TourFailedException($"{method} {path} was answered with {(int)answer.StatusCode}: {text}");
    }
}
