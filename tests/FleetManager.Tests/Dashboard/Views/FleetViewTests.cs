using FleetSystem.FleetManager.Dashboard.Live;
using FleetSystem.FleetManager.Dashboard.Views;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using static FleetSystem.FleetManager.Tests.Dashboard.Readings;

namespace FleetSystem.FleetManager.Tests.Dashboard.Views;

public sealed class FleetViewTests
{
    private static readonly FleetOptions Arena = new() { Id = "arena" };

    [Fact]
    public void Of_TwoVersions_CountedByImageAndAgones()
    {
        var view = FleetView.Of(Of(Region(With(
            Count("a", GameServerState.Ready, 5) with { AgonesVersion = "1.55.0" },
            Count("b", GameServerState.Ready, 9) with { AgonesVersion = "1.56.0" },
            Count("b", GameServerState.Allocated, 1) with { AgonesVersion = "1.56.0" }))), Arena, 10);

        Assert.Equal([("arena:1", "1.56.0", 10), ("arena:1", "1.55.0", 5)], view.Versions.Select(version => (version.Version, version.AgonesVersion, version.Servers.All)));
    }

    [Fact]
    public void Of_PointsOfTheFleet_ItsOwnServersOverTime()
    {
        HistoryPoint[] history = [Point(0, 1), Point(5, 4)];

        var view = FleetView.Of(Of(Region(Well) with { History = history }), Arena, 10);

        Assert.Equal("seoul", Assert.Single(view.History).Region);
        Assert.Equal("4", view.History[0].Charts[0].Lines.Single(line => line.Name == "ready").Last);
        Assert.Empty(FleetView.Of(Of(Region(Well) with { History = history }), new FleetOptions { Id = "duel" }, 10).History);
    }

    [Fact]
    public void CountOf_WhatIsCounted_AndNotByNodeOrName()
    {
        var view = FleetView.Of(Of(Region(Well)), Arena, 10);

        Assert.Equal(12, view.CountOf(ServerFilter.All));
        Assert.Equal(5, view.CountOf(ServerFilter.All with { Zone = "a", State = GameServerState.Ready }));
        Assert.Equal(0, view.CountOf(ServerFilter.All with { Cluster = "green" }));
        Assert.Null(view.CountOf(ServerFilter.All with { Node = "n" }));
        Assert.Null(view.CountOf(ServerFilter.All with { Name = "x" }));
    }

    [Fact]
    public void ServerFilter_OfAnAddress_WhatSaysNothingIsNotLookedAt()
    {
        Assert.Equal(ServerFilter.All, ServerFilter.Of("", null, "  ", "nonsense", "", null));
        Assert.Equal(new ServerFilter("blue", "a", "n1", GameServerState.Ready, "arena:1", "x"), ServerFilter.Of("blue", "a", " n1 ", "ready", "arena:1", "x"));
        Assert.Null(ServerFilter.Of(null, null, null, "77", null, null).State);
    }

    private static RegionStatus With(params IReadOnlyList<ServerCount> servers) => Well.WithCluster(cluster => cluster with { Servers = servers });

    private static HistoryPoint Point(int second, int ready) => new(Now.AddSeconds(second)) { Fleets = [new FleetPoint("arena", new ServerTotals { Ready = ready }, 0, null, null)] };
}
