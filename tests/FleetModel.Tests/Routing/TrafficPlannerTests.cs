using FleetSystem.FleetModel.Routing;

namespace FleetSystem.FleetModel.Tests.Routing;

public sealed class TrafficPlannerTests
{
    private static readonly EndpointGroupTraffic Actual = new("arn:group", IsDeployed: true, 100, [new("nlb-a", 128, true), new("nlb-b", 0)]);

    [Fact]
    public void Next_NothingWanted_NothingChanges() => Assert.Null(TrafficPlanner.Next(WantedTraffic.Nothing, Actual with { DialPercent = 37 }));

    [Fact]
    public void Next_AsWanted_NothingChanges() =>
        Assert.Null(TrafficPlanner.Next(Wanted(100, ("nlb-a", 128)), Actual));

    [Fact]
    public void Next_DialAsAFloatCarriesIt_NothingChanges() =>
        Assert.Null(TrafficPlanner.Next(Wanted(33.3), Actual with { DialPercent = 33.3f }));

    [Fact]
    public void Next_OtherDial_TheDialAlone() =>
        Assert.Equal(new TrafficChange(0, null), TrafficPlanner.Next(Wanted(0), Actual));

    [Fact]
    public void Next_OtherWeight_TheWholeListWithWhatNobodyNamedAsItWas()
    {
        var change = TrafficPlanner.Next(Wanted(100, ("nlb-a", 5), ("nlb-c", 7)), Actual)!;
        Assert.Null(change.DialPercent);
        Assert.Equal([new("nlb-a", 5, true), new("nlb-b", 0), new GroupEndpoint("nlb-c", 7)], change.Endpoints!);
    }

    private static WantedTraffic Wanted(double? dial, params (string Endpoint, int Weight)[] weights) => new(dial, weights.ToDictionary(pair => pair.Endpoint, pair => pair.Weight));
}
