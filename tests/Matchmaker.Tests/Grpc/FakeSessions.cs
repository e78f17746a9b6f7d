using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.FleetModel.Waiting;
using FleetSystem.Matchmaker.Tests.Tickets;

namespace FleetSystem.Matchmaker.Tests.Grpc;

/// <summary>Sessions in memory in place of the grains: each is claimed at once, unless it is to fail.</summary>
internal sealed class FakeSessions
{
    private readonly ConcurrentDictionary<string, FakeSession> _sessions = new(StringComparer.Ordinal);

    /// <summary>The matchmaking queue <c>duel</c>.</summary>
    public FakeQueue Duel { get; } = new();

    /// <summary>Thrown by every call, when set.</summary>
    public Exception? Broken { get; set; }

    /// <summary>What a creation of this fleet waits for.</summary>
    public ConcurrentDictionary<string, Task> Holding { get; } = new();

    /// <summary>Creations that have begun to wait.</summary>
    public int Held;

    /// <summary>What every new session fails with, when set.</summary>
    public SessionFailure? Failing { get; set; }

    /// <summary>Where every new session waits, when set.</summary>
    public QueuePlace? Queue { get; set; }

    /// <summary>Requests that reached a session, in order.</summary>
    public ConcurrentQueue<SessionRequest> Requests { get; } = new();

    /// <summary>Reports that reached a session, in order.</summary>
    public ConcurrentQueue<(string Session, RouteReport Report, string Token)> Reports { get; } = new();

    /// <summary>What every report is answered with.</summary>
    public RouteReportReply ReportReply { get; set; } = new(RouteReportOutcome.Taken);

    public FakeSession Of(string id) => _sessions.GetOrAdd(id, key => new FakeSession(key, this));

    public IGrainFactory AsGrains()
    {
        var factory = DispatchProxy.Create<IGrainFactory, Factory>();
        ((Factory)(object)factory).Sessions = this;
        return factory;
    }

    internal class Factory : DispatchProxy
    {
        internal FakeSessions Sessions { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod is { Name: nameof(IGrainFactory.GetGrain), ReturnType: var type } ? Of(type, args![0]) : throw new NotSupportedException($"{targetMethod}");

        private object Of(Type type, object? key) =>
            type == typeof(ISessionGrain) ? Sessions.Of((string)key!)
            : type == typeof(IMatchmakingQueueGrain) && key is "duel" ? Sessions.Duel
            : throw new NotSupportedException($"{type} {key}");
    }
}

internal sealed class FakeSession(string id, FakeSessions owner) : ISessionGrain
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly Lock _lock = new();
    private SessionRecord? _record;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<SessionRecord?> GetRecord() => throw new NotSupportedException();

    public async Task<CreateReply> Create(SessionRequest request, string fingerprint)
    {
        if (owner.Holding.TryGetValue(request.Fleet, out var held))
        {
            Interlocked.Increment(ref owner.Held);
            await held;
        }

        return await CreateNow(request, fingerprint);
    }

    private Task<CreateReply> CreateNow(SessionRequest request, string fingerprint)
    {
        if (owner.Broken is { } fault) return Task.FromException<CreateReply>(fault);
        lock (_lock)
        {
            if (_record is not null) return Task.FromResult(_record.Fingerprint == fingerprint ? new CreateReply(CreateOutcome.Existing, View()) : new CreateReply(CreateOutcome.Conflict, null));
            owner.Requests.Enqueue(request);
            _record = new SessionRecord { Id = id, Fingerprint = fingerprint, Request = request, RoutingToken = "AAAAAAAAAAAAAAAAAAAAAA==", CreatedAt = Start, ExpiresAt = Start.AddHours(2) };
            if (owner.Failing is { } failure) Become(SessionState.Failed, null, record => record with { Failure = failure });
            else if (owner.Queue is not null) Become(SessionState.Pending, null);
            else Become(SessionState.Allocated, null, record => record with { Server = Server });
            return Task.FromResult(new CreateReply(CreateOutcome.Created, View()));
        }
    }

    public Task<SessionView?> Get()
    {
        if (owner.Broken is { } fault) return Task.FromException<SessionView?>(fault);
        lock (_lock) return Task.FromResult(_record is null ? null : View());
    }

    public Task<SessionView?> End(string reason)
    {
        lock (_lock)
        {
            if (_record is not null) Become(SessionState.Ended, reason);
            return Task.FromResult(_record is null ? null : View());
        }
    }

    public Task<AddPlayersReply> AddPlayers(PlayerAddition addition) => throw new NotSupportedException("Not the API's business.");

    public void Become(SessionState state, string? reason, Func<SessionRecord, SessionRecord>? change = null)
    {
        lock (_lock)
        {
            var record = change is null ? _record! : change(_record!);
            _record = record with { State = state, Events = [.. record.Events, new SessionEvent(record.LastSequence + 1, Start.AddSeconds(record.LastSequence), state, record.Incarnation, record.Server?.Name, reason)] };
            var changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            changed.SetResult();
        }
    }

    public async IAsyncEnumerable<SessionView> Watch(long afterSequence, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task changed;
            SessionView view;
            lock (_lock) (changed, view) = (_changed.Task, View());
            yield return view;
            if (view.Session.IsClosed) yield break;
            await changed.WaitAsync(cancellationToken);
        }
    }

    public Task<RouteReportReply> ReportRoutes(RouteReport report, string joinToken)
    {
        owner.Reports.Enqueue((id, report, joinToken));
        return Task.FromResult(_record is null ? new RouteReportReply(RouteReportOutcome.NoSession) : owner.ReportReply);
    }

    public Task Notice(ServerNotice notice) => throw new NotSupportedException();

    public Task<bool> Claims(string cluster, string gameServer, int incarnation) => throw new NotSupportedException();

    public Task<bool> Move(SessionMove move) => throw new NotSupportedException();

    public Task Verify() => throw new NotSupportedException();

    private static ServerBinding Server { get; } = new()
    {
        Cluster = "blue",
        Region = "seoul",
        Zone = "seoul-b",
        Node = "node-1",
        Name = "arena-abcde",
        Address = "127.20.0.1",
        Port = 7001,
        PreferenceServed = 2,
    };

    private SessionView View() => new(_record!, _record!.HoldsServer
        ? [.. _record.Request.Players.Select(player => new PlayerConnection(
            player.Id,
            [new Route(RouteKind.Accelerator, ["127.100.0.1", "127.100.0.2"], 20001, null), new Route(RouteKind.NetworkLoadBalancer, ["nlb.example"], 7777, _record.RoutingToken), new Route(RouteKind.Direct, ["127.20.0.1"], 7001, null)],
            "token of " + player.Id))]
        : [])
    {
        Queue = _record.State == SessionState.Pending ? owner.Queue : null,
    };
}
