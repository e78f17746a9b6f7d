using CsCheck;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Tests.Configuration;

namespace FleetSystem.FleetModel.Tests.Routing;

public sealed class PathHealthTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly PathHealthOptions Options = new();

    [Fact]
    public void Check_Defaults_NoFault() => Assert.Empty(Faults.Of(Options.Check));

    [Fact]
    public void Check_EverythingWrong_NamesEach() =>
        Assert.Equal(
            ["DownWindow", "LossesToDown", "DegradedWindow", "LossesToDegraded", "LossesWhenGood", "HealthyAfter", "HealthyAfterMax", "RelapseWithin"],
            Faults.Of(new PathHealthOptions
            {
                DownWindow = 1,
                LossesToDown = 0,
                DegradedWindow = 65,
                LossesToDegraded = 1,
                LossesWhenGood = -1,
                HealthyAfter = TimeSpan.FromHours(2),
                HealthyAfterMax = TimeSpan.Zero,
                RelapseWithin = TimeSpan.FromDays(2),
            }.Check).Select(fault => fault.Key));

    [Fact]
    public void Unprobed_NewPath_IsHealthy() => Assert.Equal(PathState.Healthy, PathHealth.Unprobed(Start).State);

    [Fact]
    public void Observe_EveryProbeLost_DownAfterTwelve()
    {
        Assert.Equal(PathState.Healthy, After(Answers(40) + Losses(11)).State);
        var down = After(Answers(40) + Losses(12));
        Assert.Equal((PathState.Down, Start + (52 * Interval)), (down.State, down.Since));
    }

    [Fact]
    public void Observe_TwoFifthsLost_DegradedAndNotDown()
    {
        var states = States(Answers(40) + string.Concat(Enumerable.Repeat("xx...", 30))).ToHashSet();
        Assert.Equal([PathState.Healthy, PathState.Degraded], states.Order());
    }

    [Fact]
    public void Observe_DownThenTwelveAnswers_DegradedFirst()
    {
        Assert.Equal(PathState.Down, After(Losses(16) + Answers(11)).State);
        Assert.Equal(PathState.Degraded, After(Losses(16) + Answers(12)).State);
    }

    [Fact]
    public void Observe_DegradedAndGoodForHealthyAfter_Healthy()
    {
        var back = Losses(16) + Answers(12);
        Assert.Equal(PathState.Degraded, After(back + Answers(99)).State);
        Assert.Equal(PathState.Healthy, After(back + Answers(100)).State);
    }

    [Fact]
    public void Observe_FewLossesWhileDegraded_AreForgiven() =>
        Assert.Equal(PathState.Healthy, After(Losses(16) + Answers(12) + string.Concat(Enumerable.Repeat("x.........", 10))).State);

    [Fact]
    public void Observe_ManyLossesWhileDegraded_StartTheTimeAnew() =>
        Assert.DoesNotContain(PathState.Healthy, States(Losses(16) + Answers(12) + string.Concat(Enumerable.Repeat("x..", 200))).Skip(12));

    [Fact]
    public void Observe_GoingDownAgainSoon_DoublesTheTimeUntilHealthy()
    {
        var relapsed = Losses(16) + Answers(12 + 101) + Losses(16) + Answers(12);
        Assert.Equal(PathState.Degraded, After(relapsed + Answers(199)).State);
        Assert.Equal(PathState.Healthy, After(relapsed + Answers(200)).State);
    }

    [Fact]
    public void Observe_GoingDownForever_WaitsNoLongerThanTheLimit()
    {
        var options = new PathHealthOptions { HealthyAfterMax = TimeSpan.FromSeconds(15) };
        var flapping = string.Concat(Enumerable.Repeat(Losses(16) + Answers(30), 40));
        Assert.Equal(PathState.Healthy, States(flapping + Answers(151), options).Last());
        Assert.Equal(PathState.Degraded, States(flapping + Answers(110), options).Last());
    }

    [Fact]
    public void Observe_GoingDownMuchLater_IsNoRelapse()
    {
        var options = new PathHealthOptions { RelapseWithin = TimeSpan.FromSeconds(20) };
        Assert.Equal(PathState.Healthy, States(Losses(16) + Answers(300) + Losses(16) + Answers(12 + 100), options).Last());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Observe_ATenthLostAtRandomForADay_StaysHealthy(int seed)
    {
        var random = new Random(seed);
        var health = PathHealth.Unprobed(Start);
        for (var probe = 1; probe <= 864_000; probe++)
        {
            health = health.Observe(random.NextDouble() >= 0.1, Now(probe), Options);
            if (health.State != PathState.Healthy) Assert.Fail($"seed {seed}: {health.State} after {probe} probes");
        }
    }

    [Fact]
    public void Observe_OneLostProbe_NeverChangesTheStateOfAPathThatAnswers() =>
        Gen.Int[0, 200].Sample(answers => Assert.Equal(PathState.Healthy, After(Answers(answers) + "x").State));

    [Fact]
    public void Observe_AnyHistory_ChangesOnlyAlongTheHysteresis() =>
        Gen.Select(Gen.Double[0, 1], Gen.Int[0, 1_000_000]).Sample((loss, seed) =>
        {
            var random = new Random(seed);
            var history = Enumerable.Range(0, 600).Select(_ => random.NextDouble() >= loss).ToArray();
            var health = PathHealth.Unprobed(Start);
            for (var i = 0; i < history.Length; i++)
            {
                var next = health.Observe(history[i], Now(i + 1), Options);
                Assert.Equal(Now(i + 1), next.ObservedAt);
                if (next.State == health.State) Assert.Equal(health.Since, next.Since);
                else
                {
                    Assert.Equal(Now(i + 1), next.Since);
                    Assert.Contains((health.State, next.State), new[]
                    {
                        (PathState.Healthy, PathState.Down), (PathState.Healthy, PathState.Degraded), (PathState.Degraded, PathState.Down),
                        (PathState.Down, PathState.Degraded), (PathState.Degraded, PathState.Healthy),
                    });
                    if (next.State == PathState.Down) Assert.True(history[..(i + 1)].TakeLast(Options.DownWindow).Count(answered => !answered) >= Options.LossesToDown);
                }

                health = next;
            }
        });

    [Fact]
    public void Best_OneAddressDown_IsThatOfTheOther()
    {
        var healthy = After(Answers(3));
        Assert.Same(healthy, PathHealth.Best([After(Losses(16)), healthy]));
    }

    private static string Losses(int count) => new('x', count);

    private static string Answers(int count) => new('.', count);

    private static DateTimeOffset Now(int probe) => Start + (probe * Interval);

    private static PathHealth After(string probes) =>
        probes.Index().Aggregate(PathHealth.Unprobed(Start), (health, probe) => health.Observe(probe.Item == '.', Now(probe.Index + 1), Options));

    private static IEnumerable<PathState> States(string probes, PathHealthOptions? options = null)
    {
        var health = PathHealth.Unprobed(Start);
        foreach (var (index, probe) in probes.Index()) yield return (health = health.Observe(probe == '.', Now(index + 1), options ?? Options)).State;
    }
}
