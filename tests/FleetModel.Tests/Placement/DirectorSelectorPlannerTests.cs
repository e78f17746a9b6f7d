using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.FleetModel.Placement;

namespace FleetSystem.FleetModel.Tests.Placement;

public sealed class DirectorSelectorPlannerTests
{
    private static readonly ServerSelector Arena = Selector("game", "arena");
    private static readonly ServerSelector Any = new(new Dictionary<string, string>(), []);

    [Fact]
    public void Plan_NothingToAdd_IsWhatWasAsked() =>
        Assert.Equal([Arena, Any], DirectorSelectorPlanner.Plan([Arena, Any], null, [], []));

    [Fact]
    public void Plan_NoSelector_IsAnyServer() => Assert.Equal([Any], DirectorSelectorPlanner.Plan([], null, [], []));

    [Fact]
    public void Plan_ZonePreferred_TheDirectorsOrderDominates() =>
        Assert.Equal(
            [Zoned(Arena, "a"), Arena, Zoned(Any, "a"), Any],
            DirectorSelectorPlanner.Plan([Arena, Any], "a", [], []));

    [Fact]
    public void Plan_SelectorNamesItsZone_KeepsIt()
    {
        var own = Zoned(Arena, "b");
        Assert.Equal([own], DirectorSelectorPlanner.Plan([own], "a", [], []));
    }

    [Fact]
    public void Plan_PreferredZoneIsExcluded_IsNotPreferred() =>
        Assert.Equal(
            [Any with { MatchExpressions = [LabelRequirement.NotIn(AgonesKeys.Zone, ["a"])] }],
            DirectorSelectorPlanner.Plan([Any], "a", [], ["a"]));

    [Fact]
    public void Plan_Exclusions_FollowTheDirectorsOwnTerms()
    {
        var asked = Arena with { MatchExpressions = [LabelRequirement.Exists("map")] };

        var plan = DirectorSelectorPlanner.Plan([asked], "a", ["node-1"], ["b"]);

        LabelRequirement[] expected = [LabelRequirement.Exists("map"), LabelRequirement.NotIn(AgonesKeys.Node, ["node-1"]), LabelRequirement.NotIn(AgonesKeys.Zone, ["b"])];
        Assert.Equal(2, plan.Count);
        Assert.All(plan, selector => Assert.Equal(expected, selector.MatchExpressions));
    }

    [Fact]
    public void Plan_AllocatedServersAsked_SessionsKeepTheirs()
    {
        var asked = Arena with { State = GameServerState.Allocated, Counters = new Dictionary<string, CounterSelector> { ["rooms"] = new(MinAvailable: 1) } };

        var planned = Assert.Single(DirectorSelectorPlanner.Plan([asked], null, [], []));

        Assert.Equal(asked with { MatchExpressions = [LabelRequirement.DoesNotExist(AgonesKeys.Session)] }, planned);
    }

    [Fact]
    public void Plan_SessionAskedForByItsLabel_IsLeftAsAsked()
    {
        var asked = Selector(AgonesKeys.Session, "s-1") with { State = GameServerState.Allocated };
        Assert.Equal([asked], DirectorSelectorPlanner.Plan([asked], null, [], []));
    }

    private static ServerSelector Selector(string key, string value) => new(new Dictionary<string, string> { [key] = value }, []);

    private static ServerSelector Zoned(ServerSelector selector, string zone) =>
        selector with { MatchLabels = new Dictionary<string, string>(selector.MatchLabels) { [AgonesKeys.Zone] = zone } };
}
