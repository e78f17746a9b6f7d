using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Placement;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace FleetSystem.FleetManager.Regions;

/// <summary>One region for directors: asks the region's clusters in their order until one has a server. Keeps nothing.</summary>
[Reentrant]
internal sealed class AllocatorGrain(IOptions<FleetSystemOptions> system, IOptions<FleetManagerOptions> options) : Grain, IAllocatorGrain
{
    private string Region => this.GetPrimaryKeyString();

    public async Task<DirectorOutcome> Allocate(DirectorClaim claim)
    {
        var clusters = ClusterOrder.Of(ClustersOfRegion().Where(cluster => cluster.Namespace == claim.Namespace), RandomOf(claim.Tag));
        var worst = DirectorOutcome.Without(DirectorResult.NoServer, "", $"region {Region} has no cluster that serves namespace '{claim.Namespace}'");
        foreach (var cluster in clusters)
        {
            var outcome = await GrainFactory.GetGrain<IClusterGrain>(cluster.Id).ClaimForDirector(claim);

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

    private IEnumerable<ClusterOptions> ClustersOfRegion() => system.Value.Clusters.Where(cluster => cluster.Region == Region);
}
