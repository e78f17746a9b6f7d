using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Placement;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace FleetSystem.FleetManager.Fleets;

/// <summary>One fleet in one region: asks the region's clusters in their order until one has a server.</summary>
[Reentrant]
internal sealed partial class FleetGrain(
    IOptions<FleetSystemOptions> system, IOptions<FleetManagerOptions> options, TimeProvider time, ILogger<FleetGrain> log) : Grain, IFleetGrain
{
    // The region's grain answers from its memory.
    private static readonly TimeSpan RegionPatience = TimeSpan.FromSeconds(1);

    private readonly Random _random = new(options.Value.Seed);
    private RegionClusters _clusters = new(0, []);
    private bool _told;

    private string Region => FleetGrainKey.Parse(this.GetPrimaryKeyString()).Region;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _clusters = RegionClusters.Configured(system.Value, Region);
        await LearnClusters();
    }

    public Task SetClusters(RegionClusters clusters)
    {
        if (clusters.Version >= _clusters.Version) (_clusters, _told) = (clusters, true);
        return Task.CompletedTask;
    }

    public async Task<ClaimOutcome> Claim(ServerClaim claim)
    {
        // The region could not say at the start: its push or this question makes up for it, but no claim waits for either.
        if (!_told) _ = LearnClusters();
        if (_clusters.Refusal is { } refusal) return ClaimOutcome.Without(ClaimResult.NoServer, "", refusal);
        var last = ClaimOutcome.Without(ClaimResult.Unavailable, "", $"region {Region} has no cluster that takes sessions");
        var full = false;
        foreach (var cluster in ClusterOrder.Of(_clusters.Clusters.Where(cluster => !claim.Avoid.Contains(cluster.Cluster)), _random))
        {
            last = await ClaimIn(cluster.Cluster, claim);

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

    private async Task<ClaimOutcome> ClaimIn(string cluster, ServerClaim claim)
    {
        try
        {
            return await GrainFactory.GetGrain<IClusterGrain>(cluster).Claim(claim).WaitAsync(options.Value.LongestClaim, time);
        }
        catch (TimeoutException)
        {
            return ClaimOutcome.Without(ClaimResult.Unknown, cluster, $"the silo that watches cluster {cluster} did not answer in time");
        }
    }

    private async Task LearnClusters()
    {
        try
        {
            await SetClusters(await GrainFactory.GetGrain<IRegionGrain>(Region).GetClusters().WaitAsync(RegionPatience, time));
        }
        catch (Exception fault)
        {
            LogRegionSilent(log, Region, fault.Message);
        }
    }

    private IEnumerable<ClusterOptions> ClustersOfRegion() => system.Value.Clusters.Where(cluster => cluster.Region == Region);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Region {RegionId} did not say how its clusters are to be asked; what is known holds: {Reason}")]
    private static partial void LogRegionSilent(ILogger logger, string regionId, string reason);
}
