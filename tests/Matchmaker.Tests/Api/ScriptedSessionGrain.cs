using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Operations;
using FleetSystem.FleetModel.Placement;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.FleetModel.Waiting;
using FleetSystem.FleetModel.Zones;
using Orleans.Concurrency;

namespace FleetSystem.Matchmaker.Tests.Api;

/// <summary>What the grains behind the API do, and what they were asked.</summary>
internal sealed class Script
{
    /// <summary>Every session that was asked for: nothing may be when the request is bad.</summary>
    public ConcurrentQueue<(string Session, SessionRequest Request)> Created { get; } = new();

    /// <summary>Sessions by id, as the store would have them.</summary>
    public ConcurrentDictionary<string, SessionRecord> Sessions { get; } = new();

    /// <summary>Makes a new session what a test wants it to be.</summary>
    public ConcurrentDictionary<string, Func<SessionRecord, SessionRecord>> Outcomes { get; } = new();

    /// <summary>Makes calls to a fleet's sessions fail.</summary>
    public ConcurrentDictionary<string, Func<Exception>> Faults { get; } = new();

    /// <summary>Reports that reached a session, with the tokens that came with them.</summary>
    public ConcurrentQueue<(string Session, RouteReport Report, string JoinToken)> Reports { get; } = new();

    /// <summary>What a report with this token is answered; any other is taken.</summary>
    public ConcurrentDictionary<string, RouteReportReply> Replies { get; } = new();

    private readonly ConcurrentDictionary<string, TaskCompletionSource> _changes = new();
    private readonly ConcurrentDictionary<string, int> _reroutings = new();

    /// <summary>How often a session's routes were ordered anew.</summary>
    public int Reroutings(string session) => _reroutings.GetValueOrDefault(session);

    /// <summary>Orders a session's routes anew.</summary>
    public void Reroute(string session)
    {
        _reroutings.AddOrUpdate(session, 1, (_, count) => count + 1);
        Change(session, known => known);
    }

    public Task NextChange(string session) => _changes.GetOrAdd(session, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Change(string session, Func<SessionRecord, SessionRecord> change)
    {
        Sessions[session] = change(Sessions[session]);
        if (_changes.TryRemove(session, out var changed)) changed.SetResult();
    }
}

/// <summary>A session that is where its script says, without clusters.</summary>
[Reentrant]
internal sealed class ScriptedSessionGrain(Script script, TimeProvider time) : Grain, ISessionGrain
{
    private string Id => this.GetPrimaryKeyString();

    public Task<SessionRecord?> GetRecord() => throw new NotSupportedException();

    public Task<CreateReply> Create(SessionRequest request, string fingerprint)
    {
        script.Created.Enqueue((Id, request));
        if (script.Faults.TryGetValue(request.Fleet, out var fault)) throw fault();
        if (script.Sessions.TryGetValue(Id, out var known))
            return Task.FromResult(known.Fingerprint == fingerprint ? new CreateReply(CreateOutcome.Existing, View(known)) : new CreateReply(CreateOutcome.Conflict, null));
        var session = SessionTransitions.Create(Id, fingerprint, request, "AAAAAAAAAAAAAAAAAAAAAA==", time.GetUtcNow());
        session = script.Outcomes.TryGetValue(request.Players[0].Id, out var outcome) ? outcome(session) : SessionTransitions.Claimed(session, Server, time.GetUtcNow());
        script.Sessions[Id] = session;
        return Task.FromResult(new CreateReply(CreateOutcome.Created, View(session)));
    }

    public Task<SessionView?> Get() => Task.FromResult(script.Sessions.TryGetValue(Id, out var session) ? View(session) : null);

    public Task<SessionView?> End(string reason)
    {
        if (!script.Sessions.ContainsKey(Id)) return Task.FromResult<SessionView?>(null);
        script.Change(Id, session => SessionTransitions.Ended(session, reason, time.GetUtcNow()));
        return Get();
    }

    public async IAsyncEnumerable<SessionView> Watch(long afterSequence, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var reroutings = afterSequence > 0 ? -1 : script.Reroutings(Id);
        while (true)
        {
            var changed = script.NextChange(Id);
            var session = script.Sessions[Id];
            if (session.LastSequence > afterSequence || (reroutings != script.Reroutings(Id) && session.HoldsServer))
            {
                afterSequence = Math.Max(afterSequence, session.LastSequence);
                reroutings = script.Reroutings(Id);
                yield return View(session);
            }

            if (script.Sessions[Id].LastSequence > afterSequence) continue;
            if (session.IsClosed) yield break;
            await changed.WaitAsync(cancellationToken);
        }
    }

    public Task<RouteReportReply> ReportRoutes(RouteReport report, string joinToken)
    {
        script.Reports.Enqueue((Id, report, joinToken));
        if (!script.Sessions.ContainsKey(Id)) return Task.FromResult(new RouteReportReply(RouteReportOutcome.NoSession));
        return Task.FromResult(script.Replies.TryGetValue(joinToken, out var reply) ? reply : new RouteReportReply(RouteReportOutcome.Taken));
    }

    public Task<AddPlayersReply> AddPlayers(PlayerAddition addition)
    {
        if (!script.Sessions.TryGetValue(Id, out var session)) return Task.FromResult(new AddPlayersReply(AddPlayersOutcome.NoSession, null));
        if (session.IsClosed) return Task.FromResult(new AddPlayersReply(AddPlayersOutcome.Closed, View(session)));
        script.Change(Id, current => SessionTransitions.PlayersCame(current, addition, time.GetUtcNow()));
        return Task.FromResult(new AddPlayersReply(AddPlayersOutcome.Added, View(script.Sessions[Id])));
    }

    public Task Notice(FleetModel.Clusters.ServerNotice notice) => throw new NotSupportedException("Not the API's business.");

    public Task<bool> Claims(string cluster, string gameServer, int incarnation) => throw new NotSupportedException("Not the API's business.");

    public Task<bool> Move(SessionMove move) => throw new NotSupportedException();

    public Task Verify() => throw new NotSupportedException("Not the API's business.");

    internal static ServerBinding Server => new()
    {
        Cluster = "blue",
        Region = "ap-northeast-2",
        Zone = "ap-northeast-2b",
        Node = "node-7",
        Name = "arena-abcde-fghij",
        Address = "10.0.1.7",
        Port = 7654,
        PreferenceServed = 2,
    };

    private static SessionView View(SessionRecord session) => new(session, !session.HoldsServer ? [] :
    [
        .. session.Request.Players.Select(player => new PlayerConnection(
            player.Id,
            [
                new Route(RouteKind.Accelerator, ["75.2.0.1", "99.83.0.1"], 20_001, null),
                new Route(RouteKind.NetworkLoadBalancer, ["nlb.example"], 9000, session.RoutingToken),
                new Route(RouteKind.Direct, ["10.0.1.7"], 7654, null),
            ],
            $"token-of-{player.Id}")),
    ])
    {
        Queue = session is { State: SessionState.Pending, Wait: { } wait } ? new QueuePlace(2, 5, wait.Since) : null,
    };
}

/// <summary>A region with some servers and paths; one region never answers.</summary>
internal sealed class ScriptedRegionGrain(TimeProvider time) : Grain, IRegionGrain
{
    public Task<RegionEdgeNews> GetEdge(KnownEdge known) => throw new NotSupportedException();

    public Task NoteRoutes(string session, RouteReport report) => throw new NotSupportedException();

    public Task ForgetRoutes(string session) => throw new NotSupportedException();

    public Task NoteAllocations(IReadOnlyList<AllocationTally> tallies) => throw new NotSupportedException();

    public Task<RegionClusters> GetClusters() => throw new NotSupportedException();

    public Task<ClusterIntent> SetCluster(ClusterIntent intent) => throw new NotSupportedException();

    public Task<ClusterIntent> ResetCluster(string cluster, string reason, string by) => throw new NotSupportedException();

    public Task<PolicyImport> ImportAllocationPolicies(string cluster, string reason, string by) => throw new NotSupportedException();

    public Task NoteFreshness(string cluster, bool isStale) => throw new NotSupportedException();

    public Task<IReadOnlyList<ZoneDirective>> ReportZones(ZoneReport report) => throw new NotSupportedException();

    public Task<bool> EvacuateZone(string zone, string by, string reason) => throw new NotSupportedException();

    public Task<bool> RestoreZone(string zone, string by, string reason) => throw new NotSupportedException();

    public Task<RegionStatus> GetStatus()
    {
        var region = this.GetPrimaryKeyString();
        return region == "us-west-2"
            ? throw new SessionUnavailableException("The region is away.")
            : Task.FromResult(new RegionStatus(
                region,
                [new ZoneCapacity("arena", region + "a", 5, 2), new ZoneCapacity("arena", region + "b", 0, 7)],
                [new PathStatus(RouteKind.Accelerator, PathState.Down, time.GetUtcNow()), new PathStatus(RouteKind.Direct, PathState.Healthy, time.GetUtcNow())],
                [])
            {
                ZoneStates =
                [
                    new ZoneStatus(region + "a", ZonePhase.Healthy, 1, "", null, null),
                    new ZoneStatus(region + "b", ZonePhase.Evacuated, 0, "2 of 2 nodes are down", time.GetUtcNow(), null),
                ],
                Demand = [new FleetDemand("arena", 3)],
            });
    }
}
