using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Queues;
using FleetSystem.FleetModel.Matching.Tickets;
using FleetSystem.Matchmaker.Queues;

namespace FleetSystem.Matchmaker.Tests.Queues;

/// <summary>
/// A queue under callers of all kinds while everything goes wrong that can: calls and answers are lost, the journal is away, pools and the queue's silo die, an older life of the
/// queue goes on beside the newer. Then nothing does, and everything must come to rest. One seed is one exact run; <c>QUEUE_SEEDS</c> says how many, <c>QUEUE_SEED</c> which one.
/// </summary>
public sealed class QueueSimulationTests
{
    [Fact]
    public void Run_WhateverGoesWrong_EveryAcknowledgedTicketEndsOnce()
    {
        var only = Environment.GetEnvironmentVariable("QUEUE_SEED");
        var seeds = only is null ? Enumerable.Range(1, int.Parse(Environment.GetEnvironmentVariable("QUEUE_SEEDS") ?? "40", System.Globalization.CultureInfo.InvariantCulture)) : [int.Parse(only, System.Globalization.CultureInfo.InvariantCulture)];
        var ends = new HashSet<TicketStatus>();
        foreach (var seed in seeds)
        {
            using var day = new SimulatedDay(seed);
            try
            {
                day.Play();
            }
            catch (Exception fault)
            {
                Assert.Fail($"Seed {seed} (run it again with QUEUE_SEED={seed}): {fault}\n{day.Log}");
            }

            ends.UnionWith(day.Ends);
        }

        // All of it has been there, or little was shown.
        if (only is null) Assert.Equal([TicketStatus.Completed, TicketStatus.TimedOut, TicketStatus.Cancelled, TicketStatus.Failed], ends.Order());
    }
}

/// <summary>One seed's run.</summary>
internal sealed class SimulatedDay : IDisposable
{
    private const int Players = 24;

    private readonly SimulatedQueue _queue;
    private readonly Random _random;
    private readonly Dictionary<string, TicketRecord> _seen = [];
    private readonly HashSet<string> _acknowledged = [];
    private readonly Dictionary<string, string> _completedBy = [];
    private readonly List<(string Id, string[] Players)> _asked = [];
    private readonly List<Task> _calls = [];

    public SimulatedDay(int seed)
    {
        _random = new Random(seed * 7919);
        _queue = new SimulatedQueue(seed, options =>
        {
            options.AcceptanceRequired = seed % 3 == 0;
            options.SecondTicket = seed % 2 == 0 ? SecondTicketPolicy.Replace : SecondTicketPolicy.Refuse;
            options.Backfill = seed % 5 < 2 ? BackfillMode.Automatic : BackfillMode.Manual;
            options.Pools = seed % 7 == 0 ? PoolDivision.Common : PoolDivision.Region;
            options.ClosedTicketRetention = TimeSpan.FromMinutes(10);
        },
        tuning => tuning.MaxIdleEntries = 30);
        _queue.Journal.Stored = Look;
        _queue.PlacementFailures = 15;
    }

    /// <summary>How tickets ended.</summary>
    public IEnumerable<TicketStatus> Ends => _seen.Values.Where(ticket => ticket.IsClosed).Select(ticket => ticket.Status);

    /// <summary>The latest of what the queue told its log.</summary>
    public string Log => _queue.Log.ToString();

    public void Play()
    {
        _queue.Begin();
        for (var turn = 0; turn < 600; turn++)
        {
            _queue.Network.Loss = turn % 200 < 120 ? 4 : 0;
            Act();
            _queue.Pass(TimeSpan.FromMilliseconds(_random.Next(5, 120)));
            if (turn % 60 == 59) Check();
        }

        // From here on nothing goes wrong, and nobody comes.
        (_queue.Network.Loss, _queue.PlacementFailures) = (0, 0);
        _queue.Pass(TimeSpan.FromSeconds(100));
        Assert.All(_calls, call => Assert.True(call.IsCompleted, "a call was never answered"));
        Check();
        foreach (var id in _acknowledged)
        {
            var ticket = _queue.Get(id)?.Ticket;
            Assert.True(ticket is { IsClosed: true }, $"{id} was acknowledged and is {ticket?.Status.ToString() ?? "lost"}");
        }

        var status = _queue.Ask(run => run.GetStatusAsync());
        Assert.Equal(0, status.Tickets.Values.Sum());

        // Who fits is matched: nobody is kept out by what nobody remembers.
        _queue.Create("last-1", SimulatedQueue.Player("last-1", 500));
        _queue.Create("last-2", SimulatedQueue.Player("last-2", 500));
        if (_queue.Options.AcceptanceRequired)
        {
            _queue.Await("last-1", TicketStatus.RequiresAcceptance);
            foreach (var id in new[] { "last-1", "last-2" }) _queue.Accept(id, true, id);
        }

        Assert.Equal(["last-1", "last-2"], _queue.Await("last-1", TicketStatus.Completed).Match!.Tickets.Order());
        _queue.Pass(TimeSpan.FromMinutes(11));
        Assert.True(_queue.Journal.Segments.Count < 60, $"{_queue.Journal.Segments.Count} segments are left of {_queue.Journal.Appends}");
    }

    public void Dispose() => _queue.Dispose();

    private void Act()
    {
        switch (_random.Next(100))
        {
            case < 45: Create(); break;
            case < 55 when _asked.Count > 0: CreateAgain(); break;
            case < 65: Call(Some(), (run, id) => run.DecideAsync((state, now) => state.Cancel(id, "left", now))); break;
            case < 88: Answer(); break;
            case < 90: _queue.Begin(); break;
            case < 93: foreach (var pool in _queue.Pools.Where(_ => _random.Next(2) == 0)) pool.Crash(); break;
            case < 95: _queue.Network.JournalBack = _queue.Now + TimeSpan.FromMilliseconds(_random.Next(100, 3000)); break;
            case < 97: _queue.RuleSet.Version = new($"{_random.Next()}", SimulatedQueue.Rules.Replace("\"maxDistance\": 10", $"\"maxDistance\": {_random.Next(5, 40)}", StringComparison.Ordinal), null, null); break;
            default: Call(Some(), (run, id) => run.ReadAsync((state, _) => state.Get(id))); break;
        }
    }

    private void Create()
    {
        var players = Enumerable.Range(0, _random.Next(1, 3)).Select(_ => $"p-{_random.Next(Players)}").Distinct().ToArray();
        _asked.Add(($"t-{_asked.Count}", players));
        Create(_asked[^1]);
    }

    private void CreateAgain() => Create(_asked[_random.Next(_asked.Count)]);

    private void Create((string Id, string[] Players) asked)
    {
        var request = SimulatedQueue.Request(asked.Id, [.. asked.Players.Select(id => SimulatedQueue.Player(id, int.Parse(id[2..], System.Globalization.CultureInfo.InvariantCulture) * 2, id.Length % 2 == 0 ? 20 : 60, 70))]);
        var run = _queue.Run;
        var call = _queue.Turns.Run(async () =>
        {
            try
            {
                var reply = await run.AdmitAsync((state, now) => state.Create(request, now));
                if (reply.Outcome is not (TicketOutcome.Created or TicketOutcome.Existing)) return true;
                _acknowledged.Add(asked.Id);
                Assert.True(_seen.ContainsKey(asked.Id), $"{asked.Id} was acknowledged and is not in the journal");
            }
            catch (QueueUnavailableException)
            {
            }

            return true;
        });
        _calls.Add(call);
    }

    private void Answer()
    {
        var id = Some();
        if (!_seen.TryGetValue(id, out var ticket) || ticket.Status != TicketStatus.RequiresAcceptance) return;
        var players = ticket.Ticket.Players.Select(player => player.Id).ToArray();
        var accept = _random.Next(100) < 90;
        Call(id, (run, asked) => run.DecideAsync((state, now) => state.Accept(asked, null, players, accept, now)));
    }

    private void Call<T>(string id, Func<QueueRun, string, Task<T>> call)
    {
        var run = _queue.Run;
        _calls.Add(_queue.Turns.Run(async () =>
        {
            try
            {
                await call(run, id);
            }
            catch (QueueUnavailableException)
            {
            }

            return true;
        }));
    }

    private string Some() => _asked.Count == 0 ? "t-0" : _asked[Math.Max(0, _asked.Count - 1 - _random.Next(20))].Id;

    /// <summary>Looks at what has just been stored, as every reader of the journal would.</summary>
    private void Look(TicketSegment segment)
    {
        foreach (var ticket in segment.Tickets)
        {
            if (_seen.TryGetValue(ticket.Id, out var before))
            {
                Assert.True(ticket.LastSequence >= before.LastSequence || before.LastSequence == ticket.LastSequence, $"{ticket.Id} was written again without its newest events");
                Assert.Equal(before.Ticket.CreatedAt, ticket.Ticket.CreatedAt);
            }
            else
            {
                _seen[ticket.Id] = ticket;
            }
        }

        foreach (var (id, happened) in segment.Changes)
        {
            var before = _seen[id];
            Assert.False(happened.Code == FleetModel.ErrorCodes.TicketNotMatchable, $"{id} was refused by a pool: {happened.Reason}");
            Assert.False(before.IsClosed && happened.Sequence > before.LastSequence, $"{id} is {before.Status} and became {happened.Status}");
            if (happened.Sequence > before.LastSequence) Assert.Equal(before.LastSequence + 1, happened.Sequence);
            var after = _seen[id] = TicketTransitions.Apply(before, happened);
            if (after.Status != TicketStatus.Completed) continue;
            Assert.True(_completedBy.TryAdd(id, after.MatchId!) || _completedBy[id] == after.MatchId, $"{id} was completed twice");
        }
    }

    /// <summary>What is stored is one truth, and the queue's memory is the same.</summary>
    private void Check()
    {
        var replay = _queue.Replay();
        var byPlayer = new Dictionary<string, string>();
        var tickets = _asked.Select(asked => replay.Get(asked.Id)).OfType<TicketView>().ToList();
        foreach (var (ticket, match) in tickets)
        {
            Assert.Equal(_seen[ticket.Id].LastSequence, ticket.LastSequence);
            if (!ticket.IsClosed)
            {
                foreach (var player in ticket.Ticket.Players) Assert.True(byPlayer.TryAdd(player.Id, ticket.Id), $"{player.Id} is in {ticket.Id} and in another open ticket");
            }

            if (ticket.Status is TicketStatus.RequiresAcceptance or TicketStatus.Placing or TicketStatus.Completed)
            {
                Assert.NotNull(match);
                Assert.Contains(ticket.Id, match.Tickets);
                Assert.Equal((ticket.Status, ticket.Status), (match.Status switch
                {
                    MatchStatus.RequiresAcceptance => TicketStatus.RequiresAcceptance,
                    MatchStatus.Placing => TicketStatus.Placing,
                    _ => TicketStatus.Completed,
                }, ticket.Status));
            }
        }

        // No session has a ticket of another's match.
        foreach (var session in _queue.Sessions) Assert.Single(_queue.Sessions, other => other.Id == session.Id);

        // The memory of the life that counts is what its journal says, once nothing waits to be stored.
        var live = _queue.Run.State;
        if (_queue.Now < _queue.Network.JournalBack || live.Unstored > 0) return;
        foreach (var (ticket, _) in tickets)
        {
            if (live.Get(ticket.Id) is not { } held || held.Ticket.LastSequence < ticket.LastSequence) continue;
            Assert.Equal(ticket.Status, held.Ticket.LastSequence == ticket.LastSequence ? held.Ticket.Status : ticket.Status);
            Assert.Equal(ticket.Events.Count, held.Ticket.LastSequence == ticket.LastSequence ? held.Ticket.Events.Count : ticket.Events.Count);
        }
    }
}
