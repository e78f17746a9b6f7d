using CsCheck;
using FleetSystem.FleetModel.Clusters;

namespace FleetSystem.FleetModel.Tests.Clusters;

/// <summary>Whatever happens in whatever order: what a circuit never does, and that it always comes back.</summary>
public sealed class ClusterCircuitPropertyTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Gen<CircuitOptions> Options =
        Gen.Select(Gen.Int[1, 6], Gen.Int[1, 4], Gen.Double[0.05, 1], Gen.Int[2, 30], Gen.Int[1, 4], Gen.Int[1, 4], Gen.Int[0, 6])
            .Select((failures, timeouts, share, calls, claims, probes, doublings) => new CircuitOptions
            {
                FailuresToOpen = failures,
                TimeoutsToOpen = timeouts,
                BadShareToOpen = share,
                WindowMinCalls = calls,
                HalfOpenClaims = claims,
                ProbesToClose = probes,
                OpenMax = TimeSpan.FromSeconds(Math.Pow(2, doublings)),
            });

    // A step: what happens, to which of the claims under way, and how much time passes before.
    private static readonly Gen<(int Kind, int Which, CallResult Result, int Milliseconds)[]> Steps =
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 100], Gen.Enum<CallResult>(), Gen.Int[0, 3_000]).Array[0, 200];

    [Fact]
    public void AnyHistory_NeverAsksAClusterThatIsOpenAndNeverTooManyThatIsHalfOpen() =>
        Gen.Select(Options, Gen.Int, Steps).Sample((options, seed, steps) =>
        {
            var halfOpenClaims = 0;
            Play(options, seed, steps, (circuit, before, entered, left, answered, now) =>
            {
                if (entered is not null)
                {
                    Assert.NotEqual(CircuitState.Open, before);
                    if (before == CircuitState.HalfOpen) halfOpenClaims++;
                }

                if (circuit.State != before) halfOpenClaims = 0;
                else if (left && circuit.State == CircuitState.HalfOpen) halfOpenClaims--;
                Assert.InRange(halfOpenClaims, 0, options.HalfOpenClaims);

                // Only an answered read leads out of Open.
                if (before == CircuitState.Open && circuit.State != CircuitState.Open) Assert.True(answered);
                if (circuit.State == CircuitState.Open && before != CircuitState.Open)
                    Assert.InRange(circuit.ProbeAt - now, options.OpenMin / 2, options.OpenMax);
                Assert.Equal(circuit.State == CircuitState.Closed, circuit.Reason.Length == 0);
                Assert.Equal(circuit.State == CircuitState.Closed, circuit.ProbeAt == DateTimeOffset.MaxValue);
            });
        });

    [Fact]
    public void AnyHistory_ThenAHealthyCluster_ClosedAfterProbesAloneWithinALimitedTime() =>
        Gen.Select(Options, Gen.Int, Steps).Sample((options, seed, steps) =>
        {
            // Claims still under way belong to nobody who will give them back: end them as a broken silo's callers do.
            var (circuit, now, open) = Play(options, seed, steps, (_, _, _, _, _, _) => { });
            foreach (var pass in open) circuit.Leave(pass, CallResult.Neutral, "", now);
            var late = now + options.OpenMax + (options.ProbeInterval * options.ProbesToClose);
            while (circuit.State != CircuitState.Closed)
            {
                if (circuit.ProbeAt > now) now = circuit.ProbeAt;
                circuit.ReadAnswered(now);
                Assert.InRange(now, Start, late);
            }

            Assert.NotNull(circuit.TryEnter(now));
        });

    [Fact]
    public void SameHistoryAndSeed_SameStates() =>
        Gen.Select(Options, Gen.Int, Steps).Sample((options, seed, steps) =>
        {
            var (first, second) = (new List<(CircuitState, DateTimeOffset)>(), new List<(CircuitState, DateTimeOffset)>());
            Play(options, seed, steps, (circuit, _, _, _, _, _) => first.Add((circuit.State, circuit.ProbeAt)));
            Play(options, seed, steps, (circuit, _, _, _, _, _) => second.Add((circuit.State, circuit.ProbeAt)));
            Assert.Equal(first, second);
        });

    private static (ClusterCircuit Circuit, DateTimeOffset Now, List<CircuitPass> Open) Play(
        CircuitOptions options, int seed, (int Kind, int Which, CallResult Result, int Milliseconds)[] steps, Action<ClusterCircuit, CircuitState, CircuitPass?, bool, bool, DateTimeOffset> look)
    {
        var circuit = new ClusterCircuit(options, seed, Start);
        var (now, open) = (Start, new List<(CircuitPass Pass, int Change)>());
        var changes = 0;
        foreach (var (kind, which, result, milliseconds) in steps)
        {
            now += TimeSpan.FromMilliseconds(milliseconds);
            var before = circuit.State;
            CircuitPass? entered = null;
            var (left, answered) = (false, false);
            if (kind < 4)
            {
                entered = circuit.TryEnter(now);
                if (entered is { } pass) open.Add((pass, changes));
            }
            else if (kind < 8 && open.Count > 0)
            {
                var (pass, change) = open[which % open.Count];
                open.RemoveAt(which % open.Count);
                circuit.Leave(pass, result, "a reason", now);
                left = change == changes;
            }
            else if (kind == 8)
            {
                circuit.ReadAnswered(now);
                answered = true;
            }
            else
            {
                circuit.ReadFailed(which % 2 == 0, "a reason", now);
            }

            if (circuit.State != before) changes++;
            look(circuit, before, entered, left, answered, now);
        }

        return (circuit, now, [.. open.Select(pair => pair.Pass)]);
    }
}
