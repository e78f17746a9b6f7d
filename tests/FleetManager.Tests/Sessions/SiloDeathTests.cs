using FleetSystem.FleetManager.Tests.Sessions.Cell;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetManager.Tests.Sessions;

/// <summary>One of two silos dies; what it ran goes on in the other.</summary>
public sealed class SiloDeathTests
{
    // Orleans finds the death by probes (three missed, one a second); the rest is the keeper's interval and a list.
    private static readonly TimeSpan Seconds = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task KillSilo_ItWatchedACluster_TheOtherWatchesItWithinSeconds()
    {
        await using var cell = await StartAsync();
        var lane = cell.NewLane();
        await lane.AddServers(lane.ZoneA, 1);
        Assert.Equal(1, lane.Blue.Watches);
        var killed = cell.Clock.GetUtcNow();
        await cell.KillSiloOfAsync(cell.Grains.GetGrain<IClusterGrain>(lane.Blue.Id));
        lane.Blue.AddNode("node-late", lane.ZoneB);
        var late = lane.Blue.AddServer("node-late");
        await cell.Until(() => lane.Blue.Watches == 2, "the cluster is watched again", Step);
        Assert.InRange(cell.Clock.GetUtcNow() - killed, TimeSpan.Zero, Seconds);
        await lane.UntilKnown(lane.Blue);
        Assert.Equal(late, (await lane.Create("k", lane.Request(lane.ZoneB))).View!.Session.Server!.Name);
    }

    [Fact]
    public async Task KillSilo_ItRanTheQueue_AllWhoWaitAreServedOnce()
    {
        await using var cell = await StartAsync();
        var lane = cell.NewLane();
        lane.Blue.AddNode("node", lane.ZoneA);
        await lane.UntilKnown(lane.Blue);
        var keys = Enumerable.Range(0, 6).Select(number => $"k{number}").ToList();
        foreach (var key in keys)
            Assert.Equal(SessionState.Pending, (await lane.Create(key, lane.Request(deadlineSeconds: 120))).View!.Session.State);
        await cell.KillSiloOfAsync(cell.Grains.GetGrain<IFleetGrain>(FleetGrainKey.Of(lane.Region, "arena")));
        foreach (var _ in keys) lane.Blue.AddServer("node");
        foreach (var key in keys)
            await lane.Until(key, session => session.State == SessionState.Allocated, Step);
        var claims = lane.Blue.Claims;
        Assert.Equal(keys.Count, claims.Count);
        Assert.Equal(keys.Count, claims.Select(claim => claim.Name).Distinct().Count());
    }

    private static async Task<TestCell> StartAsync()
    {
        var cell = new TestCell(regions: 2, silos: 2);
        await cell.StartAsync();
        return cell;
    }
}
