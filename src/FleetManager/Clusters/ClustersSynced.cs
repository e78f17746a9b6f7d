using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.SiloHost.Health;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Clusters;

/// <summary>Every cluster has been listed once, by whichever silo watches it: before that the fleets look empty.</summary>
internal sealed class ClustersSynced(IGrainFactory grains, IOptions<FleetSystemOptions> system, IOptions<FleetManagerOptions> options) : IStartCondition
{
    public TimeSpan Patience => options.Value.StartPatience;

    public async Task<string?> FindMissingAsync(CancellationToken cancellationToken)
    {
        var clusters = await Task.WhenAll(system.Value.Clusters.Select(async cluster => (cluster.Id, (await grains.GetGrain<IClusterGrain>(cluster.Id).GetStatus()).Synced)));
        var waiting = clusters.Where(cluster => !cluster.Synced).Select(cluster => cluster.Id).ToList();
        return waiting.Count == 0 ? null : $"no snapshot yet of cluster {string.Join(", ", waiting)}";
    }
}
