using FleetSystem.FleetManager.Tests.Sessions.Cell;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetManager.Tests.Clusters;

/// <summary>In which zone and on which node a session is placed, by its fleet's policy and by what is known of the nodes.</summary>
public sealed class ZonePlacementTests(CellFixture fixture) : IClassFixture<CellFixture>
{
    private const string SpotInterruption = "aws-node-termination-handler/spot-itn";

    private readonly TestCell _cell = fixture.Cell;

    [Fact]
    public async Task Create_RequireAndTheZoneFull_NoServerOfAnotherZone()
    {
        var lane = _cell.NewLane();
        await lane.AddServers(lane.ZoneA, 1, "strict");
        await lane.AddServers(lane.ZoneB, 2, "strict");
        Assert.Equal(lane.ZoneA, (await lane.Create("k1", lane.Request(lane.ZoneA, "strict"))).View!.Session.Server!.Zone);
        Assert.Equal(SessionState.Pending, (await lane.Create("k2", lane.Request(lane.ZoneA, "strict", deadlineSeconds: 2))).View!.Session.State);
        Assert.Equal(ErrorCodes.NoCapacity, (await lane.Until("k2", session => session.State == SessionState.Failed)).Failure!.Code);
        Assert.Single(lane.Blue.Claims);
        Assert.Equal(lane.ZoneB, (await lane.Create("k3", lane.Request(null, "strict"))).View!.Session.Server!.Zone);
    }

    [Fact]
    public async Task Create_SpreadBurst_NoZoneHoldsMoreThanItsShare()
    {
        var lane = _cell.NewLane();
        foreach (var zone in new[] { lane.ZoneA, lane.ZoneB, lane.ZoneC }) await lane.AddServers(zone, 20, "even");
        var answer = new TaskCompletionSource();
        lane.Blue.OnAllocate = async (_, _) =>
        {
            // Nothing is answered before everything has been asked: the snapshot is of no help.
            if (lane.Blue.Orders.Count >= 20) answer.TrySetResult();
            await answer.Task;
            return AllocationFault.None;
        };
        var creating = Task.WhenAll(Enumerable.Range(0, 20).Select(number => lane.Session($"k{number}").Create(lane.Request(lane.ZoneA, "even"), "print")));

        // The clock stands still meanwhile, so that no claim is given up.
        await answer.Task.WaitAsync(TestContext.Current.CancellationToken);
        var sessions = await _cell.Wait(creating);
        Assert.Equal(10, sessions.Count(session => session.View!.Session.Server!.Zone == lane.ZoneA));
    }

    [Theory]
    [InlineData("not ready")]
    [InlineData("deleted")]
    [InlineData("interrupted")]
    public async Task NodeEvent_NodeDies_ItsSessionsHaveAnotherServerWithinTwoSeconds(string how)
    {
        var lane = _cell.NewLane();
        await lane.AddServers(lane.ZoneA, 3);
        await lane.AddServers(lane.ZoneB, 3);
        foreach (var key in new[] { "k1", "k2" }) await lane.Create(key, lane.Request(lane.ZoneA));

        var began = _cell.Clock.GetUtcNow();
        Strike(lane, how);
        var after = new[] { await UntilReplaced(lane, "k1"), await UntilReplaced(lane, "k2") };

        // Nothing waits for a timer: the cell's clock stood still.
        Assert.InRange(_cell.Clock.GetUtcNow() - began, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.All(after, session => Assert.Equal(lane.ZoneB, session.Server!.Zone));
        Assert.All(after, session => Assert.Contains(session.Events, happened => happened.State == SessionState.Lost && happened.Reason!.Contains($"node-{lane.ZoneA}", StringComparison.Ordinal)));
        Assert.Equal(lane.ZoneB, (await lane.Create("k3", lane.Request(lane.ZoneA))).View!.Session.Server!.Zone);
    }

    [Fact]
    public async Task NodeEvent_Cordoned_NoNewSessionAndTheRunningOnePlaysOn()
    {
        var lane = _cell.NewLane();
        await lane.AddServers(lane.ZoneA, 3);
        await lane.AddServers(lane.ZoneB, 3);
        await lane.Create("k1", lane.Request(lane.ZoneA));
        lane.Blue.PutNode(new NodeSnapshot { Name = $"node-{lane.ZoneA}", Zone = lane.ZoneA, Ready = true, Unschedulable = true });
        await _cell.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(lane.ZoneB, (await lane.Create("k2", lane.Request(lane.ZoneA))).View!.Session.Server!.Zone);
        await _cell.Pass(TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(100));
        var first = await lane.Get("k1");
        Assert.Equal((SessionState.Allocated, 1, lane.ZoneA), (first.State, first.Incarnation, first.Server!.Zone));
    }

    [Fact]
    public async Task Create_UnlabelledServerOnADeadNode_NeverHandedOut()
    {
        var lane = _cell.NewLane();
        lane.Blue.IsUnreachable = call => call == "label";
        lane.Blue.AddNode("dead", lane.ZoneA);
        lane.Blue.AddServer("dead", labelled: false);
        lane.Blue.PutNode(new NodeSnapshot { Name = "dead", Zone = lane.ZoneA, Ready = false });
        lane.Blue.AddNode("live", lane.ZoneB);
        lane.Blue.AddServer("live");
        await _cell.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal("live", (await lane.Create("k1")).View!.Session.Server!.Node);
        await lane.Create("k2", lane.Request(deadlineSeconds: 1));
        await lane.Until("k2", session => session.State == SessionState.Failed);
        Assert.Equal("live", Assert.Single(lane.Blue.Claims).Node);
    }

    [Fact]
    public async Task Create_NodeDiesBetweenPlanAndAnswer_TheServerIsGivenBackAndAnotherServes()
    {
        var lane = _cell.NewLane();
        var lost = (await lane.AddServers(lane.ZoneA, 1))[0];
        await lane.AddServers(lane.ZoneB, 1);
        var grain = _cell.Grains.GetGrain<IClusterGrain>(lane.Blue.Id);
        var struck = new TaskCompletionSource();
        lane.Blue.OnClaimed = async server =>
        {
            if (server.Name != lost) return;
            await UntilSeen(grain, server, ServerSighting.Running);
            Strike(lane, "interrupted");
            await UntilSeen(grain, server, ServerSighting.Lost);
            struck.SetResult();
        };
        var creating = lane.Session("k").Create(lane.Request(lane.ZoneA), "print");
        await struck.Task.WaitAsync(TestContext.Current.CancellationToken);
        var session = (await _cell.Wait(creating)).View!.Session;
        Assert.Equal((lane.ZoneB, 2, 1), (session.Server!.Zone, session.Server.PreferenceServed, session.Incarnation));
        await _cell.Until(() => !lane.Blue.Has(lost), "the server is given back");
    }

    [Fact]
    public async Task Find_TaggedServerOnANodeThatDiedMeanwhile_GivenBackAndAnotherServes()
    {
        var lane = _cell.NewLane();
        var lost = (await lane.AddServers(lane.ZoneA, 1))[0];
        await lane.AddServers(lane.ZoneB, 1);
        var grain = _cell.Grains.GetGrain<IClusterGrain>(lane.Blue.Id);
        var struck = new TaskCompletionSource();
        lane.Blue.OnAllocate = (_, _) => Task.FromResult(lane.Blue.Orders.Count == 1 ? AllocationFault.UnknownAfterClaim : AllocationFault.None);
        lane.Blue.OnClaimed = async server =>
        {
            if (server.Name != lost) return;
            await UntilSeen(grain, server, ServerSighting.Running);
            Strike(lane, "not ready");
            await UntilSeen(grain, server, ServerSighting.Lost);
            struck.SetResult();
        };
        var creating = lane.Session("k").Create(lane.Request(lane.ZoneA), "print");
        await struck.Task.WaitAsync(TestContext.Current.CancellationToken);
        var session = (await _cell.Wait(creating)).View!.Session;
        Assert.Equal(lane.ZoneB, session.Server!.Zone);
        await _cell.Until(() => !lane.Blue.Has(lost), "the server is given back");
    }

    // Before the watch has shown the claim, a server counts as lost, too.
    private static async Task UntilSeen(IClusterGrain grain, GameServerSnapshot server, ServerSighting sighting)
    {
        while (await grain.Sight(server.Name, server.Sessions[0].Session, 1) != sighting) TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
    }

    private static async Task<SessionRecord> UntilReplaced(Lane lane, string key)
    {
        while (true)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            if (await lane.Get(key) is { HoldsServer: true, Incarnation: 2 } session) return session;
        }
    }

    private static void Strike(Lane lane, string how)
    {
        var node = new NodeSnapshot { Name = $"node-{lane.ZoneA}", Zone = lane.ZoneA, Ready = true };
        if (how == "deleted") lane.Blue.TellWatchers(new ClusterChange.NodeDeleted(node.Name));
        else lane.Blue.PutNode(how == "not ready" ? node with { Ready = false } : node with { Taints = [SpotInterruption] });
    }
}
