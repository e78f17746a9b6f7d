using CsCheck;
using FleetSystem.FleetModel.Routing;

namespace FleetSystem.FleetModel.Tests.Routing;

public sealed class PathHealthTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private static readonly PathHealthOptions Options = new() { FailuresToDown = 3, SuccessesToDegraded = 2, HealthyAfter = TimeSpan.FromSeconds(10) };

    [Fact]
    public void Unprobed_NewPath_IsHealthy() => Assert.Equal(PathState.Healthy, PathHealth.Unprobed(Start).State);

    [Fact]
    public void Observe_FailuresInARow_DownAtTheLastOne()
    {
        Assert.Equal(PathState.Healthy, After("..xx").State);
        var down = After("..xxx");
        Assert.Equal((PathState.Down, Start + (5 * Interval)), (down.State, down.Since));
    }

    [Fact]
    public void Observe_FailuresNotInARow_StaysHealthy() => Assert.Equal(PathState.Healthy, After("xx.xx.xx.xx.").State);

    [Fact]
    public void Observe_DownThenAnswered_DegradedFirst()
    {
        Assert.Equal(PathState.Down, After("xxx.").State);
        Assert.Equal(PathState.Degraded, After("xxx..").State);
    }

    [Fact]
    public void Observe_DegradedAndAnsweredForHealthyAfter_Healthy()
    {
        // The first answer starts the time: 10 s are 40 intervals.
        Assert.Equal(PathState.Degraded, After("xxx" + new string('.', 40)).State);
        Assert.Equal(PathState.Healthy, After("xxx" + new string('.', 41)).State);
    }

    [Fact]
    public void Observe_OneLossWhileDegraded_StartsTheTimeAnew()
    {
        var probes = "xxx" + new string('.', 30) + "x" + new string('.', 40);
        Assert.Equal(PathState.Degraded, After(probes).State);
        Assert.Equal(PathState.Healthy, After(probes + ".").State);
    }

    [Fact]
    public void Observe_Flapping_NeverHealthyAgain() =>
        Assert.Equal(0, States("xxx" + string.Concat(Enumerable.Repeat("....x", 200))).Skip(3).Count(state => state == PathState.Healthy));

    [Fact]
    public void Observe_HealthyAfterZero_HealthyAtTheNextAnswer()
    {
        var options = new PathHealthOptions { FailuresToDown = 2, SuccessesToDegraded = 1, HealthyAfter = TimeSpan.Zero };
        Assert.Equal([PathState.Healthy, PathState.Down, PathState.Degraded, PathState.Healthy], States("xx..", options));
    }

    [Fact]
    public void Observe_OneLostProbeAnywhere_NeverChangesTheState() =>
        Gen.Bool.Array[0, 120].Sample(history =>
        {
            var health = Run(history);
            if (health.Failures + 1 >= Options.FailuresToDown) return; // Not one lost probe, but the last of several.
            Assert.Equal(health.State, health.Observe(false, Now(history.Length + 1), Options).State);
        });

    [Fact]
    public void Observe_AnyHistory_ChangesOnlyAlongTheHysteresis() =>
        Gen.Bool.Array[0, 300].Sample(history =>
        {
            var health = PathHealth.Unprobed(Start);
            for (var i = 0; i < history.Length; i++)
            {
                var next = health.Observe(history[i], Now(i + 1), Options);
                if (next.State == health.State) Assert.Equal(health.Since, next.Since);
                else
                {
                    Assert.Equal(Now(i + 1), next.Since);
                    Assert.Contains((health.State, next.State), new[]
                    {
                        (PathState.Healthy, PathState.Down), (PathState.Degraded, PathState.Down),
                        (PathState.Down, PathState.Degraded), (PathState.Degraded, PathState.Healthy),
                    });
                    if (next.State == PathState.Down) Assert.True(history[..(i + 1)].TakeLast(Options.FailuresToDown).All(answered => !answered));
                    if (next.State == PathState.Healthy) Assert.True(history[..(i + 1)].TakeLast(41).All(answered => answered));
                }

                health = next;
            }
        });

    private static DateTimeOffset Now(int probe) => Start + (probe * Interval);

    private static PathHealth After(string probes) => Run([.. probes.Select(probe => probe == '.')]);

    private static PathHealth Run(bool[] probes) =>
        probes.Index().Aggregate(PathHealth.Unprobed(Start), (health, probe) => health.Observe(probe.Item, Now(probe.Index + 1), Options));

    private static IEnumerable<PathState> States(string probes, PathHealthOptions? options = null)
    {
        var health = PathHealth.Unprobed(Start);
        foreach (var (index, probe) in probes.Index()) yield return (health = health.Observe(probe == '.', Now(index + 1), options ?? Options)).State;
    }
}
