using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Configuration;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Clusters;

/// <summary>
/// Goes the way into each cluster once after the start: reads its kubeconfig, lists, looks for a session. The silo that takes a cluster over
/// when another one dies would otherwise do all this for the first time, and compile it, while nobody gets a server.
/// </summary>
internal sealed partial class ClusterRehearsal(
    IAgonesClusterFactory factory, IOptions<FleetSystemOptions> system, IOptions<FleetManagerOptions> options, TimeProvider time, ILogger<ClusterRehearsal> log) : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // One after the other: it is for later, and the start has enough to do.
        foreach (var cluster in system.Value.Clusters) await TryAsync(cluster.Id, stoppingToken);
    }

    private async Task TryAsync(string cluster, CancellationToken stoppingToken)
    {
        using var late = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stoppingToken);
        try
        {
            await using var way = factory.Connect(cluster);
            var state = new ClusterState(options.Value.NodeInterruption);
            await foreach (var change in way.WatchAsync(both.Token))
            {
                state.Apply(change);
                if (change is ClusterChange.GameServersListed) break;
            }

            await way.FindBySessionAsync("rehearsal", both.Token);
        }
        catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailed(log, cluster, fault.Message);
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "The way into cluster {ClusterId} could not be rehearsed: {Reason}")]
    private static partial void LogFailed(ILogger logger, string clusterId, string reason);
}
