using CsCheck;
using FleetSystem.FleetModel.Sizing;

namespace FleetSystem.FleetModel.Tests.Sizing;

public sealed class FleetSizePlannerTests
{
    private const int Most = 1000;

    private static readonly FleetSize Plain = new() { AgonesFleet = "arena", Uid = "u-1", ResourceVersion = "17", Replicas = 6, CurrentReplicas = 6, ReadyReplicas = 4, AllocatedReplicas = 2 };
    private static readonly FleetAutoscalerSnapshot Autoscaler = new()
    {
        Name = "arena-buffer",
        Uid = "a-1",
        ResourceVersion = "23",
        AgonesFleet = "arena",
        Policy = "Buffer",
        Buffer = new BufferPolicy(5, 20, new BufferSize(4, IsPercent: false)),
        IntervalSeconds = 30,
    };

    private static readonly FleetSize Scaled = Plain with { Autoscalers = [Autoscaler] };

    [Fact]
    public void Plan_ReplicasOfAPlainFleet_ItsScaleAtTheVersionThatWasRead()
    {
        var change = Assert.IsType<FleetSizePlan.Change>(Plan(Plain, wish => wish with { Replicas = 9 }));

        Assert.Equal(new FleetSizePatch.Scale("arena", "17", 9), change.Patch);
        Assert.Equal(Plain with { Replicas = 9 }, change.After);
        Assert.Empty(change.Notes);
    }

    [Theory]
    [InlineData(1, "Agones stops none of them: the Fleet shrinks to 1")]
    [InlineData(2, "All 2 servers are Allocated then")]
    public void Plan_NoMoreThanAreAllocated_DoneAndSaidWhatItMeans(int replicas, string note)
    {
        var change = Assert.IsType<FleetSizePlan.Change>(Plan(Plain, wish => wish with { Replicas = replicas }));

        Assert.Contains(note, Assert.Single(change.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_AsItIs_NothingIsWritten()
    {
        Assert.IsType<FleetSizePlan.Nothing>(Plan(Plain, wish => wish with { Replicas = 6 }));
        Assert.IsType<FleetSizePlan.Nothing>(Plan(Scaled, wish => wish with { MinReplicas = 5, BufferSize = 4 }));
    }

    [Fact]
    public void Plan_BufferPolicy_WhatIsLeftOutStaysAndWhatAgonesWillKeepIsSaid()
    {
        var change = Assert.IsType<FleetSizePlan.Change>(Plan(Scaled, wish => wish with { MaxReplicas = 40, BufferPercent = 50 }));

        Assert.Equal(new FleetSizePatch.SetBuffer("arena-buffer", "23", new BufferPolicy(5, 40, new BufferSize(50, IsPercent: true))), change.Patch);
        Assert.Equal("With 2 Allocated, FleetAutoscaler arena-buffer keeps 5 replicas; now there are 6.", Assert.Single(change.Notes));
        Assert.NotEqual(Scaled.Version, change.After.Version);
    }

    [Theory]
    [InlineData("Webhook", "that is not FleetManager")]
    [InlineData("Counter", "counts places on servers")]
    [InlineData("List", "counts places on servers")]
    [InlineData("Schedule", "depends on the time")]
    [InlineData("Chain", "depends on the time")]
    [InlineData("Oracle", "does not know that policy")]
    [InlineData("Buffer", "does not know that policy")]
    public void Plan_AnotherPolicyOrAnUnreadableOne_RefusedWithTheAutoscalerAndItsPolicy(string policy, string reason)
    {
        var size = Scaled with { Autoscalers = [Autoscaler with { Policy = policy, Buffer = null }] };

        var refusal = Assert.IsType<FleetSizePlan.Refusal>(Plan(size, wish => wish with { MaxReplicas = 9 }));

        Assert.Equal(FleetSizeResult.NotChangeable, refusal.Result);
        Assert.Contains($"FleetAutoscaler arena-buffer scales Agones Fleet arena by its policy {policy}: ", refusal.Reason, StringComparison.Ordinal);
        Assert.Contains(reason, refusal.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_AutoscalerThatAsksFleetManager_WhatThatAnswersByIsChanged()
    {
        var bounds = new BufferPolicy(1, 100, new BufferSize(4, IsPercent: false));
        var asked = Scaled with { Autoscalers = [Autoscaler with { Policy = "Webhook", Buffer = bounds, AsksFleetManager = true }] };

        // Agones' rules for its own Buffer policy are not ours.
        var change = Assert.IsType<FleetSizePlan.Change>(Plan(asked, wish => wish with { MaxReplicas = 30, BufferSize = 0 }));

        Assert.Equal(new FleetSizePatch.SetBounds("arena", bounds, new BufferPolicy(1, 30, new BufferSize(0, IsPercent: false))), change.Patch);
        Assert.Equal("FleetAutoscaler arena-buffer asks FleetManager every 30 s: with 2 Allocated it is told 2 replicas, and one more for each session that waits; now there are 6.", change.Notes[0]);
        Assert.Equal("bufferPercent", Assert.Single(Assert.IsType<FleetSizePlan.Invalid>(Plan(asked, wish => wish with { BufferPercent = 20 })).Faults).Field);
        Assert.Equal("minReplicas", Assert.Single(Assert.IsType<FleetSizePlan.Invalid>(Plan(asked, wish => wish with { MinReplicas = 101 })).Faults).Field);
    }

    [Fact]
    public void Plan_ReplicasOfAScaledFleet_RefusedBecauseTheyWouldBeUndone()
    {
        var refusal = Assert.IsType<FleetSizePlan.Refusal>(Plan(Scaled, wish => wish with { Replicas = 9 }));

        Assert.Equal(FleetSizeResult.NotChangeable, refusal.Result);
        Assert.Contains("FleetAutoscaler arena-buffer sets the replicas of Agones Fleet arena every 30 s by its policy Buffer", refusal.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_BoundsOfAPlainFleet_RefusedWithWhatToGive() =>
        Assert.Contains("give replicas", Assert.IsType<FleetSizePlan.Refusal>(Plan(Plain, wish => wish with { MaxReplicas = 9 })).Reason, StringComparison.Ordinal);

    [Fact]
    public void Plan_SeveralAutoscalersOrUnknownOnes_Refused()
    {
        var two = Scaled with { Autoscalers = [Autoscaler, Autoscaler with { Name = "other" }] };
        var unknown = Plain with { AutoscalersFault = "not allowed" };

        Assert.Contains("arena-buffer, other", Assert.IsType<FleetSizePlan.Refusal>(Plan(two, wish => wish with { MaxReplicas = 9 })).Reason, StringComparison.Ordinal);
        Assert.EndsWith("not allowed", Assert.IsType<FleetSizePlan.Refusal>(Plan(unknown, wish => wish with { Replicas = 9 })).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_ChangedSinceTheOperatorLooked_StaleWithWhatItIsNow()
    {
        var refusal = Assert.IsType<FleetSizePlan.Refusal>(FleetSizePlanner.Plan(Plain with { Replicas = 8 }, Wish(Plain) with { Replicas = 9 }, Most));

        Assert.Equal((FleetSizeResult.Stale, true), (refusal.Result, refusal.Reason.EndsWith("Now: 8 replicas.", StringComparison.Ordinal)));
    }

    [Fact]
    public void Version_OfWhatDecidesTheSize_ChangesWithThatAlone()
    {
        // Allocations, and an autoscaler's own doing, must not send an operator back to look again.
        Assert.Equal(Plain.Version, (Plain with { ResourceVersion = "18", AllocatedReplicas = 3, ReadyReplicas = 3, CurrentReplicas = 7 }).Version);
        Assert.Equal(Scaled.Version, (Scaled with { ResourceVersion = "18", Replicas = 9, Autoscalers = [Autoscaler with { ResourceVersion = "30" }] }).Version);
        IReadOnlyList<FleetSize> others =
        [
            Plain, Plain with { Replicas = 7 }, Plain with { Uid = "u-2" }, Scaled, Scaled with { Uid = "u-2" }, Scaled with { Autoscalers = [Autoscaler with { Policy = "Webhook", Buffer = null }] },
            Scaled with { Autoscalers = [Autoscaler with { Buffer = Autoscaler.Buffer! with { MaxReplicas = 21 } }] }, Scaled with { Autoscalers = [Autoscaler, Autoscaler with { Name = "other", Uid = "a-2" }] },
        ];
        Assert.Equal(others.Count, others.Select(size => size.Version).Distinct().Count());
    }

    public static TheoryData<string, string, Func<FleetSizeWish, FleetSizeWish>> Faulty { get; } = new()
    {
        { "no version", "version", wish => wish with { Version = "", Replicas = 3 } },
        { "nothing wanted", "", wish => wish },
        { "negative", "replicas", wish => wish with { Replicas = -1 } },
        { "more than anybody may ask for", "replicas", wish => wish with { Replicas = Most + 1 } },
        { "the largest number", "maxReplicas", wish => wish with { MaxReplicas = int.MaxValue } },
        { "the smallest number", "minReplicas", wish => wish with { MinReplicas = int.MinValue } },
        { "at most none", "maxReplicas", wish => wish with { MaxReplicas = 0 } },
        { "no buffer", "bufferSize", wish => wish with { BufferSize = 0 } },
        { "all of it free", "bufferPercent", wish => wish with { BufferPercent = 100 } },
        { "two buffers", "bufferPercent", wish => wish with { BufferSize = 3, BufferPercent = 10 } },
        { "min above max", "minReplicas", wish => wish with { MinReplicas = 21 } },
        { "min above the new max", "minReplicas", wish => wish with { MaxReplicas = 4 } },
        { "buffer above max", "bufferSize", wish => wish with { MinReplicas = 0, BufferSize = 21 } },
        { "buffer above min", "bufferSize", wish => wish with { BufferSize = 6 } },
        { "a share of nothing", "minReplicas", wish => wish with { MinReplicas = 0, BufferPercent = 20 } },
    };

    [Theory]
    [MemberData(nameof(Faulty), DisableDiscoveryEnumeration = true)]
    public void Plan_Fault_ToldWithItsFieldAndNothingElse(string what, string field, Func<FleetSizeWish, FleetSizeWish> spoil)
    {
        var invalid = Assert.IsType<FleetSizePlan.Invalid>(Plan(Scaled, spoil));

        Assert.True(field == Assert.Single(invalid.Faults).Field, what);
    }

    [Theory]
    [InlineData(4, false, 2, 6)]
    [InlineData(4, false, 0, 5)]
    [InlineData(4, false, 18, 20)]
    [InlineData(20, true, 8, 10)]
    [InlineData(20, true, 9, 12)]
    [InlineData(99, true, int.MaxValue, 20)]
    public void ReplicasFor_Buffer_BeyondTheAllocatedWithinBounds(int buffer, bool isPercent, int allocated, int replicas) =>
        Assert.Equal(replicas, new BufferPolicy(5, 20, new BufferSize(buffer, isPercent)).ReplicasFor(allocated));

    [Fact]
    public void Plan_AnyWish_WritesNothingThatAgonesRefusesAndNothingAboveTheLimit() =>
        Gen.Select(Gen.Int[-5, 30].Nullable(), Gen.Int[-5, 30].Nullable(), Gen.Int[-5, 30].Nullable(), Gen.Int[-5, 120].Nullable(), Gen.Bool).Sample((least, most, buffer, percent, isScaled) =>
        {
            var plan = FleetSizePlanner.Plan(
                isScaled ? Scaled : Plain, Wish(isScaled ? Scaled : Plain) with { Replicas = isScaled ? null : most, MinReplicas = isScaled ? least : null, MaxReplicas = isScaled ? most : null, BufferSize = isScaled ? buffer : null, BufferPercent = isScaled ? percent : null }, mostReplicas: 25);
            if (plan is not FleetSizePlan.Change { Patch: var patch, After: var after }) return;
            switch (patch)
            {
                case FleetSizePatch.Scale scale:
                    Assert.InRange(scale.Replicas, 0, 25);
                    break;
                case FleetSizePatch.SetBuffer(_, _, var policy):
                    // As validations.agones.dev has it.
                    Assert.InRange(policy.MaxReplicas, 1, 25);
                    Assert.InRange(policy.MinReplicas, 0, policy.MaxReplicas);
                    if (policy.BufferSize.IsPercent) Assert.True(policy.MinReplicas > 0 && policy.BufferSize.Value is > 0 and < 100);
                    else Assert.True(policy.BufferSize.Value > 0 && policy.BufferSize.Value <= policy.MaxReplicas && (policy.MinReplicas == 0 || policy.BufferSize.Value <= policy.MinReplicas));
                    break;
                default:
                    Assert.Fail($"{patch}");
                    break;
            }

            Assert.NotEqual((isScaled ? Scaled : Plain).Version, after.Version);
        });

    private static FleetSizePlan Plan(FleetSize size, Func<FleetSizeWish, FleetSizeWish> with) => FleetSizePlanner.Plan(size, with(Wish(size)), Most);

    private static FleetSizeWish Wish(FleetSize size) => new() { AgonesFleet = "arena", Version = size.Version, By = "kim", Reason = "a tournament" };
}
