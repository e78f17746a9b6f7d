using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Placement;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace FleetSystem.FleetManager.Regions;

/// <summary>One region for directors: asks the region's clusters in their order until one has a server. Keeps nothing that a restart would miss.</summary>
[Reentrant]
internal sealed partial class AllocatorGrain(
    IOptions<FleetSystemOptions> system, IOptions<FleetManagerOptions> options, TimeProvider time, ILogger<AllocatorGrain> log) : Grain, IAllocatorGrain
{
    // The region's grain answers from its memory.
    private static readonly TimeSpan RegionPatience = TimeSpan.FromSeconds(1);

    private RegionClusters? _known;

    private string Region => this.GetPrimaryKeyString();

    public async Task<DirectorOutcome> Allocate(DirectorClaim claim)
    {
        var serving = ClustersOfRegion().Where(cluster => cluster.Namespace == claim.Namespace).Select(cluster => cluster.Id).ToHashSet(StringComparer.Ordinal);
        var clusters = ClusterOrder.Of((await StandingsAsync()).Clusters.Where(cluster => serving.Contains(cluster.Cluster)), RandomOf(claim.Tag));
        var worst = DirectorOutcome.Without(DirectorResult.NoServer, "", $"region {Region} has no cluster that serves namespace '{claim.Namespace}'");
        foreach (var cluster in clusters)
        {
            var outcome = await GrainFactory.GetGrain<IClusterGrain>(cluster.Cluster).ClaimForDirector(claim);

            // While one cluster may have claimed a server, no other is asked.
            if (outcome.Result is DirectorResult.Claimed or DirectorResult.Unknown) return outcome;
            if (worst.Cluster.Length == 0 || Weight(outcome.Result) > Weight(worst.Result)) worst = outcome;
        }

        return worst;
    }

    public async Task<DirectorOutcome> Find(string tag)
    {
        var timeout = options.Value.UnknownOutcomeSettleTime;
        var finds = await Task.WhenAll(ClustersOfRegion().Select(cluster => GrainFactory.GetGrain<IClusterGrain>(cluster.Id).FindForDirector(tag, timeout)));
        return finds.FirstOrDefault(find => find.Result == DirectorResult.Claimed)
            ?? finds.FirstOrDefault(find => find.Result != DirectorResult.NoServer)
            ?? DirectorOutcome.Without(DirectorResult.NoServer, "", $"no cluster of {Region} has a server with tag {tag}");
    }

    /// <summary>What is told when several clusters had none: that there was room says more than that one could not be asked, and that more than "none".</summary>
    private static int Weight(DirectorResult result) => result switch
    {
        DirectorResult.Contention => 3,
        DirectorResult.NoServer => 2,
        DirectorResult.Unavailable => 1,
        _ => 0,
    };

    /// <summary>By the tag, so that a repetition asks the clusters in the order of the first try.</summary>
    private static Random RandomOf(string tag) => new(BinaryPrimitives.ReadInt32LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(tag))));

    /// <summary>How the clusters are to be asked now; when the region does not say, as it last did, or as the configuration has it.</summary>
    private async Task<RegionClusters> StandingsAsync()
    {
        try
        {
            return _known = await GrainFactory.GetGrain<IRegionGrain>(Region).GetClusters().WaitAsync(RegionPatience, time);
        }
        catch (Exception fault)
        {
            LogRegionSilent(log, Region, fault.Message);
            return _known ?? RegionClusters.Configured(system.Value, Region);
        }
    }

    private IEnumerable<ClusterOptions> ClustersOfRegion() => system.Value.Clusters.Where(cluster => cluster.Region == Region);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Region {RegionId} did not say how its clusters are to be asked; what is known holds: {Reason}")]
    private static partial void LogRegionSilent(ILogger logger, string regionId, string reason);
}
