using CsCheck;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Placement;

namespace FleetSystem.FleetModel.Tests.Placement;

public sealed class SelectorPlannerTests
{
    private static readonly ZoneRoom[] Zones = [new("a", 1), new("b", 7), new("c", 3)];
    private static readonly ZoneRule PreferA = new(ZonePolicy.Prefer, "a");
    private static readonly ZoneRule NoZone = new(ZonePolicy.Prefer, null);

    [Fact]
    public void Plan_ZonePreferred_ItFirstThenByFreeServersThenAnywhere() =>
        Assert.Equal(["arena a", "arena b", "arena c", "arena *"], Terms(Plan(PreferA, Zones)));

    [Fact]
    public void Plan_NoZonePreferred_ByFreeServers() =>
        Assert.Equal(["arena b", "arena c", "arena a", "arena *"], Terms(Plan(NoZone, Zones)));

    [Fact]
    public void Plan_EquallyFree_InAFixedOrder()
    {
        // Alternating orders would make Agones sort anew each time (field notes, trap 4).
        Assert.Equal(["arena a", "arena b", "arena c", "arena *"], Terms(Plan(NoZone, [new("c", 2), new("a", 2), new("b", 2)])));
    }

    [Fact]
    public void Plan_SeveralAgonesFleets_TheZoneCountsMoreThanTheFleet() => Assert.Equal(
        ["blue a", "green a", "blue b", "green b", "blue *", "green *"],
        Terms(SelectorPlanner.Plan(["blue", "green"], PreferA, [new("a", 0), new("b", 9)], [], hasStrays: false)));

    [Fact]
    public void Plan_ExcludedNodes_ExcludedByEverySelector()
    {
        var plan = SelectorPlanner.Plan(["arena"], PreferA, Zones, ["node-1", "node-2"], hasStrays: false);
        Assert.Equal(4, plan.Count);
        Assert.All(plan, selector => Assert.Equal([LabelRequirement.NotIn(AgonesKeys.Node, ["node-1", "node-2"])], selector.MatchExpressions));
    }

    [Fact]
    public void Plan_NothingExcluded_NoExclusion() => Assert.All(Plan(PreferA, Zones), selector => Assert.Empty(selector.MatchExpressions));

    [Fact]
    public void Plan_ZoneExcluded_NoSelectorForItAndTheLastExcludesIt()
    {
        var plan = SelectorPlanner.Plan(["arena"], PreferA, [new("a", 1, IsExcluded: true), .. Zones[1..]], ["n"], hasStrays: false);
        Assert.Equal(["arena b", "arena c", "arena *"], Terms(plan));
        Assert.Equal([LabelRequirement.NotIn(AgonesKeys.Node, ["n"]), LabelRequirement.NotIn(AgonesKeys.Zone, ["a"])], plan[^1].MatchExpressions);
    }

    [Fact]
    public void Plan_EveryZoneExcluded_NoSelectorAtAll() =>
        Assert.Empty(Plan(PreferA, [.. Zones.Select(zone => zone with { IsExcluded = true })]));

    [Fact]
    public void Plan_UnlabelledServerWhereNoneMayBeHandedOut_LabelledServersOnly() =>
        Assert.Equal(["arena a", "arena b", "arena c"], Terms(SelectorPlanner.Plan(["arena"], PreferA, Zones, ["n"], hasStrays: true)));

    [Fact]
    public void Plan_Require_TheZoneAskedForAndNothingElse() => Assert.Equal(["arena a"], Terms(Plan(new(ZonePolicy.Require, "a"), Zones)));

    [Fact]
    public void Plan_RequireWithoutAZone_AsPrefer() => Assert.Equal(Plan(NoZone, Zones), Plan(new(ZonePolicy.Require, null), Zones));

    [Fact]
    public void Plan_RequiredZoneExcluded_NoSelectorAtAll() =>
        Assert.Empty(Plan(new(ZonePolicy.Require, "a"), [new("a", 9, IsExcluded: true), new("b", 9)]));

    [Fact]
    public void Plan_SpreadBelowTheCap_AsPrefer() =>
        Assert.Equal(["arena a", "arena b", "arena c", "arena *"], Terms(Plan(Spread("a", 0.5), [new("a", 1, 1), new("b", 7, 2), new("c", 3, 2)])));

    [Fact]
    public void Plan_SpreadZoneWouldExceedItsShare_AfterThoseWithRoom() =>
        Assert.Equal(["arena b", "arena c", "arena a", "arena *"], Terms(Plan(Spread("a", 0.5), [new("a", 1, 5), new("b", 7, 2), new("c", 3, 2)])));

    [Fact]
    public void Plan_SpreadEveryZoneFull_TheEmptiestFirst() =>
        Assert.Equal(["arena c", "arena b", "arena a", "arena *"], Terms(Plan(Spread("a", 0.1), [new("a", 1, 5), new("b", 7, 4), new("c", 3, 3)])));

    [Fact]
    public void Plan_SpreadFirstSession_ThePreferredZone() =>
        Assert.Equal("arena a", Terms(Plan(Spread("a", 0.4), Zones)).First());

    [Fact]
    public void Plan_SpreadWithEndlessRoom_NoZoneEverExceedsItsShareByMoreThanOne() =>
        Gen.Select(Gen.Int[2, 5], Gen.Double[0, 1], Gen.Int[0, 4].Array[1, 60]).Sample((zones, slack, preferences) =>
        {
            var cap = (1.0 / zones) + (slack * (1 - (1.0 / zones)));
            var allocated = new int[zones];
            foreach (var preferred in preferences)
            {
                var rooms = allocated.Select((count, zone) => new ZoneRoom($"z{zone}", 100, count)).ToList();
                var served = SelectorPlanner.Order(Spread($"z{preferred % zones}", cap), rooms)[0].Zone;
                allocated[int.Parse(served[1..], null)]++;
                Assert.True(allocated.Max() <= (cap * allocated.Sum()) + 1, $"{string.Join(' ', allocated)} under a cap of {cap}");
            }
        });

    [Fact]
    public void Equals_SameTerms_SelectorsAreEqual() =>
        Assert.Equal(SelectorPlanner.Plan(["arena"], PreferA, Zones, ["n"], false), SelectorPlanner.Plan(["arena"], PreferA, Zones, ["n"], false));

    private static ZoneRule Spread(string preferred, double share) => new(ZonePolicy.Spread, preferred, share);

    private static IReadOnlyList<ServerSelector> Plan(ZoneRule rule, IReadOnlyList<ZoneRoom> zones) => SelectorPlanner.Plan(["arena"], rule, zones, [], hasStrays: false);

    private static IEnumerable<string> Terms(IEnumerable<ServerSelector> plan) =>
        plan.Select(selector => $"{selector.MatchLabels[AgonesKeys.Fleet]} {selector.MatchLabels.GetValueOrDefault(AgonesKeys.Zone, "*")}");
}
