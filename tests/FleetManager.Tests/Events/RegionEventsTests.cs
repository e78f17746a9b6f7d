using FleetSystem.FleetManager.Events;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Operations;
using FleetSystem.FleetModel.Routing;
using static FleetSystem.FleetManager.Tests.Dashboard.Readings;
using Severity = FleetSystem.FleetManager.Dashboard.Views.Severity;

namespace FleetSystem.FleetManager.Tests.Events;

public sealed class RegionEventsTests
{
    private static readonly DateTimeOffset Later = Now.AddSeconds(5);

    [Fact]
    public void Between_NothingChanged_Nothing()
    {
        Assert.Empty(Between(Well, Well with { }));
        Assert.Empty(Between(null, Well));
    }

    [Fact]
    public void Between_RegionFallsSilentAndAnswers_Told()
    {
        Assert.Equal((EventKind.Region, Severity.Critical), One(RegionEvents.Between(Region(Well), Region(Well) with { Fault = "gone" }, Later)));
        Assert.Equal((EventKind.Region, Severity.Good), One(RegionEvents.Between(Region(Well) with { Fault = "gone" }, Region(Well), Later)));
        Assert.Empty(RegionEvents.Between(Region(Well) with { Fault = "gone" }, Region(Well) with { Fault = "still" }, Later));
    }

    [Fact]
    public void Between_ClusterCannotBeWatched_SinceWhenItIsSo()
    {
        var stale = Well.WithCluster(cluster => cluster with { StaleSince = Now.AddSeconds(2) });

        var lost = Assert.Single(Between(Well, stale));
        Assert.Equal((EventKind.Cluster, Severity.Warning, "blue", Now.AddSeconds(2)), (lost.Kind, lost.Severity, lost.Subject, lost.At));
        Assert.Equal((EventKind.Cluster, Severity.Good), One(Between(stale, Well)));
    }

    [Fact]
    public void Between_CircuitOpensTriesAndCloses_ToldTwiceWithTheReason()
    {
        var open = Well.WithCluster(cluster => cluster with { Circuit = new(CircuitState.Open, Now.AddSeconds(1), "2 time-outs") });
        var half = Well.WithCluster(cluster => cluster with { Circuit = new(CircuitState.HalfOpen, Now.AddSeconds(2), "2 time-outs") });

        Assert.EndsWith("is not asked for servers: 2 time-outs", Assert.Single(Between(Well, open)).What, StringComparison.Ordinal);
        Assert.Empty(Between(open, open with { }));
        Assert.Empty(Between(open, half));
        Assert.Equal((EventKind.Cluster, Severity.Good), One(Between(half, Well)));
    }

    [Fact]
    public void Between_NodesDie_ServersAreCountedAndAreOneEventWhileItGoesOn()
    {
        var some = Well.WithCluster(cluster => cluster with { Servers = [.. cluster.Servers.Select(count => count with { OnFitNode = count.Zone != "a" || count.State != GameServerState.Ready })] });
        var all = Well.WithCluster(cluster => cluster with { Servers = [.. cluster.Servers.Select(count => count with { OnFitNode = false })] });
        var log = Log();

        log.Append(RegionEvents.Between(Region(Well), Region(some), Later));
        log.Append(RegionEvents.Between(Region(some), Region(all), Later.AddSeconds(1)));

        var happened = Assert.Single(log.Read());
        Assert.Equal((EventKind.Node, 12, Later, (DateTimeOffset?)Later.AddSeconds(1)), (happened.Kind, happened.Count, happened.At, happened.Until));
        Assert.StartsWith("12 servers of cluster blue went out of reach", happened.What, StringComparison.Ordinal);
        Assert.Equal((EventKind.Node, Severity.Good), One(Between(all, Well)));
    }

    [Fact]
    public void Between_PathGoesDownAndComesBack_ToldWithItsName()
    {
        var down = Well with { Paths = [Well.Paths[0] with { State = PathState.Down, Since = Now.AddSeconds(3) }] };

        var lost = Assert.Single(Between(Well, down));
        Assert.Equal((EventKind.Route, Severity.Critical, "Accelerator over UDP is down", Now.AddSeconds(3)), (lost.Kind, lost.Severity, lost.What, lost.At));
        Assert.Equal((EventKind.Route, Severity.Good), One(Between(down, Well)));
    }

    [Fact]
    public void Between_ForcedRoutesTimeIsOver_ToldOnceAndAnOperatorsWordIsNot()
    {
        var forced = Well with { Route = new RouteIntent(RouteKind.Direct, Now.AddSeconds(4), "mina", "why", Now) };
        var released = Well with { Route = new RouteIntent(null, Now.AddSeconds(3), "mina", "enough", Now.AddSeconds(3)) };

        var over = Assert.Single(Between(forced, forced with { }));
        Assert.Equal((EventKind.Route, Now.AddSeconds(4)), (over.Kind, over.At));
        Assert.Empty(RegionEvents.Between(Region(forced) with { AnsweredAt = Later }, Region(forced with { }) with { AnsweredAt = Later.AddSeconds(5) }, Later.AddSeconds(5)));
        Assert.Empty(Between(forced, released));
    }

    [Fact]
    public void Between_AcceleratorRefuses_ToldWithItsError()
    {
        var failing = Well with { Traffic = new TrafficStatus(50, new Dictionary<string, int>(), null, null, null, TrafficState.Failing, Now, "denied") };

        Assert.Empty(Between(Well, failing));
        Assert.EndsWith("denied", Assert.Single(Between(failing with { Traffic = failing.Traffic with { State = TrafficState.Settled } }, failing)).What, StringComparison.Ordinal);
        Assert.Equal((EventKind.Accelerator, Severity.Good), One(Between(failing, failing with { Traffic = failing.Traffic with { State = TrafficState.Changing } })));
    }

    [Fact]
    public void Between_FleetRunsOutOfServers_ThatAndWhoWaits()
    {
        var empty = Well with { Zones = [new ZoneCapacity("arena", "a", 0, 7)], Demand = [new FleetDemand("arena", 3)] };

        Assert.Equal([(EventKind.Fleet, Severity.Warning), (EventKind.Fleet, Severity.Warning)], Between(Well, empty).Select(happened => (happened.Kind, happened.Severity)));
        Assert.Equal([(EventKind.Fleet, Severity.Good), (EventKind.Fleet, Severity.Good)], Between(empty, Well).Select(happened => (happened.Kind, happened.Severity)));
    }

    [Fact]
    public void Between_SessionsLeaveTheirServers_InNumbers()
    {
        var tally = new AllocationTally { Fleet = "arena" };
        var before = Well with { Allocations = new(Now, [tally]) };
        var after = Well with { Allocations = new(Now, [tally.WithServerLeft(isMove: false).WithServerLeft(isMove: false).WithServerLeft(isMove: true).WithFailed()]) };

        Assert.Equal(
            ["2 sessions of fleet arena lost their server", "1 session of fleet arena was moved to another server", "1 session of fleet arena got no server: its allocation failed"],
            Between(before, after).Select(happened => happened.What));
        Assert.Empty(Between(before, after with { Allocations = after.Allocations with { Since = Later } }));
    }

    private static IReadOnlyList<FleetEvent> Between(RegionStatus? before, RegionStatus after) => [.. RegionEvents.Between(Region(before), Region(after), Later)];

    private static (EventKind, Severity) One(IEnumerable<FleetEvent> events) => Assert.Single(events.Select(happened => (happened.Kind, happened.Severity)));

    private static EventLog Log() => new(Microsoft.Extensions.Options.Options.Create(new EventOptions()));
}
