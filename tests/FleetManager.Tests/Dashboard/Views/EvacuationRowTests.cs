using FleetSystem.FleetManager.Dashboard.Views;
using FleetSystem.FleetModel.Operations;
using FleetSystem.FleetModel.Zones;

namespace FleetSystem.FleetManager.Tests.Dashboard.Views;

/// <summary>How far evacuations are, in words.</summary>
public sealed class EvacuationRowTests
{
    [Fact]
    public void Of_NothingEvacuated_NoRow() => Assert.Empty(EvacuationRow.Of(Readings.Of(Readings.Region(Readings.Well))));

    [Fact]
    public void Of_NoAnswerYet_NoRow() => Assert.Empty(EvacuationRow.Of(Readings.Of(Readings.Region(null))));

    [Fact]
    public void Of_AZoneThatIsHeldUp_SaysHowFarWhoAndWhatStays()
    {
        var at = Readings.Now.AddMinutes(-2);
        var row = Assert.Single(EvacuationRow.Of(Readings.Of(Readings.Region(Readings.Well with
        {
            ZoneStates = [Readings.Zone("a", ZonePhase.Evacuated, 0, "a switch burns", "ada"), Readings.Zone("b", ZonePhase.Healthy, 1)],
            ZoneIntents = [new ZoneIntent("a", true, "ada", "a switch burns", at) { MoveRunning = true, SessionsThen = 8 }],
            Moves = [new MoveTally("a", at, at, 6, 1, 1, at.AddSeconds(20), "no answer")],
        }))));
        Assert.Equal(("seoul/a", "Zone a", Severity.Warning, "held up", 75), (row.Key, row.Where, row.Severity, row.Standing, row.Percent));
        Assert.Equal("6 moved, 2 to go of 8", row.Gone);
        Assert.Equal("1 wait for a free server elsewhere, 1 could not be moved (no answer)", row.Held);
        Assert.Equal("ada: a switch burns", row.By);
    }

    [Fact]
    public void Of_ADrainedRegionThatPlaysOut_SaysWhatIsLeft()
    {
        var row = Assert.Single(EvacuationRow.Of(Readings.Of(Readings.Region(Readings.Well with { Intent = new RegionIntent(true, false, "olga", "a flood", Readings.Now) }))));
        Assert.Equal(("Region seoul", "playing out", null, "3 to go", null), (row.Where, row.Standing, row.Percent, row.Gone, row.Held));
    }
}
