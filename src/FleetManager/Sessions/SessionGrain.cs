using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Placement;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.FleetModel.Waiting;
using FleetSystem.SiloHost;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Runtime.Placement.Filtering;

namespace FleetSystem.FleetManager.Sessions;

/// <summary>
/// One session. Every change goes through <see cref="Change"/>, which stores it before anybody sees it; one loop, <see cref="Drive"/>, does
/// what the present state calls for. Reentrant: readers never wait for an allocation.
/// </summary>
#pragma warning disable ORLEANSEXP004 // Orleans' placement by metadata; without a zone it filters nothing.
[PreferredMatchSiloMetadataPlacementFilter([SiloZone.Key], minCandidates: 1)]
#pragma warning restore ORLEANSEXP004
[Reentrant, CollectionAgeLimit(Minutes = 2)]
internal sealed partial class SessionGrain(
    [PersistentState(SessionGrainState.Name)] IPersistentState<SessionGrainState> store,
    ServerFinder finder,
    TurnWaiter turns,
    ConnectionIssuer connections,
    JoinTokenIssuer tokens,
    AllocationTallies tallies,
    IEdge edge,
    IOptions<FleetSystemOptions> system,
    IOptions<FleetManagerOptions> options,
    TimeProvider time,
    ILogger<SessionGrain> log) : Grain, ISessionGrain, ISessionHome, IDisposable
{
    private static readonly TimeSpan WaitMargin = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _storing = new(1, 1);
    private readonly Dictionary<string, (string Token, DateTimeOffset Expires)> _tokens = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _ending = new();
    private readonly List<ServerNotice> _early = [];
    private readonly ChangeSignal _changed = new();

    // Clusters in which claims of the present allocation were abandoned.
    private readonly List<string> _avoid = [];
    private readonly PlayerReports _reports = new(tokens, options.Value.PathReports, time);
    private ConnectionFollower? _follower;
    private SessionRecord? _session;
    private Task _driving = Task.CompletedTask;
    private string? _endReason;
    private string? _turn;
    private TimeSpan _rest;
    private QueuePlace? _place;
    private (ServerBinding Server, int Incarnation)? _avoided;
    private int _untaken;
    private int _reroutings;
    private bool _resumed;
    private bool _broken;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _session = store.State.Session;
        _resumed = _session is { State: SessionState.Allocating };
        Drive();
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _broken = true;
        _changed.Signal();
        _ending.Cancel();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _ending.Dispose();
        _follower?.Dispose();
        _storing.Dispose();
    }

    public async Task<CreateReply> Create(SessionRequest request, string fingerprint)
    {
        var created = false;
        if (_session is null)
        {
            await Change(session =>
            {
                // Nothing changes either when another cell was settled on.
                if (session is not null || store.State.Elsewhere is not null) return session!;
                created = true;
                return SessionTransitions.Create(this.GetPrimaryKeyString(), fingerprint, request, NewRoutingToken(), time.GetUtcNow());
            });
            Drive();
        }

        if (_session is null && store.State.Elsewhere is { } elsewhere)
        {
            return elsewhere.Fingerprint == fingerprint
                ? new CreateReply(CreateOutcome.Elsewhere, null) { Cell = elsewhere.Cell }
                : new CreateReply(CreateOutcome.Conflict, null);
        }

        if (_session!.Fingerprint != fingerprint) return new CreateReply(CreateOutcome.Conflict, null);
        while (!IsWhereTheCallerWaitsFor(_session!)) await NextChange();
        return new CreateReply(created ? CreateOutcome.Created : CreateOutcome.Existing, View(_session!));
    }

    public async Task<SessionView?> Get()
    {
        if (_session is { State: SessionState.Pending } waiting) _place = await turns.PlaceAsync(waiting) ?? _place;
        return _session is null ? null : View(_session);
    }

    public Task<SessionRecord?> GetRecord() => Task.FromResult(_session);

    public async Task<SessionView?> End(string reason)
    {
        if (_session is null) return null;
        if (_session.State is SessionState.Pending or SessionState.Allocating or SessionState.Lost)
        {
            // A claim may be on its way: the loop learns its outcome, gives the server back and closes the session.
            _endReason ??= reason;
            _ending.Cancel();
            Drive();
            while (!_session.IsClosed) await NextChange();
        }
        else
        {
            await Close(session => SessionTransitions.Ended(session, reason, time.GetUtcNow()));
        }

        return View(_session);
    }

    public async IAsyncEnumerable<SessionView> Watch(long afterSequence, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // Whoever goes on after an event may have missed how its routes were ordered since.
        var reroutings = afterSequence > 0 ? -1 : _reroutings;
        using var following = FollowConnections();
        while (_session is { } session && !_broken)
        {
            if (session.LastSequence > afterSequence)
            {
                afterSequence = session.LastSequence;
                reroutings = _reroutings;
                yield return View(session);
            }
            else if (session.IsClosed)
            {
                yield break;
            }
            else if (reroutings != _reroutings && session.HoldsServer)
            {
                reroutings = _reroutings;
                yield return View(session);
            }
            else
            {
                await _changed.NextAsync(cancellationToken);
            }
        }
    }

    public async Task<RouteReportReply> ReportRoutes(RouteReport report, string joinToken)
    {
        if (_session is null) return new RouteReportReply(RouteReportOutcome.NoSession);
        var reply = await _reports.TakeAsync(_session, report, joinToken);

        // What a player tells of a server that is gone counts for nothing.
        if (reply.Outcome == RouteReportOutcome.Taken && _session is { HoldsServer: true, Server: { } server })
            await GrainFactory.GetGrain<IRegionGrain>(server.Region).NoteRoutes(_session.Id, report);
        return reply;
    }

    public async Task Notice(ServerNotice notice)
    {
        if (_session is not { } session || notice.Incarnation != session.Incarnation) return;
        if (session.State == SessionState.Allocating)
        {
            // The informer can be faster than the allocation's answer.
            if (_early.Count < SessionTransitions.MaxEvents) _early.Add(notice);
            return;
        }

        if (!session.HoldsServer || session.Server!.Name != notice.GameServer || session.Server.Cluster != notice.Cluster) return;
        switch (notice.Kind)
        {
            case ServerNoticeKind.Acknowledged:
                if (await Change(current => SessionTransitions.Acknowledged(current!, notice.Incarnation, time.GetUtcNow()))) _untaken = 0;
                break;
            case ServerNoticeKind.Shutdown:
                await Close(current => SessionTransitions.Ended(current, "the game server ended the session", time.GetUtcNow()));
                break;
            case ServerNoticeKind.Lost:
                await LoseServer(notice.Incarnation, notice.Reason);
                Drive();
                break;
            case ServerNoticeKind.BackfillAsked:
                await AskForPlayers(session, notice);
                break;
            case ServerNoticeKind.BackfillWithdrawn:
                await WithdrawWish(session, notice);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(notice), notice.Kind, "No such kind of notice.");
        }
    }

    public Task<bool> Claims(string cluster, string gameServer, int incarnation) => Task.FromResult(_session switch
    {
        { State: SessionState.Allocating } session => session.Incarnation == incarnation,
        { HoldsServer: true, Server: { } server } session => session.Incarnation == incarnation && server.Name == gameServer && server.Cluster == cluster,
        _ => false,
    });

    public async Task<bool> Move(SessionMove move)
    {
        if (_session is not { HoldsServer: true, Server: { } server } session || session.Incarnation != move.Incarnation) return false;
        if (server.Name != move.GameServer || server.Cluster != move.Cluster) return false;
        if (FleetOf(session) is not { } fleet || !SessionRelocation.IsPossible(system.Value, fleet, session.Request, server, move.Regions)) return false;
        await LoseServer(move.Incarnation, move.Reason, isMove: true);
        Drive();
        return true;
    }

    public async Task Verify()
    {
        if (_session is not { IsClosed: false } session) return;
        if (time.GetUtcNow() >= session.ExpiresAt)
        {
            await End("the session's lifetime is over");
            return;
        }

        if (session is { HoldsServer: true, Server: { } server })
        {
            var sighting = await GrainFactory.GetGrain<IClusterGrain>(server.Cluster).Sight(server.Name, session.Id, session.Incarnation);
            ServerNoticeKind? kind = sighting switch
            {
                ServerSighting.Acknowledged => ServerNoticeKind.Acknowledged,
                ServerSighting.Shutdown => ServerNoticeKind.Shutdown,
                ServerSighting.Lost => ServerNoticeKind.Lost,
                _ => null,
            };
            if (kind is { } seen) await Notice(new ServerNotice(session.Id, session.Incarnation, server.Cluster, server.Name, seen, "its server is not there any more"));
        }

        Drive();
    }

    /// <summary>Starts the loop unless it runs.</summary>
    private void Drive()
    {
        if (_driving.IsCompleted) _driving = DriveAsync();
    }

    private async Task DriveAsync()
    {
        try
        {
            while (_session is { } session && !_broken)
            {
                switch (session.State)
                {
                    case SessionState.Allocating:
                        await ClaimServer(session);
                        break;
                    case SessionState.Pending:
                        await AwaitTurn(session);
                        break;
                    case SessionState.Lost when _endReason is not null:
                        await Change(current => SessionTransitions.Ended(current!, _endReason, time.GetUtcNow()));
                        break;
                    case SessionState.Lost when Policy(session) == LostServerPolicy.Fail:
                        await Change(current => SessionTransitions.Failed(current!, ErrorCodes.ServerLost, "Its server was lost, and the fleet does not replace servers.", time.GetUtcNow()));
                        break;
                    case SessionState.Lost:
                        await Change(current => current!.State == SessionState.Lost ? SessionTransitions.Replacing(current, NewRoutingToken(), time.GetUtcNow()) : current);
                        break;
                    case SessionState.Allocated when session.Request.WaitFor == WaitFor.Playable:
                        await AwaitPlayable(session);
                        break;
                    default:
                        return;
                }
            }
        }
        catch (Exception fault)
        {
            // The sweep tries again; until then the session stays as it is in the store.
            LogDriveFailed(log, this.GetPrimaryKeyString(), fault);
        }
    }

    private async Task ClaimServer(SessionRecord session)
    {
        // Should this fail half-way, nobody knows whether a server was claimed: then the next try looks for the tag first.
        var resumed = _resumed;
        _resumed = true;
        var turn = _turn;
        _turn = null;
        var (server, failure, abandoned) = await finder.FindAsync(session, resumed, [.. _avoid], turn, new Random(HashCode(session)), _ending.Token);
        _resumed = false;
        if (_endReason is { } reason)
        {
            ReleaseAvoided();
            if (server is not null) await Release(server, session.Incarnation);
            await Change(current => SessionTransitions.Ended(current!, reason, time.GetUtcNow()));
            _early.Clear();
            return;
        }

        if (abandoned is not null && time.GetUtcNow() < session.AllocationDeadline)
        {
            await Abandon(session, abandoned);
            return;
        }

        ReleaseAvoided();
        failure ??= abandoned is null ? null : new SessionFailure(ErrorCodes.AllocationFailed, $"No server could be claimed until the deadline: {abandoned.Reason}");
        _avoid.Clear();
        if (server is null && failure is null)
        {
            // Nothing was claimed: whatever was noticed is of no server of this session.
            _early.Clear();
            _rest = turn is null ? TimeSpan.Zero : options.Value.Waiting.FailedTurnRest;
            await StartWaiting(session);
            return;
        }

        var changed = await Change(current => current is not { State: SessionState.Allocating } ? current!
            : server is null ? SessionTransitions.Failed(current, failure!.Code, failure.Message, time.GetUtcNow())
            : SessionTransitions.Claimed(current, server, time.GetUtcNow()));
        if (!changed && server is not null) await Release(server, session.Incarnation);
        var early = _early.ToList();
        _early.Clear();
        foreach (var notice in early) await Notice(notice);
    }

    private async Task StartWaiting(SessionRecord session)
    {
        var queue = await turns.EnterAsync(session);
        _place = queue?.Place ?? _place;
        await Change(current => current is not { State: SessionState.Allocating } ? current!
            : queue is { } found ? SessionTransitions.Waiting(current, found.Region, time.GetUtcNow())
            : SessionTransitions.Failed(current, ErrorCodes.QueueFull, "No server is free, and as many sessions wait for one as may.", time.GetUtcNow()));
    }

    private async Task AwaitTurn(SessionRecord session)
    {
        // No call keeps this activation while it waits.
        DelayDeactivation(session.AllocationDeadline - time.GetUtcNow() + WaitMargin);
        var region = _endReason is null ? await turns.WaitAsync(session, _rest, _ending.Token) : null;
        if (_broken) return;
        _turn = region;
        await Change(current => current is not { State: SessionState.Pending } ? current!
            : _endReason is { } reason ? SessionTransitions.Ended(current, reason, time.GetUtcNow())
            : region is not null ? SessionTransitions.TurnCame(current, time.GetUtcNow())
            : SessionTransitions.Failed(current, ErrorCodes.NoCapacity, $"No server of fleet '{session.Request.Fleet}' got free until the deadline.", time.GetUtcNow()));
    }

    /// <summary>Goes on under the next incarnation: in the store before anything is claimed for it.</summary>
    private async Task Abandon(SessionRecord session, ClaimOutcome claim)
    {
        var reason = claim.Cluster.Length > 0 ? $"cluster {claim.Cluster} did not give a clear answer in time; another server is looked for" : "the allocation was interrupted; another server is looked for";
        if (claim.Cluster.Length > 0 && !_avoid.Contains(claim.Cluster)) _avoid.Add(claim.Cluster);
        _early.Clear();
        await Change(current => current is { State: SessionState.Allocating } && current.Incarnation == session.Incarnation ? SessionTransitions.ClaimAbandoned(current, NewRoutingToken(), reason, time.GetUtcNow()) : current!);
        LogClaimAbandoned(log, session.Id, session.Incarnation, claim.Cluster, claim.Reason);
    }

    private async Task AwaitPlayable(SessionRecord session)
    {
        var limit = FleetOf(session)?.PlayableDeadline ?? session.Request.Deadline;
        using var late = new CancellationTokenSource(limit, time);
        while (_session is { State: SessionState.Allocated } current && current.Incarnation == session.Incarnation && !_broken)
        {
            if (!late.IsCancellationRequested)
            {
                await _changed.NextAsync(late.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                continue;
            }

            if (current.Server is { } untaken) _ = NoteNotTakenUp(untaken);

            // The acknowledgement may be on its way into the store: then it has come in time.
            if (++_untaken >= SessionTransitions.MaxUntakenServers)
                await Close(held => held.State == SessionState.Allocated ? SessionTransitions.Failed(held, ErrorCodes.NotPlayable, $"No server took the session up within {limit.TotalSeconds:0.#} s each.", time.GetUtcNow()) : held);
            else
                await LoseServer(session.Incarnation, $"the server did not take the session up within {limit.TotalSeconds:0.#} s", held => held.State == SessionState.Allocated);
            return;
        }
    }

    private async Task LoseServer(int incarnation, string reason, Func<SessionRecord, bool>? only = null, bool isMove = false)
    {
        if (_session is not { HoldsServer: true, Server: { } server } session || session.Incarnation != incarnation) return;
        var lost = await Change(current => only?.Invoke(current!) == false ? current! : SessionTransitions.ServerLost(current!, incarnation, reason, time.GetUtcNow()));
        if (!lost) return;
        tallies.ServerLeft(server.Region, session.Request.Fleet, isMove);
        LogServerLost(log, session.Id, server.Name, server.Cluster, reason);

        // One that goes on with other sessions is kept marked until this one has another: an allocation avoids those that still bear it.
        if (FleetOf(session)?.Packing is not null && only is not null) _avoided = (server, incarnation);

        // Not waited for: what is left of a lost server must not hold up its replacement.
        else _ = Release(server, incarnation);
    }

    private void ReleaseAvoided()
    {
        if (_avoided is not { } avoided) return;
        _avoided = null;
        _ = Release(avoided.Server, avoided.Incarnation);
    }

    private async Task Close(Func<SessionRecord, SessionRecord> transition)
    {
        SessionRecord? before = null;
        var closed = await Change(current => transition(before = current!));
        if (closed && before is { HoldsServer: true, Server: { } held }) await Release(held, before.Incarnation);
    }

    /// <summary>Helps to judge the server's zone; nothing depends on it.</summary>
    private async Task NoteNotTakenUp(ServerBinding server)
    {
        try
        {
            await GrainFactory.GetGrain<IClusterGrain>(server.Cluster).NoteNotTakenUp(server.Name);
        }
        catch (Exception fault)
        {
            LogNoteFailed(log, this.GetPrimaryKeyString(), server.Name, server.Cluster, fault);
        }
    }

    private async Task Release(ServerBinding server, int incarnation)
    {
        try
        {
            await GrainFactory.GetGrain<IClusterGrain>(server.Cluster).Release(server.Name, this.GetPrimaryKeyString(), incarnation);
        }
        catch (Exception fault)
        {
            // The cluster's reconciler gives back what no session claims.
            LogReleaseFailed(log, this.GetPrimaryKeyString(), server.Name, server.Cluster, fault);
        }
    }

    /// <summary>Stores the next record; only then is it the session. A store that fails breaks this activation: the next one reads what is there.</summary>
    /// <returns>Whether anything changed.</returns>
    private async Task<bool> Change(Func<SessionRecord?, SessionRecord> transition)
    {
        await _storing.WaitAsync();
        try
        {
            if (_broken) throw Unavailable();
            var next = transition(_session);
            if (ReferenceEquals(next, _session)) return false;
            await Store(next);
            var before = _session;
            _session = next;

            // What was kept until a claim is answered is of no more use; a notice may have come while this was being stored.
            if (next.IsClosed) _early.Clear();
            if (next.IsClosed && before is { IsClosed: false }) TellQueueOfEnd(next);
            if (before is { HoldsServer: true, Server: { } server } && !next.HoldsServer) ForgetReports(server.Region);
            return true;
        }
        finally
        {
            _storing.Release();
            _changed.Signal();
        }
    }

    private async Task Store(SessionRecord next)
    {
        try
        {
            store.State.Session = next;
            store.State.ExpiresAt = next.ClosedAt + options.Value.ClosedSessionRetention;
            await store.WriteStateAsync();
        }
        catch (Exception fault)
        {
            _broken = true;
            DeactivateOnIdle();
            throw Unavailable(fault);
        }
    }

    private async Task NextChange()
    {
        if (!_broken) await _changed.NextAsync();
        if (_broken) throw Unavailable();
    }

    private SessionUnavailableException Unavailable(Exception? fault = null) =>
        new($"Session {this.GetPrimaryKeyString()} is being read again from the store{(fault is null ? "" : $": {fault.Message}")}", fault);

    private SessionView View(SessionRecord session)
    {
        var issued = connections.Issue(session, _tokens);
        return new(session, _reports.Any ? [.. issued.Select(connection => connection with { CurrentRoute = _reports.CurrentOf(connection.PlayerId) })] : issued)
        {
            Queue = session.State == SessionState.Pending ? _place : null,
        };
    }

    private IDisposable FollowConnections()
    {
        _follower ??= new ConnectionFollower(
            edge,
            () => _session is null ? [] : connections.Routes(_session),
            () => _session is null ? null : connections.RenewIn(_session, _tokens),
            Rerouted,
            options.Value.RoutesChangedJitter,
            new Random(HashCode(this.GetPrimaryKeyString())),
            time);
        return _follower.Follow();
    }

    private void Rerouted()
    {
        _reroutings++;
        _changed.Signal();
    }

    private void ForgetReports(string region)
    {
        if (!_reports.Any) return;
        _reports.Clear();
        GrainFactory.GetGrain<IRegionGrain>(region).ForgetRoutes(this.GetPrimaryKeyString()).Ignore();
    }

    private FleetOptions? FleetOf(SessionRecord session) => system.Value.Fleets.FirstOrDefault(fleet => fleet.Id == session.Request.Fleet);

    private LostServerPolicy Policy(SessionRecord session) => FleetOf(session)?.LostServer ?? LostServerPolicy.Fail;

    private static bool IsWhereTheCallerWaitsFor(SessionRecord session) => session.IsClosed || session.State switch
    {
        // What comes of it is told by its events: a caller is not kept waiting for as long as a queue may take.
        SessionState.Pending => true,
        SessionState.Playable => true,
        SessionState.Allocated => session.Request.WaitFor == WaitFor.Allocated,
        _ => false,
    };

    private static int HashCode(SessionRecord session) => HashCode($"{session.Id}/{session.Incarnation}");

    private static int HashCode(string text) => BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string NewRoutingToken() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(RoutingToken.Bytes));

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {SessionId} lost server {GameServerName} in cluster {ClusterId}: {Reason}")]
    private static partial void LogServerLost(ILogger logger, string sessionId, string gameServerName, string clusterId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {SessionId} abandoned the claim of incarnation {Incarnation} in cluster {ClusterId}, which the reconciler settles: {Reason}")]
    private static partial void LogClaimAbandoned(ILogger logger, string sessionId, int incarnation, string clusterId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {SessionId} could not give back server {GameServerName} in cluster {ClusterId}; the reconciler will")]
    private static partial void LogReleaseFailed(ILogger logger, string sessionId, string gameServerName, string clusterId, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {SessionId} could not tell cluster {ClusterId} that server {GameServerName} did not take it up")]
    private static partial void LogNoteFailed(ILogger logger, string sessionId, string gameServerName, string clusterId, Exception fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "Session {SessionId} could not go on; it is looked at again at the next sweep")]
    private static partial void LogDriveFailed(ILogger logger, string sessionId, Exception fault);
}
