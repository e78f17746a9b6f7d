using System.Security.Cryptography;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Configuration;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Kubernetes;

/// <summary>Connects to the clusters that the configuration names.</summary>
internal sealed class AgonesClusterFactory(
    IOptions<FleetSystemOptions> system,
    IOptions<KubernetesAdapterOptions> adapter,
    TimeProvider time,
    ILogger<AgonesCluster> logger) : IAgonesClusterFactory
{
    private readonly int _seed = adapter.Value.JitterSeed ?? RandomNumberGenerator.GetInt32(int.MaxValue);
    private int _connected;

    /// <inheritdoc/>
    public IAgonesCluster Connect(string cluster)
    {
        var clusters = system.Value.Clusters;
        var known = clusters.FirstOrDefault(candidate => candidate.Id == cluster) ?? throw new ArgumentException(
            $"There is no cluster '{cluster}' in {FleetSystemOptions.Section}:Clusters. Known: {string.Join(", ", clusters.Select(one => one.Id))}.",
            nameof(cluster));
        var seed = unchecked(_seed + (1_000_003 * Interlocked.Increment(ref _connected)));
        return new AgonesCluster(known, system.Value.Fleets, adapter.Value, time, seed, logger);
    }
}
