using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using FleetSystem.Benchmarks.Load;
using FleetSystem.FleetModel.Matching.Formation;

namespace FleetSystem.Benchmarks.Matching;

/// <summary>
/// <c>matching</c>: the forming of matches on one core. Time is simulated and only the pool's own work is measured, in processor time, so that
/// neighbours on the machine do not count; making tickets is not in it.
/// </summary>
internal static class MatchingCommand
{
    private static readonly DateTimeOffset Start = new(2026, 11, 25, 0, 0, 0, TimeSpan.Zero);

    public static Command Create(TimeProvider time)
    {
        var seed = new Option<int>("--seed") { Description = "Seed of the players.", DefaultValueFactory = _ => 1 };
        var rate = new Option<int>("--rate") { Description = "Tickets that come in a simulated second.", DefaultValueFactory = _ => 100_000 };
        var seconds = new Option<int>("--seconds") { Description = "Simulated seconds that are measured, after as many to warm up.", DefaultValueFactory = _ => 10 };
        var passes = new Option<int>("--passes") { Description = "Passes a simulated second.", DefaultValueFactory = _ => 4 };
        var waiting = new Option<int>("--waiting") { Description = "Tickets that wait; 0 leaves this part out.", DefaultValueFactory = _ => 1_000_000 };
        var players = new Option<int>("--day") { Description = "Players of a simulated day; 0 leaves this part out.", DefaultValueFactory = _ => 200_000 };
        var command = new Command("matching", "Measures the forming of 5 v 5 matches with skill, latency and expansions: tickets a second on one core, memory of waiting tickets, and a day's quality.") { seed, rate, seconds, passes, waiting, players };
        command.SetAction(result =>
        {
            var report = new
            {
                throughput = result.GetValue(rate) > 0 ? Throughput(result.GetValue(seed), result.GetValue(rate), result.GetValue(seconds), result.GetValue(passes)) : null,
                waiting = result.GetValue(waiting) > 0 ? Waiting(result.GetValue(seed), result.GetValue(waiting), time) : null,
                day = result.GetValue(players) > 0 ? Day(result.GetValue(seed), result.GetValue(players)) : null,
            };
            Console.WriteLine(JsonSerializer.Serialize(report, LoadJson.Options));
        });
        return command;
    }

    private static object Throughput(int seed, int rate, int seconds, int passes)
    {
        var tickets = new BenchmarkTickets(seed);
        var pool = new MatchPool(BenchmarkTickets.RuleSet, BenchmarkTickets.Regions, new() { MaxWork = 100_000_000 });
        var quality = new MatchQuality();
        var (adding, forming) = (new CpuClock(), new CpuClock());
        var (formed, added, longest) = (0L, 0L, TimeSpan.Zero);
        for (var pass = 0; pass < seconds * passes * 2; pass++)
        {
            var now = Start.AddSeconds((pass + 1d) / passes);
            var arrivals = Enumerable.Range(0, rate / passes).Select(number => tickets.Next(now.AddSeconds(-(double)number / rate))).ToList();
            var isMeasured = pass >= seconds * passes;
            foreach (var ticket in arrivals) quality.Came(ticket);
            var before = forming.Elapsed;
            adding.Run(isMeasured, () =>
            {
                foreach (var ticket in arrivals) pool.Add(ticket);
            });
            var result = forming.Run(isMeasured, () => pool.Form(now, pass));
            foreach (var match in result.Matches) quality.Matched(match, isMeasured);
            if (!isMeasured) continue;
            formed += result.Matches.Sum(match => match.Teams.Sum(team => team.Tickets.Count));
            added += arrivals.Count;
            longest = forming.Elapsed - before > longest ? forming.Elapsed - before : longest;
        }

        return new
        {
            ticketsASecond = rate,
            ticketsFormed = formed,
            formedPerCoreSecond = Math.Round(formed / forming.Elapsed.TotalSeconds),
            formedPerCoreSecondWithAdding = Math.Round(formed / (forming.Elapsed + adding.Elapsed).TotalSeconds),
            addedPerCoreSecond = Math.Round(added / adding.Elapsed.TotalSeconds),
            longestPassMilliseconds = Math.Round(longest.TotalMilliseconds, 1),
            leftWaiting = pool.Count,
            quality = quality.Report(),
        };
    }

    private static object Waiting(int seed, int count, TimeProvider time)
    {
        var tickets = new BenchmarkTickets(seed);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var pool = new MatchPool(BenchmarkTickets.RuleSet, BenchmarkTickets.Regions);
        for (var number = 0; number < count; number++) pool.Add(tickets.NextAlone(Start));
        var (passes, began) = (0, time.GetTimestamp());
        while (!pool.Form(Start.AddSeconds(1), 1).IsComplete) passes++;
        var first = time.GetElapsedTime(began);
        var held = GC.GetTotalMemory(forceFullCollection: true) - before;
        var idle = new CpuClock();
        for (var pass = 0; pass < 5; pass++) idle.Run(true, () => pool.Form(Start.AddSeconds(2), 1));
        GC.KeepAlive(pool);
        using var process = Process.GetCurrentProcess();
        return new
        {
            tickets = pool.Count,
            heldMegabytes = Math.Round(held / 1e6),
            bytesATicket = Math.Round((double)held / count),
            processPeakMegabytes = Math.Round(process.PeakWorkingSet64 / 1e6),
            firstSearchOfAllSeconds = Math.Round(first.TotalSeconds, 2),
            firstSearchPasses = passes + 1,
            passWithoutChangesMilliseconds = Math.Round(idle.Elapsed.TotalMilliseconds / 5, 1),
        };
    }

    /// <summary>A day with a quiet night and a busy evening, one pass a second.</summary>
    private static object Day(int seed, int players)
    {
        var tickets = new BenchmarkTickets(seed);
        var pool = new MatchPool(BenchmarkTickets.RuleSet, BenchmarkTickets.Regions);
        var quality = new MatchQuality();
        var clock = new CpuClock();
        var (expired, came) = (0, 0);
        var next = 0d;
        for (var second = 1; second <= 86_400; second++)
        {
            var now = Start.AddSeconds(second);
            while (next < second * 1_000d && came < players)
            {
                var ticket = tickets.Next(Start.AddMilliseconds(next));
                quality.Came(ticket);
                pool.Add(ticket);
                came += ticket.Players.Count;
                var busy = 1 + (0.8 * Math.Sin(((next / 86_400_000d) - 0.25) * 2 * Math.PI));
                next += tickets.NextPause(players / 86_400d * busy / 1.33);
            }

            var result = clock.Run(true, () => pool.Form(now, second));
            expired += result.Expired.Count;
            foreach (var match in result.Matches) quality.Matched(match, true);
        }

        return new { players = came, ticketsExpired = expired, leftWaiting = pool.Count, coreSecondsForTheDay = Math.Round(clock.Elapsed.TotalSeconds, 1), quality = quality.Report() };
    }
}
