using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Placement;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetModel.Tests.Placement;

public sealed class RegionPlannerTests
{
    private static readonly FleetSystemOptions Cell = new()
    {
        Regions =
        [
            new() { Id = "seoul", Zones = ["seoul-a", "seoul-b"] },
            new() { Id = "tokyo", Zones = ["tokyo-a", "tokyo-b"] },
            new() { Id = "oregon", Zones = ["oregon-a"] },
        ],
    };

    private static readonly FleetOptions Everywhere = new() { Id = "arena", MaxLatencyMilliseconds = 100 };

    [Fact]
    public void Plan_NothingAskedNothingMeasured_AllRegionsInOrderOfConfiguration() =>
        Assert.Equal(["seoul", "tokyo", "oregon"], Regions(Plan(Request(Player()))));

    [Fact]
    public void Plan_RegionAsked_OnlyThatRegion() =>
        Assert.Equal([new RegionChoice("tokyo", null, true)], Plan(Request(Player()) with { Region = "tokyo" }));

    [Fact]
    public void Plan_ZoneAsked_ItsRegionWithTheZone() =>
        Assert.Equal([new RegionChoice("tokyo", "tokyo-b", true)], Plan(Request(Player()) with { PreferredZone = "tokyo-b" }));

    [Fact]
    public void Plan_RegionAndItsZoneAsked_TheZoneIsPreferredInIt() =>
        Assert.Equal([new RegionChoice("tokyo", "tokyo-a", true)], Plan(Request(Player()) with { Region = "tokyo", PreferredZone = "tokyo-a" }));

    [Fact]
    public void Plan_LatenciesMeasured_LowestWorstLatencyFirst()
    {
        // Seoul is best on average, Tokyo for the player who is worst off.
        var request = Request(Player(("seoul", 5), ("tokyo", 40), ("oregon", 90)), Player(("seoul", 95), ("tokyo", 45), ("oregon", 20)));
        Assert.Equal(["tokyo", "oregon", "seoul"], Regions(Plan(request)));
    }

    [Fact]
    public void Plan_RegionAboveTheLimit_IsLeftOut()
    {
        var request = Request(Player(("seoul", 10), ("tokyo", 100), ("oregon", 101)));
        Assert.Equal(["seoul", "tokyo"], Regions(Plan(request)));
    }

    [Fact]
    public void Plan_RegionThatOnePlayerDidNotMeasure_IsNoFurtherChoice()
    {
        var request = Request(Player(("seoul", 10), ("tokyo", 20)), Player(("seoul", 10)));
        Assert.Equal(["seoul"], Regions(Plan(request)));
    }

    [Fact]
    public void Plan_AllAboveTheLimit_TheBestAllTheSame() =>
        Assert.Equal(["tokyo"], Regions(Plan(Request(Player(("seoul", 900), ("tokyo", 800), ("oregon", 901))))));

    [Fact]
    public void Plan_AskedRegionWithOthersInReach_AskedFirstThenByLatency()
    {
        var request = Request(Player(("seoul", 10), ("tokyo", 50), ("oregon", 20))) with { Region = "tokyo" };
        Assert.Equal(["tokyo", "seoul", "oregon"], Regions(Plan(request)));
        Assert.Equal([true, false, false], Plan(request).Select(choice => choice.IsFirstChoice));
    }

    [Fact]
    public void Plan_ZoneOfAnotherRegion_IsNotPreferredThere()
    {
        var request = Request(Player(("seoul", 10), ("tokyo", 50))) with { PreferredZone = "tokyo-a" };
        Assert.Equal([new RegionChoice("tokyo", "tokyo-a", true), new RegionChoice("seoul", null, false)], Plan(request));
    }

    [Fact]
    public void Plan_FleetRequiresTheZoneAskedFor_NoOtherRegion()
    {
        var strict = new FleetOptions { Id = "strict", ZonePolicy = ZonePolicy.Require };
        var request = Request(Player(("seoul", 10), ("tokyo", 50)));
        Assert.Equal([new RegionChoice("tokyo", "tokyo-a", true)], RegionPlanner.Plan(Cell, strict, request with { PreferredZone = "tokyo-a" }));
        Assert.Equal(["seoul", "tokyo"], Regions(RegionPlanner.Plan(Cell, strict, request)));
    }

    [Fact]
    public void Plan_FleetInSomeRegions_OthersAreNeverTried()
    {
        var fleet = new FleetOptions { Id = "arena", Regions = ["oregon", "tokyo"] };
        Assert.Equal(["tokyo", "oregon"], Regions(RegionPlanner.Plan(Cell, fleet, Request(Player()))));
    }

    [Fact]
    public void Plan_RegionNoLongerInTheConfiguration_StillAnswers() =>
        Assert.Equal([new RegionChoice("paris", null, true)], Plan(Request(Player()) with { Region = "paris", PreferredZone = "paris-a" }));

    [Theory]
    [InlineData("seoul-a", true, "seoul-a", 1)]
    [InlineData("seoul-a", true, "seoul-b", 2)]
    [InlineData("seoul-a", true, "", 2)]
    [InlineData(null, true, "seoul-b", 1)]
    [InlineData(null, false, "tokyo-a", 3)]
    [InlineData("tokyo-a", false, "tokyo-a", 3)]
    public void PreferenceServed_ByZoneAndRegion_SaysWhichPreference(string? preferred, bool first, string served, int preference) =>
        Assert.Equal(preference, RegionPlanner.PreferenceServed(new RegionChoice("any", preferred, first), served));

    private static IReadOnlyList<RegionChoice> Plan(SessionRequest request) => RegionPlanner.Plan(Cell, Everywhere, request);

    private static IEnumerable<string> Regions(IEnumerable<RegionChoice> choices) => choices.Select(choice => choice.Region);

    private static SessionRequest Request(params SessionPlayer[] players) => new() { Fleet = "arena", Players = players };

    private static SessionPlayer Player(params (string Region, int Milliseconds)[] latencies) =>
        new("p", latencies.ToDictionary(latency => latency.Region, latency => latency.Milliseconds));
}
