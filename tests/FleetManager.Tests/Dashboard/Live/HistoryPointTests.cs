using FleetSystem.FleetManager.Dashboard.Live;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Operations;
using static FleetSystem.FleetManager.Tests.Dashboard.Readings;

namespace FleetSystem.FleetManager.Tests.Dashboard.Live;

public sealed class HistoryPointTests
{
    private static readonly AllocationTally Ten = Enumerable.Range(0, 10).Aggregate(new AllocationTally { Fleet = "arena" }, (tally, _) => tally.WithAllocated(TimeSpan.FromSeconds(0.1)));

    [Fact]
    public void Of_TwoCounts_RatesAndDurationsOfWhatCameBetween()
    {
        var before = HistoryPoint.Of(Well with { Allocations = new(Now, [Ten]) }, Now, null, []);

        var point = HistoryPoint.Of(Well with { Allocations = new(Now, [Ten.Plus(Ten).WithFailed(), Ten with { Fleet = "duel" }]) }, Now.AddSeconds(5), before, []);

        Assert.Equal((4.0, 0.2), (point.AllocationsPerSecond, point.FailuresPerSecond));
        Assert.InRange(point.P95Seconds!.Value, 0.075, 0.1);
    }

    [Fact]
    public void Of_TwoFleets_EachItsOwnServersAndRates()
    {
        FleetOptions[] fleets = [new() { Id = "arena" }, new() { Id = "duel" }];
        var before = HistoryPoint.Of(Well with { Allocations = new(Now, [Ten]) }, Now, null, fleets);

        var point = HistoryPoint.Of(Well with { Allocations = new(Now, [Ten.Plus(Ten).WithFailed()]), Demand = [new FleetDemand("arena", 7)] }, Now.AddSeconds(5), before, fleets);

        Assert.Equal(new FleetPoint("arena", new ServerTotals(9, 3, 0, 0, 0, 3), 7, 2.0, 0.2), point.Of("arena"));
        Assert.Equal(new FleetPoint("duel", default, 0, 0, 0), point.Of("duel"));
        Assert.Null(point.Of("nobody's"));
        Assert.Null(before.Of("arena")!.AllocationsPerSecond);
    }

    [Fact]
    public void Of_FirstPoint_NoRate() => Assert.Null(HistoryPoint.Of(Well with { Allocations = new(Now, [Ten]) }, Now, null, []).AllocationsPerSecond);

    [Fact]
    public void Of_RegionsGrainWasMoved_NoRateAcrossTheGap()
    {
        var before = HistoryPoint.Of(Well with { Allocations = new(Now, [Ten]) }, Now, null, []);

        Assert.Null(HistoryPoint.Of(Well with { Allocations = new(Now.AddSeconds(1), []) }, Now.AddSeconds(5), before, []).AllocationsPerSecond);
    }
}
