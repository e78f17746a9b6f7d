using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Kubernetes;
using FleetSystem.LocalCloud.Nodes;

namespace FleetSystem.LocalCloud.Tests.Agones;

/// <summary>A cluster with two simulated nodes in each of three zones, its HTTP client, and waits for what happens in it.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    public const string Region = "ap-northeast-2";
    public const string Token = "test-token";
    public static readonly string[] Zones = ["ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c"];
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private TestCluster(LocalCluster cluster, HttpClient http)
    {
        Cluster = cluster;
        Http = http;
    }

    public LocalCluster Cluster { get; }

    public HttpClient Http { get; }

    public ObjectStore Store => Cluster.Store;

    public static async Task<TestCluster> StartAsync(
        TimeSpan? allocationDelay = null, TimeProvider? time = null, NodeTimings? timings = null, ObjectStoreOptions? store = null,
        int nodesPerZone = 2, int seed = 7, IPodRuntime? runtime = null, HostPortRange? ports = null)
    {
        var nodes = LocalNode.ForZones(Region, Zones, nodesPerZone, (zone, node) => new IPAddress([127, 0, (byte)(10 + zone), (byte)(1 + node)]), simulated: runtime is null);
        var cluster = new LocalCluster(new LocalClusterOptions
        {
            Name = "test",
            Region = Region,
            Nodes = nodes,
            Token = Token,
            AllocationDelay = allocationDelay ?? TimeSpan.Zero,
            TimeProvider = time ?? TimeProvider.System,
            NodeTimings = timings ?? new NodeTimings(),
            Store = store ?? new ObjectStoreOptions(),
            Seed = seed,
            PodRuntime = runtime,
            Ports = ports ?? HostPortRange.Default,
            SimulatedPorts = ports ?? HostPortRange.Default,
        });
        await cluster.StartAsync(TestContext.Current.CancellationToken);
        var http = new HttpClient { BaseAddress = new Uri(cluster.Endpoint) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        return new TestCluster(cluster, http);
    }

    public static JsonObject Fleet(string name, int replicas, string image = "simulated") => (JsonObject)JsonNode.Parse($$$"""
        {
          "apiVersion": "agones.dev/v1", "kind": "Fleet", "metadata": {"name": "{{{name}}}", "namespace": "default"},
          "spec": {
            "replicas": {{{replicas}}}, "scheduling": "Packed",
            "template": {
              "metadata": {"labels": {"game": "{{{name}}}"}, "annotations": {"owner": "studio"}},
              "spec": {
                "ports": [{"name": "game", "portPolicy": "Dynamic", "containerPort": 7777, "protocol": "UDP"}],
                "health": {"initialDelaySeconds": 5, "periodSeconds": 5, "failureThreshold": 3},
                "template": {"spec": {"containers": [
                  {
                    "name": "game-server", "image": "{{{image}}}",
                    "resources": {"requests": {"cpu": "20m", "memory": "32Mi"} }
                  }
                ]}}
              }
            }
          }
        }
        """)!;

    public async Task<IReadOnlyList<StoredObject>> StartFleetAsync(string name, int replicas)
    {
        Cluster.Apply(Fleet(name, replicas));
        await UntilAsync(() => ServersOf(name, GameServerState.Ready).Count == replicas);
        return ServersOf(name, GameServerState.Ready);
    }

    public IReadOnlyList<StoredObject> ServersOf(string fleet, string? state = null) => [.. Store.List(AgonesKinds.GameServer).Objects.Values
        .Where(server => server.Labels.GetValueOrDefault(AgonesNames.FleetLabel) == fleet)
        .Where(server => state is null || (GameServerFacts.Of(server).State == state && !server.Deleting))];

    public StoredObject? Server(string name) => Store.Get(AgonesKinds.GameServer, "default/" + name);

    /// <summary>Waits until a condition on the store holds; it is judged again after every change.</summary>
    public async Task UntilAsync(Func<bool> condition)
    {
        var changed = new SemaphoreSlim(0);
        Store.Observe((_, _) => changed.Release());
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var timer = TimeProvider.System.CreateTimer(_ => deadline.Cancel(), null, Deadline, Timeout.InfiniteTimeSpan);
        while (!condition())
        {
            try
            {
                await changed.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                Assert.Fail($"the condition did not come to hold within {Deadline}; servers: " + string.Join(", ",
                    Store.List(AgonesKinds.GameServer).Objects.Values.Select(server => $"{server.Name}={GameServerFacts.Of(server).State}")));
            }
        }
    }

    public Task<(HttpStatusCode Code, JsonNode? Body)> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<(HttpStatusCode Code, JsonNode? Body)> PostAsync(string path, JsonNode body) => SendAsync(HttpMethod.Post, path, body);

    public async Task<(HttpStatusCode Code, JsonNode? Body)> SendAsync(
        HttpMethod method, string path, JsonNode? body = null, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue(contentType));
        using var response = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var json = response.Content.Headers.ContentType?.MediaType == "application/json";
        return (response.StatusCode, json ? JsonNode.Parse(text) : JsonValue.Create(text));
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Cluster.DisposeAsync();
    }
}
