using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Placement;
using FleetSystem.FleetModel.Waiting;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace FleetSystem.FleetManager.Fleets;

/// <summary>One fleet in one region: asks the region's clusters in their order until one has a server, and keeps the queue of those who wait for one.</summary>
[Reentrant]
internal sealed partial class FleetGrain(
    IOptions<FleetSystemOptions> system, IOptions<FleetManagerOptions> options, QueueMetrics metrics, TimeProvider time, IHostApplicationLifetime host, ILoggerFactory logs) : Grain, IFleetGrain, IDisposable
{
    // The grains of the region and its clusters answer from their memory.
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(1);

    private readonly Random _random = new(options.Value.Seed);
    private RegionClusters _clusters = new(0, []);
    private bool _told;

    private readonly ILogger _log = logs.CreateLogger<FleetGrain>();

    // Not at its deactivation alone: Orleans deactivates a grain once its calls have ended, and those who wait here may wait long.
    private readonly CancellationTokenSource _stopping = CancellationTokenSource.CreateLinkedTokenSource(host.ApplicationStopping);
    private TurnDispatcher _turns = null!;

    private string Region => FleetGrainKey.Parse(this.GetPrimaryKeyString()).Region;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var key = FleetGrainKey.Parse(this.GetPrimaryKeyString());
        var line = new WaitingLine(Fleet?.MaxWaiting ?? 0, options.Value.Waiting.TurnLimit);
        _turns = new TurnDispatcher(line, waiting => metrics.Show(key.Region, key.Fleet, waiting), CountFreeAsync, options.Value.Waiting, time, logs.CreateLogger<TurnDispatcher>(), _stopping.Token);
        _clusters = RegionClusters.Configured(system.Value, Region);
        await LearnClusters();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _stopping.Cancel();
        var (region, fleet) = FleetGrainKey.Parse(this.GetPrimaryKeyString());
        metrics.Forget(region, fleet);
        return Task.CompletedTask;
    }

    public void Dispose() => _stopping.Dispose();

    public Task SetClusters(RegionClusters clusters)
    {
        if (clusters.Version >= _clusters.Version) (_clusters, _told) = (clusters, true);
        return Task.CompletedTask;
    }

    public Task<ClaimOutcome> Claim(ServerClaim claim) => _turns.MayClaim(claim.Session, claim.Deadline)
        ? _turns.ClaimingAsync(() => ClaimInClusters(claim))
        : Task.FromResult(ClaimOutcome.Without(ClaimResult.NoServer, "", $"others wait for servers of fleet '{claim.Fleet}' in {Region}"));

    private async Task<ClaimOutcome> ClaimInClusters(ServerClaim claim)
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

    public Task<QueueReply> Enter(QueueTicket ticket) => Task.FromResult(_turns.Enter(ticket));

    public Task<QueueReply> WaitForTurn(QueueTicket ticket) => _turns.WaitForTurnAsync(ticket);

    public Task Leave(string session)
    {
        _turns.Leave(session);
        return Task.CompletedTask;
    }

    public Task<QueuePlace?> GetPlace(string session) => Task.FromResult(_turns.PlaceOf(session));

    public Task<int> GetDemand() => Task.FromResult(_turns.Demand());

    private FleetOptions? Fleet => system.Value.Fleets.FirstOrDefault(fleet => fleet.Id == FleetGrainKey.Parse(this.GetPrimaryKeyString()).Fleet);

    /// <summary>Servers of the fleet that are free, by the snapshots of the clusters that take sessions.</summary>
    private async Task<int> CountFreeAsync()
    {
        // A turn in a drained region would only be refused.
        if (_clusters.Refusal is not null) return 0;
        var names = Fleet?.NamesInAgones ?? [];
        var counts = await Task.WhenAll(_clusters.Clusters.Where(cluster => cluster.Weight > 0).Select(cluster => CountFreeAsync(cluster.Cluster, names)));

        // The snapshots do not show the places that are free on shared servers: there the first in the queue finds out by a claim.
        return Fleet?.Packing is null ? counts.Sum() : Math.Max(counts.Sum(), 1);
    }

    private async Task<int> CountFreeAsync(string cluster, IReadOnlyList<string> names)
    {
        try
        {
            var status = await GrainFactory.GetGrain<IClusterGrain>(cluster).GetStatus().WaitAsync(AnswerPatience, time);

            // What a cluster shows that is not asked cannot be claimed. One that is half-open is: a claim that it serves may close it.
            return status.Circuit.State == CircuitState.Open ? 0 : status.Fleets.Where(capacity => names.Contains(capacity.Fleet)).Sum(capacity => capacity.Ready);
        }
        catch (Exception fault)
        {
            // It moves to another silo: meanwhile the other clusters' servers find their sessions.
            LogNoStatus(_log, cluster, fault.Message);
            return 0;
        }
    }

    private async Task LearnClusters()
    {
        try
        {
            await SetClusters(await GrainFactory.GetGrain<IRegionGrain>(Region).GetClusters().WaitAsync(AnswerPatience, time));
        }
        catch (Exception fault)
        {
            LogRegionSilent(_log, Region, fault.Message);
        }
    }

    private IEnumerable<ClusterOptions> ClustersOfRegion() => system.Value.Clusters.Where(cluster => cluster.Region == Region);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cluster {ClusterId} did not say how many servers are free: {Reason}")]
    private static partial void LogNoStatus(ILogger logger, string clusterId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Region {RegionId} did not say how its clusters are to be asked; what is known holds: {Reason}")]
    private static partial void LogRegionSilent(ILogger logger, string regionId, string reason);
}
