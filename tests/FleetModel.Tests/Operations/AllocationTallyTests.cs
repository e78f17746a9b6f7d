using CsCheck;
using FleetSystem.FleetModel.Operations;

namespace FleetSystem.FleetModel.Tests.Operations;

public sealed class AllocationTallyTests
{
    private static readonly AllocationTally None = new() { Fleet = "arena" };

    [Fact]
    public void Percentile_NothingAllocated_NotKnown() => Assert.Null(None.WithFailed().Percentile(0.95));

    [Fact]
    public void Percentile_AnyDurations_WithinTheBoundsAroundTheTrueOne() =>
        Gen.Select(Gen.Double[0.001, 59].Array[1, 200], Gen.Double[0.01, 1]).Sample((seconds, share) =>
        {
            var tally = seconds.Aggregate(None, (sum, next) => sum.WithAllocated(TimeSpan.FromSeconds(next)));
            var exact = seconds.Order().ElementAt((int)Math.Ceiling(seconds.Length * share) - 1);
            var above = AllocationTally.Bounds.First(bound => bound >= exact);
            var below = AllocationTally.Bounds.LastOrDefault(bound => bound < exact);
            Assert.InRange(tally.Percentile(share)!.Value, below, above);
        });

    [Fact]
    public void Percentile_LongerThanTheLastBound_AtLeastThat() =>
        Assert.Equal(AllocationTally.Bounds[^1], None.WithAllocated(TimeSpan.FromHours(1)).Percentile(0.5));

    [Fact]
    public void Minus_LaterAndEarlier_WhatCameBetween()
    {
        var earlier = None.WithAllocated(TimeSpan.FromSeconds(0.02)).WithFailed();
        var later = earlier.WithAllocated(TimeSpan.FromSeconds(2)).WithFailed().WithFailed();

        var between = later.Minus(earlier);

        Assert.Equal((1, 2), (between.Allocated, between.Failed));
        Assert.InRange(between.Percentile(0.5)!.Value, 1.5, 2);
    }

    [Fact]
    public void Plus_TalliesOfSeveralFleets_EachFleetOnceAndInOrder()
    {
        var region = new RegionAllocations(default, [None.WithFailed()]);

        var sum = region.Plus([new AllocationTally { Fleet = "duel", Allocated = 3 }, None.WithFailed(), new AllocationTally { Fleet = "duel", Allocated = 1 }]);

        Assert.Equal([("arena", 0, 2), ("duel", 4, 0)], sum.Fleets.Select(tally => (tally.Fleet, tally.Allocated, tally.Failed)));
    }

    [Fact]
    public void Minus_ASiloWithFewerBounds_ThoseThatItHas() =>
        Assert.Equal(AllocationTally.Bounds.Count + 1, None.Minus(None with { Durations = [1, 2] }).Durations.Count);
}
