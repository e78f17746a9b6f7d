using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Operations;
using FleetSystem.FleetModel.Zones;

namespace FleetSystem.FleetModel.Tests.Operations;

/// <summary>How far an evacuation is, by what its region says.</summary>
public sealed class EvacuationTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 26, 3, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_NothingEvacuated_None() => Assert.Empty(Evacuation.Of(Region(5, 7) with { Intent = new RegionIntent(false, false, "olga", "over", Start) }, Start));

    [Fact]
    public void Of_DrainedRegionAndEvacuatedZones_TheRegionFirstEachWithItsOwnSessions()
    {
        var region = Region(5, 7) with
        {
            Intent = new RegionIntent(true, false, "olga", "a flood", Start) { SessionsThen = 48 },
            ZoneStates = [Zone("a", ZonePhase.Evacuated, "ada"), Zone("b", ZonePhase.Evacuated, null)],
            ZoneIntents = [new ZoneIntent("a", true, "ada", "a switch burns", Start) { SessionsThen = 20, MoveRunning = true }, new ZoneIntent("b", false, "ada", "over", Start)],
        };
        Assert.Equal(
            [(null, EvacuationState.PlayingOut, "olga", "a flood", 12, 0.75), ("a", EvacuationState.Moving, "ada", "a switch burns", 5, 0.75), ("b", EvacuationState.PlayingOut, null, "judged", 7, (double?)null)],
            Evacuation.Of(region, Start).Select(found => (found.Zone, found.State, found.By, found.Reason, found.ToGo, found.Progress)));
    }

    [Theory]
    [InlineData(0, true, 60, EvacuationState.Done)]
    [InlineData(0, false, 0, EvacuationState.Done)]
    [InlineData(3, false, 60, EvacuationState.PlayingOut)]
    [InlineData(3, true, 0, EvacuationState.Moving)]
    [InlineData(3, true, 9, EvacuationState.Moving)]
    [InlineData(3, true, 10, EvacuationState.Held)]
    public void Of_BySessionsAndTheLastMove_IsSoFar(int toGo, bool moves, int secondsWithout, EvacuationState expected)
    {
        var region = Region(toGo, 7) with
        {
            ZoneStates = [Zone("a", ZonePhase.Evacuated, "ada")],
            ZoneIntents = [new ZoneIntent("a", true, "ada", "why", Start) { MoveRunning = moves }],
            Moves = [new MoveTally("a", Start, Start, 4, 1, 2, Start.AddSeconds(5), "no answer"), new MoveTally("a", Start.AddDays(-1), Start, 99, 0, 0, null, null)],
        };
        var found = Assert.Single(Evacuation.Of(region, Start.AddSeconds(5 + secondsWithout)));
        Assert.Equal(expected, found.State);

        // Of this order, and not of an earlier one.
        Assert.Equal(moves ? 4 : null, found.Moves?.Moved);
    }

    [Fact]
    public void Of_NothingMovedSinceItWasFirstTried_Held()
    {
        var region = Region(3, 0) with { Intent = new RegionIntent(true, true, "olga", "why", Start), Moves = [new MoveTally(null, Start, Start.AddSeconds(1), 0, 3, 0, null, null)] };
        Assert.Equal(EvacuationState.Moving, Evacuation.Of(region, Start.AddSeconds(10)).Single().State);
        Assert.Equal(EvacuationState.Held, Evacuation.Of(region, Start.AddSeconds(11)).Single().State);
    }

    [Theory]
    [InlineData(20, 5, 0.75)]
    [InlineData(20, 25, 0.0)]
    [InlineData(20, 0, 1.0)]
    [InlineData(0, 0, 1.0)]
    [InlineData(null, 0, 1.0)]
    [InlineData(null, 5, null)]
    [InlineData(0, 5, null)]
    public void Progress_OfThenAndNow_IsWhatIsGone(int? then, int toGo, double? expected) =>
        Assert.Equal(expected, new Evacuation("seoul", "a", EvacuationState.Moving, "ada", "why", Start, true, then, toGo, null).Progress);

    private static ZoneStatus Zone(string zone, ZonePhase phase, string? by) => new(zone, phase, 0, "judged", Start, by);

    private static RegionStatus Region(int inA, int inB) => new(
        "seoul", [], [], [new ClusterStatus("blue", true, null, []) { Servers = [Count("a", inA), Count("b", inB)] }, new ClusterStatus("green", true, null, [])]);

    private static ServerCount Count(string zone, int sessions) => new("arena", zone, GameServerState.Allocated, "arena:1", true, sessions, sessions);
}
