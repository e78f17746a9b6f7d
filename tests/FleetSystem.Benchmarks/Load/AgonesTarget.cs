using System.Net.Http.Json;
using System.Text.Json;

namespace FleetSystem.Benchmarks.Load;

/// <summary>Agones without FleetSystem: a GameServerAllocation is created, and the GameServer it claimed is deleted.</summary>
internal sealed class AgonesTarget(HttpClient http, string fleet, string @namespace) : ILoadTarget
{
    private readonly string _allocations = $"apis/allocation.agones.dev/v1/namespaces/{@namespace}/gameserverallocations";
    private readonly string _gameServers = $"apis/agones.dev/v1/namespaces/{@namespace}/gameservers/";

    public async Task<string> CreateAsync(int connection, long sequence)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _allocations);
        request.Content = JsonContent.Create(new
        {
            apiVersion = "allocation.agones.dev/v1",
            kind = "GameServerAllocation",
            spec = new { selectors = new[] { new { matchLabels = new Dictionary<string, string> { ["agones.dev/fleet"] = fleet } } } },
        });
        var json = await LoadRequests.SendAsync(http, request, ReasonOf);
        var state = LoadRequests.StringAt(json, "status", "state");
        if (state == "Allocated" && LoadRequests.StringAt(json, "status", "gameServerName") is { } name)
            return name;
        throw new LoadException(200, state ?? "no allocation in the answer");
    }

    public async Task EndAsync(string id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, _gameServers + Uri.EscapeDataString(id));
        await LoadRequests.SendAsync(http, request, ReasonOf);
    }

    private static string? ReasonOf(JsonElement status) => LoadRequests.StringAt(status, "reason");
}
