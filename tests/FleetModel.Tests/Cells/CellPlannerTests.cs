using FleetSystem.FleetModel.Cells;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Placement;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetModel.Tests.Cells;

public sealed class CellPlannerTests
{
    private static readonly FleetOptions Arena = new() { Id = "arena", MaxLatencyMilliseconds = 100 };
    private static readonly CellSnapshot Seoul = Cell("seoul", Region("ap-northeast-2", ready: 5));
    private static readonly CellSnapshot Tokyo = Cell("tokyo", Region("ap-northeast-1", ready: 5));
    private static readonly CellSnapshot Oregon = Cell("oregon", Region("us-west-2", ready: 5), Region("us-east-1", ready: 5));

    [Fact]
    public void Plan_LatenciesOverAllCells_BestCellFirstAndThoseBeyondTheLimitNotAtAll()
    {
        var plan = Plan(Request(new() { ["ap-northeast-2"] = 60, ["ap-northeast-1"] = 20, ["us-west-2"] = 130 }));

        Assert.Equal(["tokyo", "seoul"], plan.Choices.Select(choice => choice.Cell));
        Assert.Equal("ap-northeast-1", plan.FirstRegion);
    }

    [Fact]
    public void Plan_BestRegionBeyondTheLimit_IsStillServed() =>
        Assert.Equal(["oregon"], Plan(Request(new() { ["us-west-2"] = 130, ["ap-northeast-2"] = 190, ["ap-northeast-1"] = 180 })).Choices.Select(choice => choice.Cell));

    [Fact]
    public void Plan_WorstLatencyOfAllPlayers_Decides()
    {
        var request = Request(new() { ["ap-northeast-2"] = 10, ["ap-northeast-1"] = 40 });
        request = request with { Players = [.. request.Players, new("p2", new Dictionary<string, int> { ["ap-northeast-2"] = 90, ["ap-northeast-1"] = 30 })] };

        Assert.Equal(["tokyo", "seoul"], Plan(request).Choices.Select(choice => choice.Cell));
    }

    [Fact]
    public void Plan_CellWithoutAFreeServer_ComesAfterThoseWithOneAndFirstRegionStays()
    {
        var full = Cell("tokyo", Region("ap-northeast-1", ready: 0));
        var plan = CellPlanner.Plan(Seoul, Others(full), Arena, Request(new() { ["ap-northeast-2"] = 60, ["ap-northeast-1"] = 20 }));

        Assert.Equal([("seoul", true), ("tokyo", false)], plan.Choices.Select(choice => (choice.Cell, choice.HasRoom)));
        Assert.Equal("ap-northeast-1", plan.FirstRegion);
    }

    [Fact]
    public void Plan_DrainedRegion_IsNotAsked()
    {
        var drained = Cell("tokyo", Region("ap-northeast-1", ready: 5) with { TakesSessions = false });
        Assert.Equal(["seoul"], CellPlanner.Plan(Seoul, Others(drained), Arena, Request(new() { ["ap-northeast-2"] = 60, ["ap-northeast-1"] = 20 })).Choices.Select(choice => choice.Cell));
    }

    [Fact]
    public void Plan_CellAway_OthersServeWithinTheLimitAndNobodyBeyondIt()
    {
        var away = Others(Tokyo, Oregon) with { Away = new HashSet<string> { "tokyo" } };

        var near = CellPlanner.Plan(Seoul, away, Arena, Request(new() { ["ap-northeast-2"] = 60, ["ap-northeast-1"] = 20 }));
        Assert.Equal(["seoul"], near.Choices.Select(choice => choice.Cell));
        Assert.Equal(("ap-northeast-1", "tokyo"), (near.FirstRegion, near.FirstCell));

        var far = CellPlanner.Plan(Seoul, away, Arena, Request(new() { ["ap-northeast-2"] = 160, ["ap-northeast-1"] = 20 }));
        Assert.Empty(far.Choices);
        Assert.Equal("tokyo", far.FirstCell);
    }

    [Theory]
    [InlineData(60, 1)]
    [InlineData(160, 0)]
    public void Plan_CellThatNeverToldItsRegions_CountsWhereItWasMeasured(int seoul, int choices)
    {
        var plan = CellPlanner.Plan(Seoul, Others() with { AreAllKnown = false }, Arena, Request(new() { ["ap-northeast-2"] = seoul, ["ap-northeast-1"] = 20 }));

        Assert.Equal(choices, plan.Choices.Count);
        Assert.Equal(("ap-northeast-1", null), (plan.FirstRegion, plan.FirstCell));
    }

    [Fact]
    public void Plan_NothingMeasured_OwnCellFirstThenPeersByName() =>
        Assert.Equal(["seoul", "oregon", "tokyo"], Plan(Request([])).Choices.Select(choice => choice.Cell));

    [Theory]
    [InlineData("us-east-1", null, "oregon")]
    [InlineData(null, "ap-northeast-1a", "tokyo")]
    public void Plan_RegionOrZoneOfAPeer_IsThatPeerAlone(string? region, string? zone, string cell) =>
        Assert.Equal([cell], Plan(Request([]) with { Region = region, PreferredZone = zone }).Choices.Select(choice => choice.Cell));

    [Fact]
    public void Plan_RegionAskedForIsFull_OtherCellsWithinTheLimitServe()
    {
        var full = Cell("tokyo", Region("ap-northeast-1", ready: 0));
        var plan = CellPlanner.Plan(Seoul, Others(full, Oregon), Arena, Request(new() { ["ap-northeast-2"] = 60, ["us-west-2"] = 130 }) with { Region = "ap-northeast-1" });

        Assert.Equal(["seoul", "tokyo"], plan.Choices.Select(choice => choice.Cell));
    }

    [Fact]
    public void Plan_ZoneRequired_NoOtherCell()
    {
        var fleet = new FleetOptions { Id = "arena", MaxLatencyMilliseconds = 100, ZonePolicy = ZonePolicy.Require };
        var plan = CellPlanner.Plan(Seoul, Others(Tokyo), fleet, Request(new() { ["ap-northeast-2"] = 10, ["ap-northeast-1"] = 20 }) with { PreferredZone = "ap-northeast-1a" });

        Assert.Equal(["tokyo"], plan.Choices.Select(choice => choice.Cell));
    }

    [Fact]
    public void Plan_RegionThatNobodyHas_NoChoice() => Assert.Empty(Plan(Request([]) with { Region = "mars-1" }).Choices);

    [Fact]
    public void Plan_FleetOfOtherName_IsNotTakenForThisOne() =>
        Assert.Empty(CellPlanner.Plan(Seoul, Others(Tokyo), new FleetOptions { Id = "race" }, Request([])).Choices);

    [Fact]
    public void Plan_RegionOfTwoCells_IsTheOwnOnes()
    {
        var twin = Cell("busan", Region("ap-northeast-2", ready: 50));
        Assert.Equal(["seoul"], CellPlanner.Plan(Seoul, Others(twin), Arena, Request(new() { ["ap-northeast-2"] = 10 })).Choices.Select(choice => choice.Cell));
    }

    [Theory]
    [InlineData("ap-northeast-1", "ap-northeast-2", false)]
    [InlineData("ap-northeast-2", "ap-northeast-2", true)]
    public void RegionPlanner_FirstRegionOverAllCells_SaysWhetherTheOwnOneIsFirstChoice(string overall, string served, bool isFirst)
    {
        var own = new FleetSystemOptions { Regions = [new() { Id = "ap-northeast-2", Zones = ["ap-northeast-2a"] }, new() { Id = "us-west-2", Zones = ["us-west-2a"] }] };
        var request = Request(new() { ["ap-northeast-2"] = 60, ["us-west-2"] = 130, ["ap-northeast-1"] = 20 }) with { FirstRegion = overall };

        Assert.Equal([(served, isFirst)], RegionPlanner.Plan(own, Arena, request).Select(choice => (choice.Region, choice.IsFirstChoice)));
    }

    private static CellPlan Plan(SessionRequest request) => CellPlanner.Plan(Seoul, Others(Tokyo, Oregon), Arena, request);

    private static OtherCells Others(params CellSnapshot[] peers) => new(peers, new HashSet<string>(), AreAllKnown: true);

    private static SessionRequest Request(Dictionary<string, int> latencies) => new() { Fleet = "arena", Players = [new SessionPlayer("p1", latencies)] };

    private static CellSnapshot Cell(string name, params CellRegion[] regions) => new(name, regions, DateTimeOffset.UnixEpoch);

    private static CellRegion Region(string id, int ready) => new(id, [id + "a", id + "b"], TakesSessions: true, [new CellFleet("arena", ready, 0)]);
}
