using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Placement;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace FleetSystem.FleetManager.Fleets;

/// <summary>One fleet in one region: asks the region's clusters in their order until one has a server.</summary>
[Reentrant]
internal sealed class FleetGrain(IOptions<FleetSystemOptions> system, IOptions<FleetManagerOptions> options) : Grain, IFleetGrain
{
    private readonly Random _random = new(options.Value.Seed);

    private string Region => FleetGrainKey.Parse(this.GetPrimaryKeyString()).Region;

    public async Task<ClaimOutcome> Claim(ServerClaim claim)
    {
        var last = ClaimOutcome.Without(ClaimResult.Unavailable, "", $"region {Region} has no cluster that takes sessions");
        var full = false;
        foreach (var cluster in ClusterOrder.Of(ClustersOfRegion().Where(cluster => !claim.Avoid.Contains(cluster.Id)), _random))
        {
            last = await GrainFactory.GetGrain<IClusterGrain>(cluster.Id).Claim(claim);

            // While one cluster may have claimed a server, no other is asked under this incarnation: a session never has two.
            if (last.Result is ClaimResult.Claimed or ClaimResult.Unknown) return last;
            full |= last.Result == ClaimResult.NoServer;
        }

        return full ? ClaimOutcome.Without(ClaimResult.NoServer, "", $"no server of fleet '{claim.Fleet}' is free in {Region}") : last;
    }

    public async Task<ClaimOutcome> Find(string session, int incarnation)
    {
        var timeout = options.Value.UnknownOutcomeSettleTime;
        var finds = await Task.WhenAll(ClustersOfRegion().Select(cluster => GrainFactory.GetGrain<IClusterGrain>(cluster.Id).Find(session, incarnation, timeout)));
        return finds.FirstOrDefault(find => find.Result == ClaimResult.Claimed)
            ?? finds.FirstOrDefault(find => find.Result != ClaimResult.NoServer)
            ?? ClaimOutcome.Without(ClaimResult.NoServer, "", $"no cluster of {Region} has a server of the session");
    }

    private IEnumerable<ClusterOptions> ClustersOfRegion() => system.Value.Clusters.Where(cluster => cluster.Region == Region);
}
