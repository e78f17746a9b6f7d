using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.Simulation.Tests;

/// <summary>
/// Many seeds, each one exact run. <c>SIMULATION_SEEDS=N</c> runs so many, <c>SIMULATION_SEED=S</c> one alone with its last events.
/// </summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int DefaultSeeds = 1_000;

    private static int? Single => int.TryParse(Environment.GetEnvironmentVariable("SIMULATION_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : null;

    [Fact]
    public void Run_FaultsThenCalm_EveryInvariantHoldsInEverySeed()
    {
        var seeds = Single is { } single ? [single] : Enumerable.Range(1, int.TryParse(Environment.GetEnvironmentVariable("SIMULATION_SEEDS"), CultureInfo.InvariantCulture, out var count) ? count : DefaultSeeds);
        var outcomes = SeedRuns.Run([.. seeds], stopAtFirst: Environment.GetEnvironmentVariable("SIMULATION_ALL") is null);
        output.WriteLine(SeedRuns.Summary(outcomes));
        if (outcomes.Where(outcome => outcome.Broken is not null).MinBy(outcome => outcome.Seed) is { } broken) Assert.Fail(SeedRuns.Tell(broken));

        // A simulation in which nothing happens finds nothing.
        if (Single is not null) return;
        var answers = outcomes.SelectMany(outcome => outcome.Answers).ToList();
        Assert.InRange(answers.Count(answer => answer is SessionState.Allocated or SessionState.Playable), answers.Count / 2, answers.Count);
        Assert.InRange((double)outcomes.Sum(outcome => outcome.Calls.AllocationFaults) / outcomes.Sum(outcome => outcome.Calls.Allocations), 0.2, 0.7);
    }

    [Fact]
    public void Run_SameSeedTwice_TheSameRun()
    {
        foreach (var seed in Enumerable.Range(1, 5))
        {
            var (first, second) = (SeedRuns.RunOne(seed, withJournal: false), SeedRuns.RunOne(seed, withJournal: true));
            Assert.Equal((seed, first.Turns, first.Fingerprint), (seed, second.Turns, second.Fingerprint));
        }
    }
}

/// <summary>Runs seeds, each on one thread of its own and as many at once as there are processors.</summary>
internal static partial class SeedRuns
{
    public static IReadOnlyList<Outcome> Run(IReadOnlyList<int> seeds, bool stopAtFirst)
    {
        var outcomes = new ConcurrentBag<Outcome>();
        var next = -1;
        var stop = false;
        var threads = Enumerable.Range(0, Math.Max(1, Environment.ProcessorCount)).Select(_ => new Thread(() =>
        {
            while (!Volatile.Read(ref stop) && Interlocked.Increment(ref next) is var index && index < seeds.Count)
            {
                var outcome = RunHere(seeds[index], withJournal: false);
                outcomes.Add(outcome);
                if (outcome.Broken is not null && stopAtFirst) Volatile.Write(ref stop, true);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return [.. outcomes.OrderBy(outcome => outcome.Seed)];
    }

    public static Outcome RunOne(int seed, bool withJournal)
    {
        Outcome? outcome = null;
        var thread = new Thread(() => outcome = RunHere(seed, withJournal));
        thread.Start();
        thread.Join();
        return outcome!;
    }

    /// <summary>What to know about a broken run: run again with the journal on, for its last events.</summary>
    public static string Tell(Outcome broken)
    {
        var again = RunOne(broken.Seed, withJournal: true);
        var text = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"Seed {broken.Seed}, turn {broken.Turns}, after {broken.Time.TotalSeconds:0.000} s: {broken.Broken}")
            .AppendLine(CultureInfo.InvariantCulture, $"Run it again: SIMULATION_SEED={broken.Seed} dotnet tests/Simulation/bin/Release/net10.0/FleetSystem.Simulation.Tests.dll");
        if (again.Fingerprint != broken.Fingerprint) text.AppendLine("The second run went another way: the simulation itself is broken, something in it does not come from the seed.");
        text.AppendLine("The last events:");
        foreach (var line in again.LastEvents) text.AppendLine(line);
        return text.ToString();
    }

    public static string Summary(IReadOnlyList<Outcome> outcomes)
    {
        var answers = outcomes.SelectMany(outcome => outcome.Answers).GroupBy(answer => answer?.ToString() ?? "none").OrderBy(group => group.Key);
        return string.Create(CultureInfo.InvariantCulture, $"""
            {outcomes.Count} seeds, {outcomes.Count(outcome => outcome.Broken is not null)} broken: {string.Join(", ", outcomes.Where(outcome => outcome.Broken is not null).Take(20).Select(outcome => outcome.Seed))}
            {outcomes.Sum(outcome => outcome.Turns)} turns, {TimeSpan.FromTicks(outcomes.Sum(outcome => outcome.Time.Ticks)).TotalHours:0} simulated hours, {outcomes.Sum(outcome => outcome.Sessions)} sessions: {string.Join(", ", answers.Select(group => $"{group.Count()} {group.Key}"))}
            {outcomes.Sum(outcome => outcome.Calls.AllocationFaults)} of {outcomes.Sum(outcome => outcome.Calls.Allocations)} allocations and {outcomes.Sum(outcome => outcome.Calls.CallFaults)} of {outcomes.Sum(outcome => outcome.Calls.Calls)} other calls went wrong; {outcomes.Sum(outcome => outcome.SurplusClaims)} surplus claims; longest overrun {outcomes.Max(outcome => outcome.LongestOverrun).TotalSeconds:0.0} s
            {string.Join(Environment.NewLine, Kinds(outcomes))}
            """);
    }

    /// <summary>What broke, by kind, with the seeds.</summary>
    private static IEnumerable<string> Kinds(IReadOnlyList<Outcome> outcomes) => outcomes
        .Where(outcome => outcome.Broken is not null)
        .GroupBy(outcome => Particulars().Replace(outcome.Broken!.Split(Environment.NewLine)[0], "…"))
        .OrderByDescending(group => group.Count())
        .Select(group => $"{group.Count()} times, seeds {string.Join(", ", group.Take(5).Select(outcome => outcome.Seed))}: {group.Key}");

    [GeneratedRegex("s-[a-z2-7]+(/[0-9]+)?|r[0-9]-c[0-9](-gs-[0-9]+)?|[0-9.]+")]
    private static partial Regex Particulars();

    private static Outcome RunHere(int seed, bool withJournal)
    {
        using var system = new SimulatedSystem(seed, withJournal);
        return system.Run();
    }
}
