using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.FleetModel.Placement;

namespace FleetSystem.FleetModel.Tests.Placement;

public sealed class SelectorPlannerTests
{
    private static readonly (string Zone, int Ready)[] Zones = [("a", 1), ("b", 7), ("c", 3)];

    [Fact]
    public void Plan_ZonePreferred_ItFirstThenByFreeServersThenAnywhere() =>
        Assert.Equal(["arena a", "arena b", "arena c", "arena *"], Terms(SelectorPlanner.Plan(["arena"], "a", Zones, [])));

    [Fact]
    public void Plan_NoZonePreferred_ByFreeServers() =>
        Assert.Equal(["arena b", "arena c", "arena a", "arena *"], Terms(SelectorPlanner.Plan(["arena"], null, Zones, [])));

    [Fact]
    public void Plan_EquallyFree_InAFixedOrder()
    {
        // Alternating orders would make Agones sort anew each time (field notes, trap 4).
        var plan = Terms(SelectorPlanner.Plan(["arena"], null, [("c", 2), ("a", 2), ("b", 2)], []));
        Assert.Equal(["arena a", "arena b", "arena c", "arena *"], plan);
    }

    [Fact]
    public void Plan_SeveralAgonesFleets_TheZoneCountsMoreThanTheFleet() =>
        Assert.Equal(["blue a", "green a", "blue b", "green b", "blue *", "green *"], Terms(SelectorPlanner.Plan(["blue", "green"], "a", [("a", 0), ("b", 9)], [])));

    [Fact]
    public void Plan_DeadNodes_ExcludedByEverySelector()
    {
        var plan = SelectorPlanner.Plan(["arena"], "a", Zones, ["node-1", "node-2"]);
        Assert.Equal(4, plan.Count);
        Assert.All(plan, selector => Assert.Equal([LabelRequirement.NotIn(AgonesKeys.Node, ["node-1", "node-2"])], selector.MatchExpressions));
    }

    [Fact]
    public void Plan_NoDeadNodes_NoExclusion() =>
        Assert.All(SelectorPlanner.Plan(["arena"], "a", Zones, []), selector => Assert.Empty(selector.MatchExpressions));

    [Fact]
    public void Equals_SameTerms_SelectorsAreEqual() =>
        Assert.Equal(SelectorPlanner.Plan(["arena"], "a", Zones, ["n"]), SelectorPlanner.Plan(["arena"], "a", Zones, ["n"]));

    private static IEnumerable<string> Terms(IEnumerable<ServerSelector> plan) =>
        plan.Select(selector => $"{selector.MatchLabels[AgonesKeys.Fleet]} {selector.MatchLabels.GetValueOrDefault(AgonesKeys.Zone, "*")}");
}
