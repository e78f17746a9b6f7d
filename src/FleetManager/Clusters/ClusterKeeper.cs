using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Clusters;

/// <summary>Keeps every cluster watched: when the silo that watched one dies, the next call moves it to a live silo.</summary>
internal sealed partial class ClusterKeeper(IGrainFactory grains, IOptions<FleetSystemOptions> system, TimeProvider time, ILogger<ClusterKeeper> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            await Task.WhenAll(system.Value.Clusters.Select(cluster => KeepAsync(cluster.Id)));
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task KeepAsync(string cluster)
    {
        try
        {
            await grains.GetGrain<IClusterGrain>(cluster).KeepWatching();
        }
        catch (Exception fault)
        {
            LogKeepFailed(log, cluster, fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cluster {ClusterId} could not be reached in the Orleans cluster; trying again")]
    private static partial void LogKeepFailed(ILogger logger, string clusterId, Exception fault);
}
