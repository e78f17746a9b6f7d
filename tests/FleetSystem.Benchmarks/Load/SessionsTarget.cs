using System.Globalization;
using System.Net.Http.Json;

namespace FleetSystem.Benchmarks.Load;

/// <summary>The players' API: <c>POST /v1/sessions</c> and <c>DELETE /v1/sessions/{id}</c>.</summary>
internal sealed class SessionsTarget(HttpClient http, string fleet, string? region, long seed) : ILoadTarget
{
    public async Task<string> CreateAsync(int connection, long sequence)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"load-{seed:x}-{connection}-{sequence}");
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/sessions");
        request.Headers.Add("Idempotency-Key", key);
        object[] players = [new { id = key }];
        request.Content = region is null ? JsonContent.Create(new { fleet, players }) : JsonContent.Create(new { fleet, players, region });
        var json = await LoadRequests.SendAsync(http, request, static problem => LoadRequests.StringAt(problem, "code"));
        var state = LoadRequests.StringAt(json, "state");
        if (LoadRequests.StringAt(json, "sessionId") is { } id && state is "allocated" or "playable")
            return id;

        // Accepted is not served: a caller cannot play yet.
        throw new LoadException(200, LoadRequests.StringAt(json, "failure", "code") ?? state ?? "no session in the answer");
    }

    public async Task EndAsync(string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, $"v1/sessions/{Uri.EscapeDataString(id)}");
        await LoadRequests.SendAsync(http, request, static problem => LoadRequests.StringAt(problem, "code"));
    }
}
