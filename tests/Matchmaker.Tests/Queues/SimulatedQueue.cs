using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Queues;
using FleetSystem.FleetModel.Matching.Tickets;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.Matchmaker.Queues;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.Matchmaker.Tests.Queues;

/// <summary>A queue with everything that it calls, on one thread and a clock of its own.</summary>
internal sealed class SimulatedQueue : IDisposable
{
    public const string Rules = """
        {
          "name": "two against two", "ruleLanguageVersion": "1.0",
          "playerAttributes": [{ "name": "skill", "type": "number", "default": 10 }],
          "teams": [{ "name": "red", "minPlayers": 1, "maxPlayers": 2 }, { "name": "blue", "minPlayers": 1, "maxPlayers": 2 }],
          "rules": [
            { "name": "close", "type": "batchDistance", "batchAttribute": "skill", "maxDistance": 10 },
            { "name": "near", "type": "latency", "maxLatency": 100 }
          ],
          "expansions": [{ "target": "rules[close].maxDistance", "steps": [{ "waitTimeSeconds": 5, "value": 50 }] }]
        }
        """;

    private static readonly string[] Regions = ["seoul", "oregon"];

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().AddSingleton<QueueMetrics>().BuildServiceProvider();
    private readonly List<QueueRun> _runs = [];
    private readonly Dictionary<string, SimulatedPool> _pools = [];

    public SimulatedQueue(int seed, Action<MatchmakingQueueOptions>? configure = null, Action<QueueOptions>? tune = null)
    {
        Random = new Random(seed);
        Network = new(Random, Time);
        Journal = new(Network);
        RuleSet = new(Network, new("1", Rules, null, null));
        Options = new()
        {
            Id = "duel",
            Fleet = "arena",
            TicketTimeout = TimeSpan.FromSeconds(40),
            AcceptanceTimeout = TimeSpan.FromSeconds(5),
            PlacementTimeout = TimeSpan.FromSeconds(10),
            PoolPatience = TimeSpan.FromSeconds(2),
            MinPoolTickets = 4,
            PassInterval = TimeSpan.FromMilliseconds(100),
            ClosedTicketRetention = TimeSpan.FromSeconds(30),
        };
        configure?.Invoke(Options);
        Tuning = new() { MaxSegmentEntries = 40, MaxOrderTickets = 5 };
        tune?.Invoke(Tuning);
        Context = new()
        {
            Queue = Options,
            Fleet = new FleetOptions { Id = "arena" },
            Regions = Regions,
            Options = Tuning,
            Grains = SimulatedGrains.Create(Make),
            Time = Time,
            Metrics = _services.GetRequiredService<QueueMetrics>(),
            Log = Log,
        };
    }

    /// <summary>What the queue tells the log.</summary>
    public LatestLines Log { get; } = new();

    public Random Random { get; }

    public FakeTimeProvider Time { get; } = new();

    public TurnScheduler Turns { get; } = new();

    public SimulatedNetwork Network { get; }

    public SimulatedJournal Journal { get; }

    public SimulatedRuleSet RuleSet { get; }

    public MatchmakingQueueOptions Options { get; }

    public QueueOptions Tuning { get; }

    public QueueContext Context { get; }

    public List<SessionRecord> Sessions { get; } = [];

    /// <summary>A session as it is.</summary>
    public SessionRecord? Session(string id) => ((SimulatedSession)(object)Context.Grains.GetGrain<ISessionGrain>(id)).Record;

    public IEnumerable<SimulatedPool> Pools => _pools.Values;

    /// <summary>How many of a hundred sessions get no server.</summary>
    public int PlacementFailures { get; set; }

    /// <summary>Whether no silo with journals and rule sets has joined: Orleans makes no references to such grains.</summary>
    public bool IsManagerAway { get; set; }

    public DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>The life that calls come to.</summary>
    public QueueRun Run => _runs.Count > 0 ? _runs[^1] : Begin();

    /// <summary>Begins a life; those before may go on, as those of a silo that was wrongly declared dead do.</summary>
    public QueueRun Begin()
    {
        Turns.Do(Add);
        return _runs[^1];
    }

    /// <summary>Lets time pass, in small steps.</summary>
    public void Pass(TimeSpan span)
    {
        for (var until = Now + span; Now < until;)
        {
            Time.Advance(TimeSpan.FromMilliseconds(5));
            Turns.Settle();
        }
    }

    /// <summary>Calls the queue and lets time pass until it answers.</summary>
    public T Ask<T>(Func<QueueRun, Task<T>> call)
    {
        var run = Run;
        var asked = Turns.Run(() => call(run));
        Turns.Settle();
        for (var i = 0; i < 4000 && !asked.IsCompleted; i++)
        {
            Time.Advance(TimeSpan.FromMilliseconds(5));
            Turns.Settle();
        }

        Assert.True(asked.IsCompleted, "The call was never answered.");
        return asked.GetAwaiter().GetResult();
    }

    public TicketReply Create(string id, params MatchmakingPlayer[] players) => Ask(run => run.AdmitAsync((state, now) => state.Create(Request(id, players), now)));

    public TicketView? Get(string id) => Ask(run => run.ReadAsync((state, _) => state.Get(id)));

    public TicketView? Cancel(string id) => Ask(run => run.DecideAsync((state, now) => state.Cancel(id, "the player left", now)));

    public BackfillReply Backfill(string id, string session, params (string Team, MatchmakingPlayer Player)[] players) => Ask(run => run.CreateBackfillAsync(new()
    {
        Id = id,
        Fingerprint = id,
        SessionId = session,
        Teams = players.GroupBy(player => player.Team).ToDictionary(team => team.Key, team => (IReadOnlyList<MatchmakingPlayer>)[.. team.Select(player => player.Player)]),
    }));

    public BackfillRecord? GetBackfill(string id) => Ask(run => run.ReadAsync((state, _) => state.GetBackfill(id)));

    public AcceptReply Accept(string id, bool accept, params string[] players) => Ask(run => run.DecideAsync((state, now) => state.Accept(id, null, players, accept, now)));

    /// <summary>Waits until a ticket is in a status.</summary>
    public TicketView Await(string id, TicketStatus status)
    {
        for (var i = 0; i < 1200; i++)
        {
            if (Get(id) is { } view && view.Ticket.Status == status) return view;
            Pass(TimeSpan.FromMilliseconds(50));
        }

        throw new TimeoutException($"Ticket {id} is {Get(id)?.Ticket.Status}, not {status}.");
    }

    public static TicketRequest Request(string id, params MatchmakingPlayer[] players) => new() { Id = id, Fingerprint = string.Join(',', players.Select(player => player.Id)), Players = players };

    public static MatchmakingPlayer Player(string id, double skill = 10, int seoul = 20, int oregon = 150) =>
        new(id, new Dictionary<string, AttributeValue> { ["skill"] = skill }, new Dictionary<string, int> { ["seoul"] = seoul, ["oregon"] = oregon });

    /// <summary>The queue as a new life would find it.</summary>
    public QueueState Replay()
    {
        var state = new QueueState(Options, Tuning.Limits, Regions);
        state.Open(new(Journal.First, Journal.Next));
        foreach (var (number, segment) in Journal.Segments) state.Load(number, segment, Now);
        state.Begin("replay", FleetModel.Matching.RuleSets.RuleSetReader.Read(System.Text.Encoding.UTF8.GetBytes(RuleSet.Version.Text)).RuleSet!, RuleSet.Version.Text, Now);
        return state;
    }

    public void Dispose()
    {
        foreach (var run in _runs)
        {
            Turns.Do(run.End);
            run.Dispose();
        }

        _services.Dispose();
    }

    private void Add()
    {
        QueueRun run = null!;
        run = new QueueRun(Context, () =>
        {
            if (run == _runs[^1]) Add();
        });
        _runs.Add(run);
    }

    private object Make(Type type, string key) => type.Name switch
    {
        nameof(ITicketJournalGrain) or nameof(IRuleSetGrain) when IsManagerAway => throw new ArgumentException($"Could not find an implementation for interface {type}"),
        nameof(ITicketJournalGrain) => Journal,
        nameof(IRuleSetGrain) => RuleSet,
        nameof(IMatchPoolGrain) => _pools[key] = new SimulatedPool(Network, Regions),
        nameof(ISessionGrain) => SimulatedSession.Create(Network, key, () => PlacementFailures, Sessions.Add),
        _ => throw new NotSupportedException(type.Name),
    };
}

/// <summary>Keeps the latest lines of a log, for a run that breaks.</summary>
internal sealed class LatestLines : ILogger
{
    private const int Most = 12;
    private readonly Queue<string> _lines = new();

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");
        if (_lines.Count > Most) _lines.Dequeue();
    }

    public override string ToString() => string.Join('\n', _lines);
}
