using FleetSystem.FleetManager.Auditing;
using FleetSystem.FleetManager.Storage;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Operations;
using FleetSystem.FleetModel.Placement;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Zones;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace FleetSystem.FleetManager.Regions;

/// <summary>
/// One region: loads its accelerator's port mapping, keeps it in the store, gathers what is known of its clusters, and says in which order they
/// are asked and which of its zones take sessions. What is observed is never stored; what operators want (the other part of this class) is.
/// </summary>
[Reentrant, KeepAlive]
internal sealed partial class RegionGrain(
    [PersistentState(RegionGrainState.Name)] IPersistentState<RegionGrainState> store,
    [PersistentState(ServerTrafficState.Name)] IPersistentState<ServerTrafficState> openings,
    IAcceleratorControlPlane accelerators,
    IEdge edge,
    IOptions<FleetSystemOptions> system,
    IOptions<FleetManagerOptions> options,
    ZoneMetrics zoneMetrics,
    TimeProvider time,
    ILoggerFactory logs,
    ILogger<RegionGrain> log) : Grain, IRegionGrain, IRegionOperations, IDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _storing = new(1, 1);
    private readonly RegionPaths _paths = new(options.Value.PathReports, time);
    private ClusterRanking _ranking = null!;
    private RegionZones _zones = null!;
    private AuditLog _audit = null!;
    private RegionMoves _moves = null!;
    private RegionTraffic? _traffic;
    private ServerTraffic? _serverTraffic;
    private AcceleratorMapping? _mapping;
    private RegionAllocations _allocations = new(time.GetUtcNow(), []);
    private IGrainTimer? _refresh;

    private string Region => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var region = system.Value.Regions.FirstOrDefault(candidate => candidate.Id == Region)
            ?? throw new InvalidOperationException($"Region '{Region}' is not part of the configuration.");
        _ranking = new ClusterRanking(Region, system.Value, GrainFactory, time, logs.CreateLogger<ClusterRanking>());
        _audit = new AuditLog(Region, GrainFactory, time);
        _moves = new RegionMoves(Region, system.Value, options.Value, GrainFactory, time, logs.CreateLogger<RegionMoves>());
        if (region.StandardAccelerator is { } standard)
        {
            _traffic = new RegionTraffic(Region, standard, options.Value, accelerators, time, logs.CreateLogger<RegionTraffic>());
            _traffic.Want(WantedDial, store.State.Traffic);
            this.RegisterGrainTimer(_traffic.RunAsync, new GrainTimerCreationOptions(TimeSpan.Zero, RegionTraffic.Interval) { Interleave = true });
        }

        _ranking.Want(store.State.Intents, Refusal);
        this.RegisterGrainTimer(MoveAsync, new GrainTimerCreationOptions(RegionMoves.Interval, RegionMoves.Interval) { Interleave = true });
        this.RegisterGrainTimer(_ranking.RunAsync, new GrainTimerCreationOptions(TimeSpan.Zero, FirstRetry) { Interleave = true });
        this.RegisterGrainTimer(RecordVerdictsAsync, new GrainTimerCreationOptions(FirstRetry, FirstRetry) { Interleave = true });
        _zones = new RegionZones(Region, [.. region.Zones], options.Value.ZoneMonitor, zoneMetrics, time, logs.CreateLogger<RegionZones>()) { Intents = store.State.ZoneIntents };
        if (region.Accelerator is not { } accelerator) return Task.CompletedTask;
        if (store.State is { AcceleratorArn: { } key } stored && key == accelerator.Key)
            _mapping = AcceleratorMapping.Import(stored.MappingVersion, stored.Addresses, CompressedBytes.Unpack(stored.Rows), stored.Subnets);
        if (accelerator.Traffic == AcceleratorTraffic.PerServer)
        {
            _serverTraffic = new ServerTraffic(region, system.Value, options.Value, openings.State, StoreOpeningsAsync, accelerators, GrainFactory, time, logs.CreateLogger<ServerTraffic>());
            this.RegisterGrainTimer(SetServerTrafficAsync, new GrainTimerCreationOptions(TimeSpan.Zero, options.Value.ServerTraffic.Interval) { Interleave = true });
        }

        _refresh = this.RegisterGrainTimer(
            cancellation => RefreshAsync(accelerator, cancellation),
            new GrainTimerCreationOptions(TimeSpan.Zero, options.Value.MappingRefreshInterval) { Interleave = true, KeepAlive = true });
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        zoneMetrics.Forget(Region);
        return Task.CompletedTask;
    }

    public Task<RegionEdgeNews> GetEdge(KnownEdge known) => Task.FromResult(new RegionEdgeNews(_mapping?.Version > known.Mapping ? _mapping : null, _paths.Judge())
    {
        Forced = store.State.Route?.Forced(time.GetUtcNow()),
        Openings = _serverTraffic?.Openings is { } open && open.Version != known.Openings ? open : null,
    });

    public Task NoteRoutes(string session, RouteReport report)
    {
        _paths.Take(session, report);
        return Task.CompletedTask;
    }

    public Task ForgetRoutes(string session)
    {
        _paths.Forget(session);
        return Task.CompletedTask;
    }

    public Task NoteAllocations(IReadOnlyList<AllocationTally> tallies)
    {
        // Of the configuration's fleets alone: the counts of others would stay for ever.
        _allocations = _allocations.Plus(tallies.Where(tally => system.Value.Fleets.Any(fleet => fleet.Id == tally.Fleet)));
        return Task.CompletedTask;
    }

    public async Task<RegionStatus> GetStatus()
    {
        var clusters = await Task.WhenAll(system.Value.Clusters.Where(cluster => cluster.Region == Region).Select(cluster =>
            GrainFactory.GetGrain<IClusterGrain>(cluster.Id).GetStatus()));
        var zones = clusters.SelectMany(cluster => cluster.Fleets)
            .Select(capacity => capacity with { Fleet = FleetOf(capacity.Fleet) })
            .GroupBy(capacity => (capacity.Fleet, capacity.Zone))
            .Select(group => new ZoneCapacity(group.Key.Fleet, group.Key.Zone, group.Sum(capacity => capacity.Ready), group.Sum(capacity => capacity.Allocated)));
        var demand = await Task.WhenAll(system.Value.Fleets.Where(fleet => fleet.RunsIn(Region)).Select(async fleet =>
            new FleetDemand(fleet.Id, await GrainFactory.GetGrain<IFleetGrain>(FleetGrainKey.Of(Region, fleet.Id)).GetDemand())));
        return new RegionStatus(Region, [.. zones], RegionPaths.Statuses(edge.View(Region)), clusters)
        {
            Demand = demand,
            Allocations = _allocations,
            Standings = _ranking.Current.Clusters,
            Intents = store.State.Intents,
            ZoneStates = _zones.Statuses(),
            ZoneIntents = store.State.ZoneIntents,
            Moves = _moves.Tallies,
            Refusal = Refusal,
            Intent = store.State.Intent,
            Route = store.State.Route,
            Traffic = _traffic?.Status,
            ServerTraffic = _serverTraffic?.Status,
        };
    }

    public Task<RegionClusters> GetClusters() => Task.FromResult(_ranking.Current);

    public async Task<ClusterIntent> SetCluster(ClusterIntent intent) => (await WantAsync([intent], AuditKind.Cluster))[0];

    public async Task<ClusterIntent> ResetCluster(string cluster, string reason, string by) =>
        (await WantAsync([new ClusterIntent { Cluster = cluster, Reason = reason, By = by }], AuditKind.Cluster, asConfigured: true))[0];

    public async Task<PolicyImport> ImportAllocationPolicies(string cluster, string reason, string by)
    {
        var read = await GrainFactory.GetGrain<IClusterGrain>(cluster).ListAllocationPolicies();
        if (read.Policies is not { } policies) return new PolicyImport([], []) { Fault = read.Fault };
        var plan = AllocationPolicyImport.Plan(policies, [.. _ranking.Current.Clusters.Select(known => known.Cluster)]);
        if (plan.Imported.Count > 0)
            await WantAsync([.. plan.Imported.Select(policy => new ClusterIntent { Cluster = policy.Cluster, Priority = policy.Priority, Weight = policy.Weight, Reason = reason, By = by })], AuditKind.ImportedCluster);
        return plan;
    }

    public Task NoteFreshness(string cluster, bool isStale) => _ranking.NoteFreshnessAsync(cluster, isStale);

    public Task<IReadOnlyList<ZoneDirective>> ReportZones(ZoneReport report) => Task.FromResult(_zones.Report(report));

    public async Task<bool> EvacuateZone(string zone, string by, string reason) => await SetZone(new ZoneIntent(zone, Evacuate: true, by, reason, default)) is not null;

    public async Task<bool> RestoreZone(string zone, string by, string reason) => await SetZone(new ZoneIntent(zone, Evacuate: false, by, reason, default)) is not null;

    public void Dispose() => _storing.Dispose();

    /// <summary>Writes one after the other. A store that fails ends this activation: the next one reads what is there.</summary>
    private async Task StoreAsync(Action<RegionGrainState> change, CancellationToken cancellationToken)
    {
        await _storing.WaitAsync(cancellationToken);
        try
        {
            await _audit.TurnPageAsync(store.State);
            change(store.State);
            await store.WriteStateAsync(cancellationToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            DeactivateOnIdle();
            throw new SessionUnavailableException($"Region {Region} is being read again from the store: {fault.Message}", fault);
        }
        finally
        {
            _storing.Release();
        }
    }

    /// <summary>The fleet that an Agones Fleet is part of; its own name when it is part of none.</summary>
    private string FleetOf(string agonesFleet) =>
        system.Value.Fleets.FirstOrDefault(fleet => fleet.NamesInAgones.Contains(agonesFleet))?.Id ?? agonesFleet;

    private async Task RefreshAsync(AcceleratorOptions accelerator, CancellationToken cancellationToken)
    {
        try
        {
            var askedAt = time.GetUtcNow();
            var (loaded, allowed) = await accelerators.LoadAsync(accelerator, cancellationToken);
            _serverTraffic?.Observe(allowed, askedAt);
            if (_mapping is null || !_mapping.SameAs(loaded))
            {
                var next = loaded.WithVersion(store.State.MappingVersion + 1);
                await StoreAsync(state =>
                {
                    state.AcceleratorArn = accelerator.Key;
                    state.MappingVersion = next.Version;
                    state.Addresses = next.Addresses;
                    state.Rows = CompressedBytes.Pack(next.Export());
                    state.Subnets = next.Subnets;
                }, cancellationToken);
                _mapping = next;
                LogMapping(log, Region, next.Version, next.Count);
            }

            _refresh!.Change(options.Value.MappingRefreshInterval, options.Value.MappingRefreshInterval);
        }
        catch (AcceleratorUnavailableException fault)
        {
            // What is known stays in use: AWS's mapping does not change by itself.
            LogRefreshFailed(log, Region, _mapping?.Count ?? 0, fault.Message);
            if (_mapping is null) _refresh!.Change(FirstRetry, options.Value.MappingRefreshInterval);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            LogMappingNotStored(log, Region, fault);
        }
    }

    private async Task SetServerTrafficAsync(CancellationToken cancellationToken)
    {
        if (_mapping is null) return;
        try
        {
            await _serverTraffic!.RunAsync(_mapping, cancellationToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            LogServerTrafficFailed(log, Region, fault);
        }
    }

    /// <summary>A store that fails ends this activation: the next one reads what is there.</summary>
    private async Task StoreOpeningsAsync(CancellationToken cancellationToken)
    {
        try
        {
            await openings.WriteStateAsync(cancellationToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            DeactivateOnIdle();
            throw new SessionUnavailableException($"The open destinations of region {Region} are being read again from the store: {fault.Message}", fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Region {RegionId} has a new accelerator port mapping: version {Version}, {Rows} rows")]
    private static partial void LogMapping(ILogger logger, string regionId, long version, int rows);

    [LoggerMessage(Level = LogLevel.Error, Message = "A round of opening and closing destinations of region {RegionId} failed; another follows")]
    private static partial void LogServerTrafficFailed(ILogger logger, string regionId, Exception fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "The accelerator port mapping of region {RegionId} could not be stored; it is loaded again")]
    private static partial void LogMappingNotStored(ILogger logger, string regionId, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The accelerator port mapping of region {RegionId} could not be loaded; {Rows} known rows stay in use: {Reason}")]
    private static partial void LogRefreshFailed(ILogger logger, string regionId, int rows, string reason);
}
