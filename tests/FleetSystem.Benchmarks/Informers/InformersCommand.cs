using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using FleetSystem.Benchmarks.Load;
using FleetSystem.FleetManager.Kubernetes;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace FleetSystem.Benchmarks.Informers;

/// <summary>
/// <c>informers</c>: memory that the snapshots of many clusters take, and how long a change takes from the API server's write until an
/// allocation can see it, over real HTTP.
/// </summary>
internal static class InformersCommand
{
    public static Command Create(TimeProvider time)
    {
        var clusters = new Option<int>("--clusters") { Description = "Clusters.", DefaultValueFactory = _ => 10 };
        var servers = new Option<int>("--servers") { Description = "GameServers in all clusters together.", DefaultValueFactory = _ => 100_000 };
        var changes = new Option<int>("--changes") { Description = "Changes a second in all clusters together.", DefaultValueFactory = _ => 2_000 };
        var seconds = new Option<int>("--seconds") { Description = "How long changes come.", DefaultValueFactory = _ => 10 };
        var command = new Command("informers", "Measures the snapshots' memory and how soon a change is visible to allocation.") { clusters, servers, changes, seconds };
        command.SetAction(async (result, cancellationToken) =>
        {
            var report = await RunAsync(result.GetValue(clusters), result.GetValue(servers), result.GetValue(changes), TimeSpan.FromSeconds(result.GetValue(seconds)), time, cancellationToken);
            Console.WriteLine(JsonSerializer.Serialize(report, LoadJson.Options));
            return 0;
        });
        return command;
    }

    private static async Task<object> RunAsync(int clusters, int servers, int changes, TimeSpan duration, TimeProvider time, CancellationToken cancellationToken)
    {
        var apis = new List<SyntheticCluster>();
        for (var i = 0; i < clusters; i++) apis.Add(await SyntheticCluster.StartAsync(servers / clusters, (double)changes / clusters, time));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var began = time.GetTimestamp();
        var watches = apis.Select((api, index) => new Watched(Connect(api.KubeConfig, index, time), time)).ToList();
        var running = watches.Select(watch => Task.Run(() => watch.RunAsync(stop.Token), CancellationToken.None)).ToList();
        await Task.WhenAll(watches.Select(watch => watch.Listed)).WaitAsync(cancellationToken);
        var listed = time.GetElapsedTime(began);
        var held = GC.GetTotalMemory(forceFullCollection: true) - before;

        foreach (var api in apis) api.Change();
        await Task.Delay(duration, time, cancellationToken);
        await stop.CancelAsync();
        foreach (var task in running) await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var heldAfter = GC.GetTotalMemory(forceFullCollection: true) - before;
        var latencies = LatencyRecorder.Merge(watches.Select(watch => watch.Latencies));
        foreach (var api in apis) await api.DisposeAsync();
        return new
        {
            clusters,
            servers = watches.Sum(watch => watch.Servers),
            listSeconds = Math.Round(listed.TotalSeconds, 2),
            snapshotMegabytes = Math.Round(held / 1e6, 1),
            snapshotMegabytesAfterChanges = Math.Round(heldAfter / 1e6, 1),
            changesPerSecond = Math.Round(latencies.Count / duration.TotalSeconds),
            visibleP50Milliseconds = latencies.Percentile(50),
            visibleP99Milliseconds = latencies.Percentile(99),
            visibleMaxMilliseconds = latencies.Max,
        };
    }

    private static AgonesCluster Connect(string kubeConfig, int index, TimeProvider time) => new(
        new ClusterOptions { Id = $"c{index}", Region = "r0", KubeConfig = kubeConfig }, [new FleetOptions { Id = "arena" }], new KubernetesAdapterOptions(), time, index, NullLogger<AgonesCluster>.Instance);

    private sealed class Watched(AgonesCluster cluster, TimeProvider time)
    {
        private readonly ClusterState _state = new();
        private readonly TaskCompletionSource _listed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Listed => _listed.Task;

        public LatencyRecorder Latencies { get; } = new();

        public int Servers => _state.Servers.Count;

        public async Task RunAsync(CancellationToken cancellationToken)
        {
            await using var opened = cluster;
            await foreach (var change in cluster.WatchAsync(cancellationToken))
            {
                _state.Apply(change);
                if (_state.Synced) _listed.TrySetResult();

                // From here on a claim's selectors would count it.
                if (change is ClusterChange.GameServerChanged(var server) && server.Sessions is [var tag, ..] && long.TryParse(tag.Session, CultureInfo.InvariantCulture, out var written) && written > 0)
                    Latencies.Add(time.GetElapsedTime(written));
            }
        }
    }
}
