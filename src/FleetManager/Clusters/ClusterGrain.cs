using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Sizing;
using FleetSystem.FleetModel.Zones;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace FleetSystem.FleetManager.Clusters;

/// <summary>
/// One cluster: keeps its state from the informer, claims and gives back servers, and tells sessions what happens to theirs. An observation
/// writes nothing: labels, routes and orphans are seen to by loops over the state.
/// </summary>
[Reentrant, KeepAlive]
internal sealed partial class ClusterGrain(
    IAgonesClusterFactory factory,
    IOptions<FleetSystemOptions> system,
    IOptions<FleetManagerOptions> options,
    ClusterMetrics metrics,
    IEdge edge,
    TimeProvider time,
    ILoggerFactory logs) : Grain, IClusterGrain, IDisposable
{
    // How exactly a probe's time is kept.
    private static readonly TimeSpan ProbeCheckInterval = TimeSpan.FromMilliseconds(100);

    // Below the time after which a grain call is given up.
    private static readonly TimeSpan SyncPatience = TimeSpan.FromSeconds(10);

    // How long a region may go by a freshness that has changed, and how often it is told what has not: its grain may have moved.
    private static readonly TimeSpan FreshnessInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan FreshnessReminder = TimeSpan.FromSeconds(10);

    private readonly ILogger _log = logs.CreateLogger<ClusterGrain>();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ClusterState _state = new(options.Value.NodeInterruption);
    private readonly TaskCompletionSource _synced = new();
    private IAgonesCluster _cluster = null!;
    private ClusterBreaker _breaker = null!;
    private ZoneEvidence _evidence = null!;
    private SharedServers _shared = null!;
    private SessionServers _sessions = null!;
    private ServerClaimer _claimer = null!;
    private DirectorClaimer _directors = null!;
    private ZoneReporter _reporter = null!;
    private ZoneLabeller _labeller = null!;
    private RouteAnnouncer _announcer = null!;
    private OrphanReconciler _orphans = null!;
    private FleetSizes _sizes = null!;
    private DateTimeOffset? _staleSince;
    private (bool IsStale, DateTimeOffset At)? _regionTold;

    private string Id => this.GetPrimaryKeyString();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var cluster = system.Value.Clusters.FirstOrDefault(candidate => candidate.Id == Id)
            ?? throw new InvalidOperationException($"Cluster '{Id}' is not part of the configuration.");
        var zones = system.Value.Regions.First(region => region.Id == cluster.Region).Zones;
        _cluster = factory.Connect(Id);
        _breaker = new ClusterBreaker(Id, _cluster, options.Value.Circuit, options.Value.Seed, metrics, time, logs.CreateLogger<ClusterBreaker>());
        var editor = new ServerEditor(Id, _cluster, new Random(options.Value.Seed), time);
        _shared = new SharedServers(Id, editor, _state, system.Value.Fleets, time, logs.CreateLogger<SharedServers>());
        _evidence = new ZoneEvidence([.. zones], options.Value.ZoneMonitor.Window);
        var calls = new ClusterCalls(Id, _cluster, _state, _breaker, options.Value, time, logs.CreateLogger<ClusterCalls>());
        _sessions = new SessionServers(Id, editor, calls, _cluster, logs.CreateLogger<SessionServers>());
        _claimer = new ServerClaimer(Id, [.. zones], _cluster, _shared, _state, _evidence, calls, options.Value, metrics, time, logs.CreateLogger<ServerClaimer>());
        _directors = new DirectorClaimer(Id, _cluster, calls, _state, _evidence, () => _claimer.Admission, options.Value, time, logs.CreateLogger<DirectorClaimer>());
        _reporter = new ZoneReporter(Id, cluster.Region, GrainFactory, _state, _evidence, _claimer, options.Value.ZoneMonitor, time, logs.CreateLogger<ZoneReporter>());
        _labeller = new ZoneLabeller(Id, _cluster, _state, options.Value.LabelBatch, logs.CreateLogger<ZoneLabeller>());
        _announcer = new RouteAnnouncer(Id, cluster.Region, _cluster, _state, edge, [.. system.Value.Fleets], options.Value.RouteAnnouncementBatch, logs.CreateLogger<RouteAnnouncer>());
        _orphans = new OrphanReconciler(Id, _cluster, _shared, _state, GrainFactory, options.Value.OrphanGrace, time, logs.CreateLogger<OrphanReconciler>());
        _sizes = new FleetSizes(Id, cluster.Region, _cluster, GrainFactory, [.. system.Value.Fleets], options.Value.MaxFleetReplicas, metrics, new Random(options.Value.Seed), time, logs.CreateLogger<FleetSizes>());

        _ = Watch();
        this.RegisterGrainTimer(_ => Show(), new GrainTimerCreationOptions(FreshnessInterval, FreshnessInterval) { Interleave = true });
        this.RegisterGrainTimer(_ => TellRegion(cluster.Region), new GrainTimerCreationOptions(FreshnessInterval, FreshnessInterval) { Interleave = true });
        this.RegisterGrainTimer(_breaker.RunAsync, new GrainTimerCreationOptions(ProbeCheckInterval, ProbeCheckInterval) { Interleave = true });
        var reports = options.Value.ZoneMonitor.ReportInterval;
        this.RegisterGrainTimer(_ => _reporter.RunAsync(), new GrainTimerCreationOptions(TimeSpan.Zero, reports) { Interleave = true });
        this.RegisterGrainTimer(_labeller.RunAsync, new GrainTimerCreationOptions(options.Value.LabelInterval, options.Value.LabelInterval) { Interleave = true });
        this.RegisterGrainTimer(_announcer.RunAsync, new GrainTimerCreationOptions(options.Value.RouteAnnouncementInterval, options.Value.RouteAnnouncementInterval) { Interleave = true });
        this.RegisterGrainTimer(_orphans.RunAsync, new GrainTimerCreationOptions(options.Value.OrphanGrace, options.Value.OrphanGrace / 2) { Interleave = true });
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _stopping.Cancel();
        await _cluster.DisposeAsync();
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _breaker?.Dispose();
    }

    public Task KeepWatching() => Task.CompletedTask;

    public Task<ClaimOutcome> Claim(ServerClaim claim) => _claimer.ClaimAsync(claim, _stopping.Token);

    public Task<ClaimOutcome> Find(string session, int incarnation, TimeSpan timeout) =>
        _claimer.FindAsync(session, incarnation, timeout, _stopping.Token);

    public Task<DirectorOutcome> ClaimForDirector(DirectorClaim claim) => _directors.ClaimAsync(claim, _stopping.Token);

    public Task<DirectorOutcome> FindForDirector(string tag, TimeSpan timeout) => _directors.FindAsync(tag, timeout, _stopping.Token);

    public async Task Release(string gameServer, string session, int incarnation)
    {
        // Only what is still the session's: the name may be another's by now.
        if (!_state.MayRelease(gameServer, session, incarnation)) return;
        var released = _shared.MayBeShared(gameServer, session, incarnation)
            ? await _shared.ReleaseAsync(gameServer, session, incarnation, _stopping.Token)
            : await _cluster.DeleteAsync(gameServer, _state.Find(gameServer)?.Uid ?? "", _stopping.Token);
        if (released) LogReleased(_log, gameServer, Id, session);
    }

    public Task<bool> SetGameData(string gameServer, string session, int incarnation, string gameData) =>
        _sessions.SetGameDataAsync(gameServer, session, incarnation, gameData, _stopping.Token);

    public Task NoteNotTakenUp(string gameServer)
    {
        if (_state.Find(gameServer) is { } server) _evidence.NotTakenUp(_state.ZoneOf(server.Node), time.GetUtcNow());
        return Task.CompletedTask;
    }

    public async Task<ServerSighting> Sight(string gameServer, string session, int incarnation)
    {
        // Right after a start the answer is moments away, and a session whose server vanished meanwhile should not wait for the next sweep.
        await _synced.Task.WaitAsync(SyncPatience, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return _state.Sight(gameServer, session, incarnation);
    }

    public async Task<AllocationPolicyList> ListAllocationPolicies()
    {
        try
        {
            return new AllocationPolicyList(await _cluster.ListAllocationPoliciesAsync(_stopping.Token), "");
        }
        catch (ClusterUnreachableException fault)
        {
            return new AllocationPolicyList(null, fault.Message);
        }
    }

    public Task<IReadOnlyList<HostedSession>> ListSessions(string? zone, string after, int most) => Task.FromResult(_state.SessionsIn(zone, after, most));

    public Task<ServerPage> ListServers(ServerQuery query) => Task.FromResult(_state.ServersOf(query));

    public Task<FleetSizeList> ListFleetSizes() => _sizes.ReadAsync(_stopping.Token);

    public Task<FleetSizeOutcome> SetFleetSize(FleetSizeWish wish) => _sizes.SetAsync(wish, _stopping.Token);

    public Task<NodePage> ListNodes(NodeQuery query) => Task.FromResult(_state.NodesOf(query));

    public Task<IReadOnlyList<RoutableServer>?> ListRoutable() => Task.FromResult(_state.Synced ? RoutableServer.In(Id, _state, system.Value.Fleets) : null);

    public Task<ClusterStatus> GetStatus() => Task.FromResult(new ClusterStatus(Id, _state.Synced, _staleSince, _state.Capacity()) { Circuit = _breaker.Status, ZoneDirectives = _claimer.Admission.Directives, Servers = _state.Counts() });

    /// <summary>Runs on the grain's scheduler: nothing else touches the state at the same time.</summary>
    private async Task Watch()
    {
        try
        {
            await foreach (var change in _cluster.WatchAsync(_stopping.Token))
            {
                var excluded = _state.ExcludedNodes;
                _evidence.Observe(_state, change, time.GetUtcNow());
                foreach (var seen in _state.Apply(change)) _ = Tell(seen);

                // A zone's failure is not to wait for the next report.
                if (!ReferenceEquals(excluded, _state.ExcludedNodes)) _ = _reporter.RunAsync();
                _staleSince = _state.LostSources.Count == 0 ? null : _staleSince ?? time.GetUtcNow();
                if (_state.Synced) _synced.TrySetResult();
            }

            if (!_stopping.IsCancellationRequested) throw new InvalidOperationException("The watch came to an end by itself.");
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The activation ends.
        }
        catch (Exception fault)
        {
            // The keeper of some silo activates the grain again within a second.
            LogWatchFailed(_log, Id, fault);
            DeactivateOnIdle();
        }
    }

    private Task Show()
    {
        metrics.Show(Id, new ClusterReading(_staleSince is { } since ? time.GetUtcNow() - since : TimeSpan.Zero, _orphans.Unclaimed, _state.Capacity()));
        return Task.CompletedTask;
    }

    private async Task TellRegion(string region)
    {
        var now = time.GetUtcNow();
        var isStale = _staleSince is not null;
        if (_regionTold is { } told && told.IsStale == isStale && now - told.At < FreshnessReminder) return;
        try
        {
            await GrainFactory.GetGrain<IRegionGrain>(region).NoteFreshness(Id, isStale);
            _regionTold = (isStale, now);
        }
        catch (Exception fault)
        {
            LogRegionNotTold(_log, Id, region, fault.Message);
        }
    }

    private async Task Tell(ServerObservation seen)
    {
        var (server, session) = (seen.Server, seen.Session);
        try
        {
            var notice = new ServerNotice(session.Session, session.Incarnation, Id, server.Name, seen.Kind, seen.Reason) { Backfill = session.Backfill };
            if (seen.Kind == ServerNoticeKind.BackfillAsked)
            {
                var (isKnown, players) = await _sessions.ReadPlayersAsync(server.Name, _stopping.Token);
                if (!isKnown) return;
                notice = notice with { Players = players };
            }

            await GrainFactory.GetGrain<ISessionGrain>(session.Session).Notice(notice);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The activation ends; the next one sees the same.
        }
        catch (Exception fault)
        {
            // The session sweep finds out by itself.
            LogNoticeFailed(_log, session.Session, server.Name, Id, fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Server {GameServerName} of cluster {ClusterId} was given back by session {SessionId}")]
    private static partial void LogReleased(ILogger logger, string gameServerName, string clusterId, string sessionId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cluster {ClusterId} could not tell region {RegionId} how fresh its snapshot is; it tries again: {Reason}")]
    private static partial void LogRegionNotTold(ILogger logger, string clusterId, string regionId, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The watch of cluster {ClusterId} ended; it starts again")]
    private static partial void LogWatchFailed(ILogger logger, string clusterId, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {SessionId} could not be told about server {GameServerName} of cluster {ClusterId}; the sweep will")]
    private static partial void LogNoticeFailed(ILogger logger, string sessionId, string gameServerName, string clusterId, Exception fault);
}
