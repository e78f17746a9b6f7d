using FleetSystem.FleetManager.Tests.Sessions.Cell;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetManager.Tests.Sessions;

/// <summary>The silo dies while sessions wait.</summary>
public sealed class WaitingCrashTests
{
    [Fact]
    public async Task KillSilo_SessionsWait_AllWaitOnInTheirOrderAndAreServed()
    {
        await using var cell = new TestCell(regions: 1);
        await cell.StartAsync();
        var lane = cell.NewLane();
        string[] keys = ["first", "second", "third"];
        foreach (var (index, key) in keys.Index()) await lane.Create(key, lane.Request(deadlineSeconds: 200 + index));
        await cell.KillAsync();

        // Nobody asks for the sessions: the sweep finds them.
        lane.Blue.AddNode("n", lane.ZoneA);
        await cell.StartAsync();
        foreach (var key in keys)
        {
            lane.Blue.AddServer("n");
            await cell.Until(() => lane.Stored(key)!.HoldsServer, $"{key} is served", TimeSpan.FromMilliseconds(20));
            Assert.Equal(1, lane.Stored(key)!.Incarnation);
        }

        Assert.Equal(keys.Select(key => SessionIds.FromKey(lane.Region, key)), lane.Blue.Claims.Select(claim => claim.Sessions[0].Session));
    }

    [Fact]
    public async Task KillSilo_DeadlinePassesMeanwhile_FailedAtTheNextStart()
    {
        await using var cell = new TestCell(regions: 1);
        await cell.StartAsync();
        var lane = cell.NewLane();
        await lane.Create("k", lane.Request(deadlineSeconds: 5));
        await cell.KillAsync();
        cell.Clock.Advance(TimeSpan.FromSeconds(6));
        await cell.StartAsync();
        await cell.Until(() => lane.Stored("k")!.State == SessionState.Failed, "it has failed");
        Assert.Empty(lane.Blue.Claims);
    }
}
