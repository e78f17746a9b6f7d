using System.Reflection;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Formation;
using FleetSystem.FleetModel.Matching.Queues;
using FleetSystem.FleetModel.Matching.RuleSets;
using FleetSystem.FleetModel.Operations;
using FleetSystem.FleetModel.Sessions;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.Matchmaker.Tests.Queues;

/// <summary>Calls between grains: they take time, and while there are faults some are lost on their way there or back.</summary>
internal sealed class SimulatedNetwork(Random random, FakeTimeProvider time)
{
    /// <summary>How many of a hundred calls are lost.</summary>
    public int Loss { get; set; }

    /// <summary>Until when nothing is stored.</summary>
    public DateTimeOffset JournalBack { get; set; }

    /// <summary>Until when sessions' answers are lost; what they were asked for is done.</summary>
    public DateTimeOffset SessionsBack { get; set; }

    public DateTimeOffset Now => time.GetUtcNow();

    public Random Random => random;

    public async Task<T> CallAsync<T>(Func<T> callee)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(random.Next(1, 15)), time);
        if (random.Next(100) < Loss) throw new TimeoutException("The call was lost on its way there.");
        var answer = callee();
        await Task.Delay(TimeSpan.FromMilliseconds(random.Next(1, 15)), time);
        if (random.Next(100) < Loss) throw new TimeoutException("The answer was lost.");
        return answer;
    }
}

/// <summary>Finds the grains that a queue calls.</summary>
internal class SimulatedGrains : DispatchProxy
{
    private readonly Dictionary<(Type, string), object> _grains = [];
    private Func<Type, string, object> _make = null!;

    public static IGrainFactory Create(Func<Type, string, object> make)
    {
        var factory = Create<IGrainFactory, SimulatedGrains>();
        ((SimulatedGrains)(object)factory)._make = make;
        return factory;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.Name != nameof(IGrainFactory.GetGrain) || !targetMethod.IsGenericMethod) throw new NotSupportedException(targetMethod.Name);
        var key = (targetMethod.ReturnType, (string)args![0]!);
        if (!_grains.TryGetValue(key, out var grain)) _grains.Add(key, grain = _make(key.ReturnType, key.Item2));
        return grain;
    }
}

/// <summary>A journal in memory that keeps to its contract.</summary>
internal sealed class SimulatedJournal(SimulatedNetwork network) : ITicketJournalGrain
{
    public SortedDictionary<long, TicketSegment> Segments { get; } = [];

    public long Epoch { get; private set; }

    public long First { get; private set; }

    /// <summary>The number after the last segment that was ever stored.</summary>
    public long Next { get; private set; }

    public int Appends { get; private set; }

    /// <summary>Sees each segment that is stored.</summary>
    public Action<TicketSegment>? Stored { get; set; }

    public Task<JournalOpening> Open() => network.CallAsync(() =>
    {
        Check();
        return new JournalOpening(++Epoch, First, Next);
    });

    public Task<IReadOnlyList<NumberedSegment>> Read(long epoch, long from) => network.CallAsync<IReadOnlyList<NumberedSegment>>(() =>
    {
        Check(epoch);
        return [.. Segments.Where(segment => segment.Key >= from).Take(7).Select(segment => new NumberedSegment(segment.Key, segment.Value))];
    });

    public Task Append(long epoch, long number, TicketSegment segment) => network.CallAsync(() =>
    {
        Check(epoch);
        Assert.True(number == Next || (number == Next - 1 && Segments.ContainsKey(number)), $"segment {number} after {Next}");
        Segments[number] = segment;
        Next = number + 1;
        Appends++;
        Stored?.Invoke(segment);
        return true;
    });

    public Task Trim(long epoch, long before) => network.CallAsync(() =>
    {
        Check(epoch);
        foreach (var number in Segments.Keys.Where(number => number < before).ToList()) Segments.Remove(number);
        First = Math.Max(First, before);
        return true;
    });

    private void Check(long? epoch = null)
    {
        if (network.Now < network.JournalBack) throw new TimeoutException("The store does not answer.");
        if (epoch is { } shown && shown != Epoch) throw new JournalClosedException($"Epoch {Epoch} has opened it since {shown}.");
    }
}

/// <summary>A pool in memory around the real one.</summary>
internal sealed class SimulatedPool(SimulatedNetwork network, IReadOnlyList<string> regions) : IMatchPoolGrain
{
    private readonly Dictionary<string, DateTimeOffset> _ages = [];
    private MatchPool? _pool;
    private string _epoch = "";
    private long _sequence;

    public int Orders { get; private set; }

    /// <summary>Its silo dies.</summary>
    public void Crash() => (_pool, _epoch, _sequence) = (null, "", 0);

    public Task<PoolPass> Pass(PoolOrder order) => network.CallAsync(() =>
    {
        Orders++;
        if (order.Sequence == 1)
        {
            (_epoch, _pool) = (order.Epoch, new(RuleSetReader.Read(System.Text.Encoding.UTF8.GetBytes(order.RuleSet!)).RuleSet!, regions));
        }
        else if (_pool is null || order.Epoch != _epoch || order.Sequence != _sequence + 1)
        {
            return new PoolPass { IsLost = true };
        }

        _sequence = order.Sequence;
        foreach (var id in order.Leave) _pool!.Remove(id);
        var refused = new List<RefusedTicket>();
        foreach (var ticket in order.Tickets)
        {
            if (!_ages.TryAdd(ticket.Id, ticket.CreatedAt)) Assert.Equal(_ages[ticket.Id], ticket.CreatedAt);
            if (_pool!.Add(ticket) is { Count: > 0 } faults) refused.Add(new(ticket.Id, faults));
        }

        foreach (var backfill in order.Backfills)
        {
            if (_pool!.Add(backfill) is { Count: > 0 } faults) refused.Add(new(backfill.Id, faults));
        }

        if (order.IsPartial) return new PoolPass { Refused = refused };
        var pass = _pool!.Form(order.Now, order.Seed);
        return new PoolPass { Matches = pass.Matches, Expired = pass.Expired, Refused = refused, Waiting = _pool.Count, IsComplete = pass.IsComplete };
    });
}

/// <summary>A rule set.</summary>
internal sealed class SimulatedRuleSet(SimulatedNetwork network, RuleSetVersion version) : IRuleSetGrain
{
    public RuleSetVersion Version { get; set; } = version;

    public Task<RuleSetVersion?> GetSince(string known) => network.CallAsync(() => known == Version.Version ? null : Version);

    public Task<RuleSetReply> Set(string text, string by, string reason) => throw new NotSupportedException();

    public Task<RuleSetReply> Reset(string by, string reason) => throw new NotSupportedException();

    public Task<AuditPage> ReadAudit(long before, int most) => throw new NotSupportedException();
}

/// <summary>Sessions in memory: some get a server at once, some wait, some get none.</summary>
internal class SimulatedSession : DispatchProxy
{
    private SimulatedNetwork _network = null!;
    private Func<int> _failures = null!;
    private Action<SessionRecord>? _created;

    public string Id { get; private set; } = "";

    public SessionRecord? Record { get; private set; }

    public static ISessionGrain Create(SimulatedNetwork network, string id, Func<int> failures, Action<SessionRecord> created)
    {
        var session = Create<ISessionGrain, SimulatedSession>();
        var simulated = (SimulatedSession)(object)session;
        (simulated._network, simulated.Id, simulated._failures, simulated._created) = (network, id, failures, created);
        return session;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
    {
        nameof(ISessionGrain.Create) => CallAsync(() => Ask((SessionRequest)args![0]!, (string)args[1]!)),
        nameof(ISessionGrain.Get) => CallAsync(() => Record is null ? null : new SessionView(Record, [])),
        nameof(ISessionGrain.AddPlayers) => CallAsync(() => Add((PlayerAddition)args![0]!)),
        nameof(ISessionGrain.End) => CallAsync(() => (Record = Record is null ? null : SessionTransitions.Ended(Record, "ended", _network.Now)) is null ? null : new SessionView(Record, [])),
        _ => throw new NotSupportedException(targetMethod.Name),
    };

    private async Task<T> CallAsync<T>(Func<T> callee)
    {
        var answer = await _network.CallAsync(callee);
        return _network.Now < _network.SessionsBack ? throw new TimeoutException("The answer was lost.") : answer;
    }

    private CreateReply Ask(SessionRequest request, string fingerprint)
    {
        if (Record is not null && Record.Fingerprint != fingerprint) return new(CreateOutcome.Conflict, null);
        var outcome = Record is null ? CreateOutcome.Created : CreateOutcome.Existing;
        if (Record is null)
        {
            Record = SessionTransitions.Create(Id, fingerprint, request, "token", _network.Now);
            var dice = _network.Random.Next(100);
            Record = dice < _failures() ? SessionTransitions.Failed(Record, "no-capacity", "no server", _network.Now)
                : dice < 60 ? SessionTransitions.Claimed(Record, Server(request), _network.Now)
                : SessionTransitions.Waiting(Record, "seoul", _network.Now);
            _created?.Invoke(Record);
        }
        else if (Record.State == SessionState.Pending)
        {
            if (_network.Now >= Record.AllocationDeadline) Record = SessionTransitions.Failed(Record, "no-capacity", "no server in time", _network.Now);
            else if (_network.Random.Next(4) == 0) Record = SessionTransitions.Claimed(SessionTransitions.TurnCame(Record, _network.Now), Server(request), _network.Now);
        }

        return new(outcome, new SessionView(Record, []));
    }

    private AddPlayersReply Add(PlayerAddition addition)
    {
        if (Record is null) return new(AddPlayersOutcome.NoSession, null);
        if (Record.IsClosed) return new(AddPlayersOutcome.Closed, new SessionView(Record, []));
        Record = SessionTransitions.PlayersCame(Record, addition, _network.Now);
        return new(AddPlayersOutcome.Added, new SessionView(Record, []));
    }

    private static ServerBinding Server(SessionRequest request) => new()
    {
        Cluster = "blue",
        Region = request.Players[0].LatencyMilliseconds.OrderBy(pair => pair.Value).Select(pair => pair.Key).FirstOrDefault("seoul"),
        Zone = "a",
        Node = "n",
        Name = "server",
        Address = "10.0.0.1",
        Port = 7000,
    };
}
