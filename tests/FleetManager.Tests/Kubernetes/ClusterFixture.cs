using System.Text.Json.Nodes;
using System.Threading.Channels;
using FleetSystem.FleetManager.Kubernetes;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace FleetSystem.FleetManager.Tests.Kubernetes;

/// <summary>A cluster adapter against a fake API server, and what its watch has told.</summary>
internal sealed class ClusterFixture : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<ClusterChange> _seen = Channel.CreateUnbounded<ClusterChange>();
    private Task _watch = Task.CompletedTask;

    private ClusterFixture(FakeApiServer server, AgonesCluster cluster) => (Server, Cluster) = (server, cluster);

    public FakeApiServer Server { get; }

    public AgonesCluster Cluster { get; }

    public static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    /// <summary>Ends a wait for what never comes with a failure instead of a hanging run.</summary>
    public static Task<T> Within<T>(Task<T> task) => task.WaitAsync(Patience, TimeProvider.System, Cancelled);

    /// <inheritdoc cref="Within{T}"/>
    public static Task Within(Task task) => task.WaitAsync(Patience, TimeProvider.System, Cancelled);

    public static KubernetesAdapterOptions FastOptions => new()
    {
        BackoffMin = TimeSpan.FromMilliseconds(1),
        BackoffMax = TimeSpan.FromMilliseconds(5),
        JitterSeed = 1,
    };

    public static async Task<ClusterFixture> StartAsync(
        KubernetesAdapterOptions? options = null, TimeProvider? time = null, string? port = null, PackingOptions? packing = null)
    {
        var server = await FakeApiServer.StartAsync();
        return new ClusterFixture(server, Connect(server.KubeConfig, options, time, port, packing));
    }

    public static AgonesCluster Connect(
        string kubeConfig, KubernetesAdapterOptions? options = null, TimeProvider? time = null, string? port = null, PackingOptions? packing = null) => new(
        new ClusterOptions { Id = "seoul", Region = "ap-northeast-2", KubeConfig = kubeConfig },
        [new FleetOptions { Id = "arena", Port = port, Packing = packing }],
        options ?? FastOptions,
        time ?? TimeProvider.System,
        seed: 1,
        NullLogger<AgonesCluster>.Instance);

    /// <summary>Starts to watch; changes are kept until they are asked for.</summary>
    public ClusterFixture Watch()
    {
        _watch = Task.Run(async () =>
        {
            await foreach (var change in Cluster.WatchAsync(_stop.Token)) await _seen.Writer.WriteAsync(change);
        });
        return this;
    }

    /// <summary>The next change of a type, or among those of a type the next that is asked for; others on the way are dropped.</summary>
    public async Task<T> NextAsync<T>(Func<T, bool>? where = null)
        where T : ClusterChange
    {
        while (true)
        {
            if (await Within(_seen.Reader.ReadAsync(Cancelled).AsTask()) is T change && (where is null || where(change))) return change;
        }
    }

    /// <summary>The next change that is about game servers.</summary>
    public async Task<ClusterChange> NextOfGameServersAsync()
    {
        while (true)
        {
            var change = await Within(_seen.Reader.ReadAsync(Cancelled).AsTask());
            if (change is ClusterChange.GameServersListed or ClusterChange.GameServerChanged or ClusterChange.GameServerDeleted
                or ClusterChange.SourceLost { Kind: "gameservers" } or ClusterChange.SourceRestored { Kind: "gameservers" })
                return change;
        }
    }

    /// <summary>A watch event about a game server.</summary>
    public static string Event(string type, string name, int version, string state = "Ready") =>
        $$$"""{"type":"{{{type}}}","object":{{{GameServer(name, version, state)}}} }""";

    public static string GameServer(string name, int version, string state = "Ready") =>
        $$$"""{"metadata":{"name":"{{{name}}}","uid":"uid-{{{name}}}","resourceVersion":"{{{version}}}"},"status":{"state":"{{{state}}}"}}""";

    public static string Bookmark(int version) => $$$"""{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"{{{version}}}"} } }""";

    public static string Error(int code, string reason) =>
        new JsonObject { ["type"] = "ERROR", ["object"] = new JsonObject { ["kind"] = "Status", ["code"] = code, ["reason"] = reason, ["message"] = "for the test" } }.ToJsonString();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Cluster.DisposeAsync();
        await Server.DisposeAsync();
        _stop.Dispose();
    }
}
