using System.CommandLine;
using System.Text.Json;
using FleetSystem.Benchmarks.Load;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Formation;
using FleetSystem.FleetModel.Matching.Queues;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.Benchmarks.Matching;

/// <summary>
/// <c>queue</c>: what a ticket costs in its queue, from its creation to its session, beside the forming of matches. Time is simulated; the journal and sessions answer at once, and pools
/// are the real ones. Only the queue's own decisions are measured, in processor time.
/// </summary>
internal static class QueueCommand
{
    private const int WritesASecond = 50;
    private static readonly DateTimeOffset Start = new(2026, 11, 25, 0, 0, 0, TimeSpan.Zero);

    public static Command Create()
    {
        var seed = new Option<int>("--seed") { Description = "Seed of the players.", DefaultValueFactory = _ => 1 };
        var rate = new Option<int>("--rate") { Description = "Tickets that come in a simulated second.", DefaultValueFactory = _ => 5_000 };
        var seconds = new Option<int>("--seconds") { Description = "Simulated seconds that are measured, after half as many to warm up.", DefaultValueFactory = _ => 20 };
        var command = new Command("queue", "Measures what a ticket costs in its queue from its creation to its session, without pools, journal and sessions.") { seed, rate, seconds };
        command.SetAction(result => Console.WriteLine(JsonSerializer.Serialize(new QueueLoad(result.GetValue(seed), result.GetValue(rate)).Run(result.GetValue(seconds)), LoadJson.Options)));
        return command;
    }

    /// <summary>A queue and its pools under load.</summary>
    private sealed class QueueLoad
    {
        private readonly int _rate;
        private readonly BenchmarkTickets _tickets;
        private readonly QueueState _queue;
        private readonly Dictionary<PoolLine, (string Epoch, MatchPool Pool)> _pools = [];
        private readonly Queue<HeldMatch> _toPlace = new();
        private readonly Dictionary<string, CpuClock> _clocks = [];
        private long _created;
        private long _completed;
        private long _segments;

        public QueueLoad(int seed, int rate)
        {
            (_rate, _tickets) = (rate, new(seed));
            _queue = new(new MatchmakingQueueOptions { Id = "ranked", Fleet = "arena" }, new(), BenchmarkTickets.Regions);
            _queue.Open(new(0, 0));
            _queue.Begin("1", BenchmarkTickets.RuleSet, "", Start);
        }

        public object Run(int seconds)
        {
            for (var step = 1; step <= seconds * WritesASecond * 3 / 2; step++)
            {
                var (now, isMeasured) = (Start.AddSeconds((double)step / WritesASecond), step > seconds * WritesASecond / 2);
                var arrivals = Enumerable.Range(0, _rate / WritesASecond).Select(_ => _tickets.Next(now)).Select(ticket => new TicketRequest { Id = ticket.Id, Fingerprint = ticket.Id, Players = ticket.Players }).ToList();
                Clock("create").Run(isMeasured, () =>
                {
                    foreach (var request in arrivals) _queue.Create(request, now);
                });
                if (isMeasured) _created += arrivals.Count;
                Clock("elapse").Run(isMeasured, () => _queue.Elapse(now));
                Store(now, isMeasured);
                if (step % (WritesASecond / 10) == 0) Pass(now, isMeasured);
                Place(now, isMeasured);
            }

            var total = _clocks.Values.Aggregate(TimeSpan.Zero, (sum, clock) => sum + clock.Elapsed);
            return new
            {
                ticketsASecond = _rate,
                created = _created,
                completed = _completed,
                leftWaiting = _queue.Waiting,
                pools = _pools.Count,
                segmentsASecond = Math.Round((double)_segments / seconds, 1),
                microsecondsATicket = Math.Round(total.TotalMicroseconds / _created, 2),
                parts = _clocks.ToDictionary(part => part.Key, part => Math.Round(part.Value.Elapsed.TotalMicroseconds / _created, 2)),
            };
        }

        private CpuClock Clock(string part)
        {
            if (!_clocks.TryGetValue(part, out var clock)) _clocks.Add(part, clock = new());
            return clock;
        }

        private void Store(DateTimeOffset now, bool isMeasured) => Clock("store").Run(isMeasured, () =>
        {
            while (_queue.TakeSegment() is { } draft)
            {
                foreach (var match in _queue.NoteStored(draft, now)) _toPlace.Enqueue(match);
                if (isMeasured) _segments++;
            }

            _queue.TakeTrim();
        });

        private void Pass(DateTimeOffset now, bool isMeasured)
        {
            foreach (var line in _queue.Pools.Lines.Where(line => line.IsDue(now)).ToList())
            {
                PoolOrder order;
                do
                {
                    order = Clock("orders").Run(isMeasured, () => _queue.TakeOrder(line, 1, explain: false, now));
                    var answer = Answer(line, order);
                    Clock("answers").Run(isMeasured, () => _queue.NoteAnswer(line, order, answer, now));
                }
                while (order.IsPartial);
            }
        }

        private PoolPass Answer(PoolLine line, PoolOrder order)
        {
            if (!_pools.TryGetValue(line, out var held) || held.Epoch != order.Epoch) held = _pools[line] = (order.Epoch, new(BenchmarkTickets.RuleSet, BenchmarkTickets.Regions));
            foreach (var id in order.Leave) held.Pool.Remove(id);
            foreach (var ticket in order.Tickets) held.Pool.Add(ticket);
            if (order.IsPartial) return new();
            var pass = held.Pool.Form(order.Now, order.Seed);
            return new() { Matches = pass.Matches, Expired = pass.Expired, IsComplete = pass.IsComplete };
        }

        private void Place(DateTimeOffset now, bool isMeasured) => Clock("place").Run(isMeasured, () =>
        {
            var (queue, fleet) = (new MatchmakingQueueOptions { Id = "ranked", Fleet = "arena" }, new FleetOptions { Id = "arena" });
            while (_toPlace.TryDequeue(out var match))
            {
                var request = MatchPlacement.Request(queue, fleet, match.Record, _queue.TicketsOf(match), null);
                _queue.Place(match, SessionTransitions.Create(match.Record.SessionId!, "", request, "", now), now);
                if (isMeasured) _completed += match.Record.Tickets.Count;
            }
        });
    }
}
