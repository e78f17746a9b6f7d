using FleetSystem.FleetManager.Dashboard.Views;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Operations;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Zones;
using static FleetSystem.FleetManager.Tests.Dashboard.Readings;
using Severity = FleetSystem.FleetManager.Dashboard.Views.Severity;

namespace FleetSystem.FleetManager.Tests.Dashboard.Views;

public sealed class ProblemFinderTests
{
    public static TheoryData<string, RegionStatus, Severity, string> Faults() => new()
    {
        { "drained", Well with { Refusal = "region seoul is drained by kim" }, Severity.Warning, "drained by kim" },
        { "zone by the monitor", Well with { ZoneStates = [Zone("a", ZonePhase.Evacuated, 0, "nodes are gone")] }, Severity.Critical, "Zone a is evacuated by the zone monitor: nodes are gone" },
        { "zone by an operator", Well with { ZoneStates = [Zone("a", ZonePhase.Evacuated, 0, "maintenance", "kim")] }, Severity.Warning, "by kim: maintenance" },
        { "zone comes back", Well with { ZoneStates = [Zone("a", ZonePhase.Restoring, 0.25, "nodes were gone")] }, Severity.Notice, "takes 25 % of new sessions" },
        { "not listed", Well.WithCluster(cluster => cluster with { Synced = false }), Severity.Critical, "has not been listed" },
        { "stale", Well.WithCluster(cluster => cluster with { StaleSince = Now }), Severity.Warning, "cannot be watched" },
        { "circuit open", Well.WithCluster(cluster => cluster with { Circuit = new CircuitStatus(CircuitState.Open, Now, "5 failures") }), Severity.Critical, "not asked for servers: 5 failures" },
        { "circuit half-open", Well.WithCluster(cluster => cluster with { Circuit = new CircuitStatus(CircuitState.HalfOpen, Now, "5 failures") }), Severity.Warning, "few servers" },
        { "dead nodes", Well.WithCluster(cluster => cluster with { Servers = [Count("a", GameServerState.Ready, 5), Count("a", GameServerState.Allocated, 3, onFitNode: false)] }), Severity.Warning, "3 servers stand on nodes" },
        { "waiting", Well with { Demand = [new FleetDemand("arena", 7)] }, Severity.Critical, "7 sessions wait for a server of fleet arena" },
        { "none free", Well with { Zones = [new ZoneCapacity("arena", "a", 0, 9)] }, Severity.Warning, "Fleet arena has no free server" },
        { "path down", Well with { Paths = [Well.Paths[0] with { State = PathState.Down }] }, Severity.Critical, "Accelerator over UDP is down" },
        { "path degraded", Well with { Paths = [Well.Paths[0] with { State = PathState.Degraded }] }, Severity.Warning, "degraded" },
        { "forced", Well with { Route = new RouteIntent(RouteKind.Direct, Now.AddHours(1), "kim", "test", Now) }, Severity.Notice, "Direct comes first until 04:00:00" },
        { "accelerator", Well with { Traffic = new TrafficStatus(null, new Dictionary<string, int>(), null, null, null, TrafficState.Failing, Now, "throttled") }, Severity.Warning, "throttled" },
    };

    [Fact]
    public void Find_AllIsWell_Nothing() => Assert.Empty(ProblemFinder.Find(Of(Region(Well))));

    [Fact]
    public void Find_NotAskedYet_Nothing() => Assert.Empty(ProblemFinder.Find(Of(Region(null))));

    [Theory]
    [MemberData(nameof(Faults))]
    public void Find_OneThingIsWrong_ThatAloneWithWhatIsKnownOfIt(string _, RegionStatus status, Severity severity, string what)
    {
        var problem = Assert.Single(ProblemFinder.Find(Of(Region(status))));

        Assert.Equal((severity, "seoul"), (problem.Severity, problem.Region));
        Assert.Contains(what, problem.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_NoAnswer_SaysThatWhatIsShownIsOldAndShowsItStill()
    {
        var problems = ProblemFinder.Find(Of(Region(Well with { Demand = [new FleetDemand("arena", 1)] }) with { Fault = "no answer within 2 s" }));

        Assert.Equal(2, problems.Count);
        Assert.Contains(problems, problem => problem.What == "Region seoul does not answer (no answer within 2 s). It is shown as it was last.");
    }

    [Fact]
    public void Find_SeveralAreWrong_WorstFirst()
    {
        var problems = ProblemFinder.Find(Of(Region(Well with
        {
            Route = new RouteIntent(RouteKind.Direct, Now.AddHours(1), "kim", "test", Now),
            Refusal = "drained",
            Demand = [new FleetDemand("arena", 7)],
        })));

        Assert.Equal([Severity.Critical, Severity.Warning, Severity.Notice], problems.Select(problem => problem.Severity));
    }
}
