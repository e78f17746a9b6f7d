using CsCheck;
using FleetSystem.FleetModel.Zones;

namespace FleetSystem.FleetModel.Tests.Zones;

public sealed class ZoneMonitorTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);
    private static readonly ZoneMonitorOptions Options = new();
    private static readonly ZoneSignals Good = new("", Nodes: 10, Servers: 100, Claims: 50);
    private static readonly ZoneSignals NodesDown = Good with { NodesDown = 10 };
    private static readonly ZoneSignals ServersLost = Good with { Servers = 20, ServersLost = 80 };
    private static readonly ZoneSignals ClaimsFailed = Good with { ClaimsFailed = 45 };

    // Anything at all may be seen.
    private static readonly Gen<ZoneSignals?> Any = Gen.Frequency<ZoneSignals?>(
        (1, Gen.Const((ZoneSignals?)null)),
        (6, Gen.Const((ZoneSignals?)Good)),
        (2, Gen.Const((ZoneSignals?)NodesDown)),
        (1, Gen.Const((ZoneSignals?)ServersLost)),
        (1, Gen.Const((ZoneSignals?)ClaimsFailed)),
        (2, Gen.Select(Gen.Int[0, 10], Gen.Int[0, 100], Gen.Int[0, 50]).Select((nodes, servers, claims) => (ZoneSignals?)new ZoneSignals("", 10, nodes, 100 - servers, servers, 50, claims))));

    [Theory]
    [InlineData("nodes")]
    [InlineData("servers")]
    [InlineData("claims")]
    public void Next_ZoneFailsAndOthersDoNot_EvacuatedAfterTripAfterAndNotBefore(string sign)
    {
        var run = new Run();
        var failing = sign switch { "nodes" => NodesDown, "servers" => ServersLost, _ => ClaimsFailed };
        run.Pass(TimeSpan.FromSeconds(10), Good, Good, Good);
        var began = run.Now;
        run.Until(ZonePhase.Evacuated, failing, Good, Good);
        Assert.Equal(Options.TripAfter, run.Now - began - Tick);
        Assert.Equal([ZonePhase.Evacuated, ZonePhase.Healthy, ZonePhase.Healthy], run.Phases);
        Assert.NotEqual("", run.Zones[0].Reason);
    }

    [Theory]
    [InlineData("nodes")]
    [InlineData("servers")]
    [InlineData("claims")]
    public void Next_EveryZoneFails_ItIsNotTheZones(string sign)
    {
        var run = new Run();
        var failing = sign switch { "nodes" => NodesDown, "servers" => ServersLost, _ => ClaimsFailed };
        run.Pass(TimeSpan.FromMinutes(1), failing, failing, failing);
        Assert.All(run.Phases, phase => Assert.Equal(ZonePhase.Healthy, phase));
    }

    [Fact]
    public void Next_ClaimsFailAndNobodyClaimsElsewhere_ProvesNothing()
    {
        var run = new Run();
        run.Pass(TimeSpan.FromMinutes(1), ClaimsFailed, Good with { Claims = 0 }, Good with { Claims = Options.MinClaims - 1 });
        Assert.Equal(ZonePhase.Healthy, run.Phases[0]);
    }

    [Fact]
    public void Next_TheOtherZonesAreClosedByAnOperator_TheLastOneStays()
    {
        var run = new Run { Closed = ["b", "c"] };
        run.Pass(TimeSpan.FromMinutes(1), NodesDown, Good, Good);
        Assert.Equal(ZonePhase.Healthy, run.Phases[0]);
    }

    [Fact]
    public void Next_FewerThanTheLeastCounts_NeverTrips()
    {
        var run = new Run();
        foreach (var few in new[] { new ZoneSignals("", 1, 1), new ZoneSignals("", 1, 0, 0, 4), new ZoneSignals("", 1, 0, 1, 0, 9, 9) })
            run.Pass(TimeSpan.FromMinutes(1), few, Good, Good);
        Assert.Equal(ZonePhase.Healthy, run.Phases[0]);
    }

    [Fact]
    public void Next_QuietAgain_RestoredStepByStepEachAfterAQuietTime()
    {
        var run = new Run();
        run.Until(ZonePhase.Evacuated, NodesDown, Good, Good);
        run.Pass(TimeSpan.FromMinutes(5), NodesDown, Good, Good);
        Assert.Equal(0, run.Share);
        foreach (var share in new[] { 0.1, 0.5, 1 })
        {
            var began = run.Now;
            var before = run.Share;
            while (run.Share == before) run.Step(Good, Good, Good);
            Assert.Equal(share, run.Share);
            Assert.InRange(run.Now - began, Options.QuietTime, Options.QuietTime + (2 * Tick));
        }

        Assert.Equal(ZonePhase.Healthy, run.Phases[0]);
    }

    [Fact]
    public void Next_NoNodeStandsInTheZone_StaysEvacuated()
    {
        var run = new Run();
        run.Until(ZonePhase.Evacuated, NodesDown, Good, Good);
        run.Pass(TimeSpan.FromHours(1), new ZoneSignals(""), Good, Good);
        run.Pass(TimeSpan.FromHours(1), null, Good, Good);
        Assert.Equal(ZonePhase.Evacuated, run.Phases[0]);
    }

    [Fact]
    public void Next_EveryRestorationRelapses_TheWaitDoublesUpToItsLimit()
    {
        var run = new Run();
        run.Until(ZonePhase.Evacuated, NodesDown, Good, Good);
        var waits = new List<double>();
        for (var relapse = 0; relapse < 7; relapse++)
        {
            var began = run.Now;
            run.Until(ZonePhase.Restoring, Good, Good, Good);
            waits.Add(Math.Floor((run.Now - began).TotalSeconds));
            run.Until(ZonePhase.Evacuated, NodesDown, Good, Good);
        }

        Assert.Equal([30, 60, 120, 240, 480, 600, 600], waits);
    }

    [Fact]
    public void Next_FailsAgainLongAfterARestoration_NoRelapse()
    {
        var run = new Run();
        run.Until(ZonePhase.Evacuated, NodesDown, Good, Good);
        run.Until(ZonePhase.Healthy, Good, Good, Good);
        run.Pass(Options.ForgetAfter, Good, Good, Good);
        run.Until(ZonePhase.Evacuated, NodesDown, Good, Good);
        Assert.Equal(0, run.Zones[0].Relapses);
    }

    [Fact]
    public void Restore_Evacuated_FirstStepAtOnceAndEvacuatedAgainWhileItFails()
    {
        var run = new Run();
        run.Until(ZonePhase.Evacuated, NodesDown, Good, Good);
        run.Replace(ZoneMonitor.Restore(run.Zones[0], run.Now));
        Assert.Equal(0.1, run.Share);
        var began = run.Now;
        run.Until(ZonePhase.Evacuated, NodesDown, Good, Good);
        Assert.True(run.Now - began <= Options.TripAfter + (2 * Tick));
    }

    [Fact]
    public void Adopt_DirectiveOfTheMonitor_TheZoneStandsWhereItStood()
    {
        var held = new ZoneDirective("a", 0.5, "2 of 2 nodes are down", DateTimeOffset.UnixEpoch);
        var adopted = ZoneMonitor.Adopt(new ZoneHealth { Zone = "a" }, held, Options);
        Assert.Equal((ZonePhase.Restoring, 0.5, held.Reason), (adopted.Phase, adopted.AdmittedShare(Options), adopted.Reason));
        Assert.Equal(ZonePhase.Evacuated, ZoneMonitor.Adopt(new ZoneHealth { Zone = "a" }, held with { AdmittedShare = 0 }, Options).Phase);
        Assert.Equal(ZonePhase.Healthy, ZoneMonitor.Adopt(new ZoneHealth { Zone = "a" }, held with { By = "ops" }, Options).Phase);
        var known = new ZoneHealth { Zone = "a", Since = DateTimeOffset.UnixEpoch };
        Assert.Same(known, ZoneMonitor.Adopt(known, held, Options));
    }

    [Fact]
    public void Next_NoiseBelowTheTripShare_NeverEvacuates() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 59], Gen.Int[0, 29]).Array[3].Array[1, 200].Sample(seen =>
        {
            var run = new Run();
            foreach (var zones in seen)
            {
                run.Step([.. zones.Select(noise => (ZoneSignals?)new ZoneSignals("", 10, noise.Item1, 100 - noise.Item2, noise.Item2, 50, noise.Item3))]);
                Assert.All(run.Phases, phase => Assert.Equal(ZonePhase.Healthy, phase));
            }
        });

    [Fact]
    public void Next_FailuresShorterThanTripAfter_NeverEvacuate() =>
        Gen.Select(Gen.Int[1, 2], Gen.Int[1, 5]).Array[1, 80].Sample(bursts =>
        {
            var run = new Run();
            foreach (var (bad, good) in bursts)
            {
                for (var i = 0; i < bad; i++) run.Step(NodesDown, Good, Good);
                for (var i = 0; i < good; i++) run.Step(Good, Good, Good);
                Assert.Equal(ZonePhase.Healthy, run.Phases[0]);
            }
        });

    [Fact]
    public void Next_AnyHistory_AFailingZoneIsEvacuatedInTime() =>
        Any.Array[0, 300].Sample(history =>
        {
            var run = new Run();
            foreach (var seen in history) run.Step(seen, Good, Good);
            var began = run.Now;
            while (run.Phases[0] != ZonePhase.Evacuated) run.Step(NodesDown, Good, Good);
            Assert.True(run.Now - began <= Options.TripAfter + (2 * Options.ReportInterval), $"{run.Now - began}");
        });

    [Fact]
    public void Next_AnySignals_NeverEveryZoneAndNoFlappingAndSharesGrowStepByStep() =>
        Any.Array[3].Array[1, 400].Sample(seen =>
        {
            var run = new Run();
            var evacuatedAt = new Dictionary<string, DateTimeOffset>();
            foreach (var zones in seen)
            {
                var before = run.Zones;
                run.Step(zones);
                Assert.Contains(run.Phases, phase => phase != ZonePhase.Evacuated);
                foreach (var (old, now) in before.Zip(run.Zones))
                {
                    if (old.Phase != now.Phase && now.Phase == ZonePhase.Evacuated)
                    {
                        if (evacuatedAt.TryGetValue(now.Zone, out var last)) Assert.True(run.Now - last >= Options.QuietTime, "two evacuations without a quiet time between them");
                        evacuatedAt[now.Zone] = run.Now;
                    }

                    var (from, to) = (Rank(old), Rank(now));
                    Assert.True(to <= from + 1, $"from step {from} to {to}");
                    if (to > from && old.Since is { } since) Assert.True(run.Now - since >= Options.QuietTime, "a step without a quiet time before it");
                }
            }

            static int Rank(ZoneHealth zone) => zone.Phase switch { ZonePhase.Evacuated => 0, ZonePhase.Restoring => 1 + zone.Step, _ => 1 + Options.Steps.Count };
        });

    /// <summary>Three zones, a to c, and a clock.</summary>
    private sealed class Run
    {
        private static readonly string[] Names = ["a", "b", "c"];

        public IReadOnlyList<ZoneHealth> Zones { get; private set; } = [.. Names.Select(name => new ZoneHealth { Zone = name })];

        public DateTimeOffset Now { get; private set; } = new(2026, 11, 25, 0, 0, 0, TimeSpan.Zero);

        public HashSet<string> Closed { get; init; } = [];

        public IReadOnlyList<ZonePhase> Phases => [.. Zones.Select(zone => zone.Phase)];

        public double Share => Zones[0].AdmittedShare(Options);

        public void Step(params ZoneSignals?[] seen)
        {
            var signals = Names.Zip(seen).Where(pair => pair.Second is not null).ToDictionary(pair => pair.First, pair => pair.Second! with { Zone = pair.First });
            Zones = ZoneMonitor.Next(Zones, signals, Closed, Now, Options);
            Now += Tick;
        }

        public void Pass(TimeSpan span, params ZoneSignals?[] seen)
        {
            for (var end = Now + span; Now < end;) Step(seen);
        }

        public void Until(ZonePhase phase, params ZoneSignals?[] seen)
        {
            for (var late = Now + TimeSpan.FromHours(1); Phases[0] != phase;)
            {
                Assert.True(Now < late, $"zone a never became {phase}");
                Step(seen);
            }
        }

        public void Replace(ZoneHealth zone) => Zones = [zone, .. Zones.Skip(1)];
    }
}
