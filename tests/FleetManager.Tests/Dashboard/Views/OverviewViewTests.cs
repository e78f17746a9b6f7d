using FleetSystem.FleetManager.Dashboard.Live;
using FleetSystem.FleetManager.Dashboard.Views;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Zones;
using static FleetSystem.FleetManager.Tests.Dashboard.Readings;
using Severity = FleetSystem.FleetManager.Dashboard.Views.Severity;

namespace FleetSystem.FleetManager.Tests.Dashboard.Views;

public sealed class OverviewViewTests
{
    [Fact]
    public void Of_AllIsWell_SumsOverZonesAndClusters()
    {
        var view = OverviewView.Of(Of(Region(Well)), 10);

        Assert.Equal(new ServerTotals(9, 3, 0, 0, 0, 3), view.Servers);
        Assert.Equal(("healthy", Severity.Good), (view.Regions[0].Standing, view.Regions[0].Severity));
        Assert.Equal([("a", 7), ("b", 5)], view.Regions[0].Zones.Select(zone => (zone.Zone, zone.Servers.All)));
    }

    [Fact]
    public void Of_NothingKnownYet_NoNumberIsInvented()
    {
        var view = OverviewView.Of(Of(Region(null)), 10);

        Assert.Null(view.AllocationsPerSecond);
        Assert.Equal(("asked", Severity.Notice, "not known"), (view.Regions[0].Standing, view.Regions[0].Severity, view.Regions[0].Zones[0].Standing));
    }

    [Fact]
    public void ServerTotals_OnADeadNode_OutOfReachWhateverTheirState() =>
        Assert.Equal(
            new ServerTotals(0, 0, 1, 2, 4, 3),
            ServerTotals.Of([Count("a", GameServerState.Ready, 1, onFitNode: false), Count("a", GameServerState.Allocated, 3, onFitNode: false), Count("a", GameServerState.Scheduled, 1), Count("a", GameServerState.Unhealthy, 2)]));

    [Fact]
    public void PathTile_NotProbedLately_NotShownAsHealthy()
    {
        var path = Well.Paths[0];

        Assert.Equal((Severity.Good, "healthy"), Standing(PathTile.Of(path, Now.AddSeconds(10), null)));
        Assert.Equal((Severity.Notice, "not probed"), Standing(PathTile.Of(path, Now.AddSeconds(11), null)));
        Assert.Equal((Severity.Critical, "down"), Standing(PathTile.Of(path with { State = PathState.Down }, Now.AddSeconds(11), null)));
    }

    [Fact]
    public void ZoneTile_EvacuatedByAnOperator_NamesHimAndWhy()
    {
        var tile = ZoneTile.Of("a", Well with { ZoneStates = [Zone("a", ZonePhase.Evacuated, 0, "maintenance", "kim")] });

        Assert.Equal(("evacuated", "kim: maintenance", Severity.Warning), (tile.Standing, tile.Reason, tile.Severity));
    }

    private static (Severity, string) Standing(PathTile tile) => (tile.Severity, tile.Standing);
}
