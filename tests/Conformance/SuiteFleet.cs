using System.Text.Json.Nodes;

namespace FleetSystem.Conformance.Tests;

/// <summary>A Fleet of one case, removed at its end, and waits for what becomes of its servers.</summary>
internal sealed class SuiteFleet : IAsyncDisposable
{
    private static int _count;

    private readonly AgonesTarget _target;

    private SuiteFleet(AgonesTarget target, string name) => (_target, Name) = (target, name);

    public string Name { get; }

    public string Path => $"{_target.Fleets}/{Name}";

    /// <summary>Query that limits a list or a watch to the Fleet's servers.</summary>
    public string Selector => $"labelSelector=agones.dev%2Ffleet%3D{Name}";

    /// <summary>Makes a Fleet and returns when its servers are Ready.</summary>
    public static async Task<SuiteFleet> CreateAsync(AgonesTarget target, int replicas)
    {
        var fleet = new SuiteFleet(target, $"conformance-{Environment.ProcessId}-{Interlocked.Increment(ref _count)}");
        var (status, body) = await target.CallAsync(HttpMethod.Post, target.Fleets, JsonNode.Parse($$$"""
            {
              "apiVersion": "agones.dev/v1", "kind": "Fleet", "metadata": {"name": "{{{fleet.Name}}}"},
              "spec": {
                "replicas": {{{replicas}}},
                "template": {"spec": {
                  "ports": [{"name": "game", "portPolicy": "Dynamic", "containerPort": 7654, "protocol": "UDP"}],
                  "template": {"spec": {"containers": [
                    {"name": "game-server", "image": "{{{target.Image}}}", "resources": {"requests": {"cpu": "20m", "memory": "32Mi"} } }
                  ]} }
                } }
              }
            }
            """));
        Assert.True(status == 201, $"the Fleet was not created: {status} {body?.ToJsonString()}");
        await fleet.UntilAsync(servers => servers.Count(server => StateOf(server) == "Ready") == replicas);
        return fleet;
    }

    public static string? StateOf(JsonObject server) => (string?)server["status"]?["state"];

    public static string NameOf(JsonObject server) => (string)server["metadata"]!["name"]!;

    /// <summary>The Fleet's servers, and the version of the list.</summary>
    public async Task<(IReadOnlyList<JsonObject> Servers, string Version)> ListAsync()
    {
        var (status, list) = await _target.GetAsync($"{_target.GameServers}?{Selector}");
        Assert.True(status == 200, $"the list was refused: {status} {list?.ToJsonString()}");
        return ([.. list!["items"]!.AsArray().Select(server => (JsonObject)server!)], (string)list["metadata"]!["resourceVersion"]!);
    }

    /// <summary>Waits until the Fleet's servers are as they should be; they are judged again at every change.</summary>
    /// <returns>The servers then.</returns>
    public async Task<IReadOnlyList<JsonObject>> UntilAsync(Func<IReadOnlyList<JsonObject>, bool> holds)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var timer = TimeProvider.System.CreateTimer(_ => late.Cancel(), null, _target.Patience, Timeout.InfiniteTimeSpan);
        IReadOnlyList<JsonObject> servers = [];
        try
        {
            while (true)
            {
                (servers, var version) = await ListAsync();
                if (holds(servers)) return servers;
                var now = servers.ToDictionary(NameOf);
                await foreach (var (type, server) in WatchAsync(version, late.Token))
                {
                    if (type == "ERROR") break;
                    if (type == "DELETED") now.Remove(NameOf(server));
                    else now[NameOf(server)] = server;
                    servers = [.. now.Values];
                    if (holds(servers)) return servers;
                }
            }
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new InvalidOperationException($"It did not come about within {_target.Patience}. Servers: {string.Join(", ", servers.Select(server => $"{NameOf(server)}={StateOf(server)}"))}");
        }
    }

    /// <summary>Events of the Fleet's servers after a version.</summary>
    public async IAsyncEnumerable<(string Type, JsonObject Server)> WatchAsync(
        string version, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var answer = await _target.SendAsync(HttpMethod.Get, $"{_target.GameServers}?watch=true&resourceVersion={version}&{Selector}", null, null, cancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"the watch was refused: {answer.StatusCode}");
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            var happened = JsonNode.Parse(line)!;
            yield return ((string)happened["type"]!, (JsonObject)happened["object"]!);
        }
    }

    /// <summary>Claims a server by selectors, as JSON.</summary>
    public async Task<JsonObject> AllocateAsync(string selectors)
    {
        var (status, answer) = await _target.CallAsync(HttpMethod.Post, _target.Allocations, JsonNode.Parse($$$"""
            {"apiVersion": "allocation.agones.dev/v1", "kind": "GameServerAllocation", "spec": {"selectors": {{{selectors}}}, "metadata": {"labels": {"conformance/session": "s-1"}, "annotations": {"conformance/note": "kept"} } } }
            """));
        Assert.True(status == 201, $"the allocation was refused: {status} {answer?.ToJsonString()}");
        return (JsonObject)answer!["status"]!;
    }

    public async ValueTask DisposeAsync()
    {
        // Allocated servers outlive a scale-down, not their Fleet.
        await _target.CallAsync(HttpMethod.Delete, Path);
        await UntilAsync(servers => servers.Count == 0);
    }
}
