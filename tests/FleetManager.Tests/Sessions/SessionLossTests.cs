using FleetSystem.FleetManager.Tests.Sessions.Cell;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetManager.Tests.Sessions;

/// <summary>Sessions whose server dies, does not take them up, or was never known to be claimed.</summary>
public sealed class SessionLossTests(CellFixture fixture) : IClassFixture<CellFixture>
{
    private readonly TestCell _cell = fixture.Cell;

    [Theory]
    [InlineData(nameof(AllocationFault.UnknownAfterClaim), 1, 1)]
    [InlineData(nameof(AllocationFault.UnknownBeforeClaim), 1, 1)]
    [InlineData(nameof(AllocationFault.UnknownWithoutClaim), 2, 2)]
    public async Task Create_UnknownOutcome_ResolvedByTheTagAndNeverTwoServers(string fault, int orders, int incarnation)
    {
        var lane = _cell.NewLane();
        await lane.AddServers(lane.ZoneA, 3);
        lane.Blue.OnAllocate = (_, _) => Task.FromResult(lane.Blue.Orders.Count == 1 ? Enum.Parse<AllocationFault>(fault) : AllocationFault.None);
        var session = (await lane.Create("k")).View!.Session;
        Assert.Equal((SessionState.Allocated, incarnation), (session.State, session.Incarnation));
        var tagged = Assert.Single(lane.Blue.Servers, server => server.Sessions.Any(tag => tag.Session == session.Id));
        Assert.Equal((tagged.Name, tagged.Address, tagged.Port), (session.Server!.Name, session.Server.Address, session.Server.Port));
        Assert.Equal(orders, lane.Blue.Orders.Count);
        Assert.Empty(lane.Green.Claims);
    }

    [Fact]
    public async Task Create_OutcomeUnknownUntilTheDeadline_FailedAndTheServerGivenBack()
    {
        var lane = _cell.NewLane();
        var server = (await lane.AddServers(lane.ZoneA, 1))[0];
        lane.Blue.OnClaimed = _ => new TaskCompletionSource().Task;
        lane.Blue.IsUnreachable = _ => true;
        var session = (await lane.Create("k", lane.Request(deadlineSeconds: 1))).View!.Session;
        Assert.Equal((SessionState.Failed, ErrorCodes.AllocationFailed), (session.State, session.Failure!.Code));
        lane.Blue.IsUnreachable = _ => false;
        await _cell.Until(() => !lane.Blue.Has(server), "the reconciler gives it back", TimeSpan.FromMilliseconds(50));
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("unhealthy")]
    [InlineData("node not ready")]
    [InlineData("node deleted")]
    public async Task Notice_ServerLost_ReplacedUnderTheSameIdWithANewTokenOnALiveNode(string how)
    {
        var lane = _cell.NewLane();
        var lost = (await lane.AddServers(lane.ZoneA, 3))[0];
        var spare = (await lane.AddServers(lane.ZoneB, 1))[0];
        var before = (await lane.Create("k", lane.Request(lane.ZoneA))).View!.Session;
        Assert.Equal(lost, before.Server!.Name);

        var node = new NodeSnapshot { Name = $"node-{lane.ZoneA}", Zone = lane.ZoneA, Ready = false };
        switch (how)
        {
            case "deleted":
                lane.Blue.Delete(lost);
                break;
            case "unhealthy":
                lane.Blue.Change(lost, server => server with { State = GameServerState.Unhealthy });
                break;
            case "node not ready":
                lane.Blue.PutNode(node);
                break;
            default:
                lane.Blue.TellWatchers(new ClusterChange.NodeDeleted(node.Name));
                break;
        }

        var after = await lane.Until("k", session => session is { HoldsServer: true, Incarnation: 2 });
        Assert.Equal(before.Id, after.Id);
        Assert.NotEqual(before.RoutingToken, after.RoutingToken);
        Assert.Equal(after.RoutingToken, lane.Blue.Orders[^1].Annotations[AgonesKeys.RoutingTokens]);
        Assert.NotEqual(lost, after.Server!.Name);
        Assert.Equal([SessionState.Allocating, SessionState.Allocated, SessionState.Lost, SessionState.Allocating, SessionState.Allocated], after.Events.Select(happened => happened.State));
        if (how.StartsWith("node", StringComparison.Ordinal)) Assert.Equal((spare, 2), (after.Server.Name, after.Server.PreferenceServed));
        await _cell.Until(() => !lane.Blue.Has(lost), "what is left of the server is deleted");
    }

    [Fact]
    public async Task Notice_ServerLost_CountedInItsRegion()
    {
        var lane = _cell.NewLane();
        var lost = (await lane.AddServers(lane.ZoneA, 2))[0];
        await lane.Create("k", lane.Request(lane.ZoneA));
        lane.Blue.Delete(lost);
        await lane.Until("k", session => session is { HoldsServer: true, Incarnation: 2 });

        await lane.UntilRegion(region => region.Allocations!.Fleets is [{ Lost: 1, Moved: 0 }]);
    }

    [Fact]
    public async Task Notice_ServerShutDownByItself_Ended()
    {
        var lane = _cell.NewLane();
        var server = (await lane.AddServers(lane.ZoneA, 2))[0];
        await lane.Create("k");
        lane.Blue.Change(server, known => known with { State = GameServerState.Shutdown });
        var session = await lane.Until("k", session => session.IsClosed);
        Assert.Equal((SessionState.Ended, 1), (session.State, session.Incarnation));
        Assert.Single(lane.Blue.Claims);
    }

    [Fact]
    public async Task Notice_ServerLostUnderPolicyFail_FailedWithServerLost()
    {
        var lane = _cell.NewLane();
        var server = (await lane.AddServers(lane.ZoneA, 2, "fragile"))[0];
        await lane.Create("k", lane.Request(fleet: "fragile"));
        lane.Blue.Delete(server);
        var session = await lane.Until("k", session => session.IsClosed);
        Assert.Equal((SessionState.Failed, ErrorCodes.ServerLost), (session.State, session.Failure!.Code));
        Assert.Single(lane.Blue.Claims);
    }

    [Fact]
    public async Task Sweep_WatchNeverShowedTheClaim_TheSessionKeepsItsServer()
    {
        var lane = _cell.NewLane();
        var server = (await lane.AddServers(lane.ZoneA, 2))[0];
        lane.Blue.HoldWatch();
        await lane.Create("k");
        await _cell.Pass(TimeSpan.FromSeconds(40), TimeSpan.FromMilliseconds(100));
        var session = await lane.Get("k");
        Assert.Equal((SessionState.Allocated, 1, server), (session.State, session.Incarnation, session.Server!.Name));
        Assert.Single(lane.Blue.Claims);
    }

    [Fact]
    public async Task Sweep_LossThatNobodyTold_IsFound()
    {
        var lane = _cell.NewLane();
        var server = (await lane.AddServers(lane.ZoneA, 2))[0];
        await lane.Create("k");
        // Somebody takes the label off: no notice can name the session any more.
        lane.Blue.Change(server, known => known with { Sessions = [] });
        var session = await lane.Until("k", session => session is { HoldsServer: true, Incarnation: 2 }, TimeSpan.FromMilliseconds(50));
        Assert.NotEqual(server, session.Server!.Name);
    }

    [Fact]
    public async Task Create_WaitForPlayable_AnswersAtTheAcknowledgement()
    {
        var lane = _cell.NewLane();
        var server = (await lane.AddServers(lane.ZoneA, 1))[0];
        var creating = lane.Session("k").Create(lane.Request(waitFor: WaitFor.Playable), "print");
        await lane.Until("k", session => session.State == SessionState.Allocated);
        Assert.False(creating.IsCompleted);
        lane.Blue.Acknowledge(server);
        Assert.Equal(SessionState.Playable, (await _cell.Wait(creating)).View!.Session.State);
        Assert.Equal(SessionState.Playable, lane.Stored("k")!.State);
    }

    [Fact]
    public async Task Create_AcknowledgedBeforeTheAllocationsAnswer_PlayableAllTheSame()
    {
        var lane = _cell.NewLane();
        await lane.AddServers(lane.ZoneA, 1);
        lane.Blue.Acknowledges = true;
        var answer = new TaskCompletionSource();
        var claimed = new TaskCompletionSource();
        lane.Blue.OnClaimed = _ =>
        {
            claimed.SetResult();
            return answer.Task;
        };
        var creating = lane.Session("k").Create(lane.Request(waitFor: WaitFor.Playable), "print");
        await _cell.Wait(Task.WhenAny(claimed.Task));
        var grain = _cell.Grains.GetGrain<FleetModel.Grains.IClusterGrain>(lane.Blue.Id);
        while (await grain.Sight(lane.Blue.Claims[0].Name, lane.Blue.Claims[0].Sessions[0].Session, 1) != FleetModel.Grains.ServerSighting.Acknowledged) TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        Assert.Equal(SessionState.Allocating, (await lane.Get("k")).State);
        answer.SetResult();
        Assert.Equal(SessionState.Playable, (await _cell.Wait(creating)).View!.Session.State);
        Assert.Single(lane.Blue.Claims);
    }

    [Fact]
    public async Task Create_OneServerDoesNotAcknowledge_GivenBackAndReplaced()
    {
        var lane = _cell.NewLane();
        await lane.AddServers(lane.ZoneA, 3);
        lane.Blue.OnClaimed = _ =>
        {
            lane.Blue.Acknowledges = true;
            return Task.CompletedTask;
        };
        var began = _cell.Clock.GetUtcNow();
        var session = (await lane.Create("k", lane.Request(waitFor: WaitFor.Playable))).View!.Session;
        Assert.Equal((SessionState.Playable, 2), (session.State, session.Incarnation));
        Assert.InRange(_cell.Clock.GetUtcNow() - began, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(6));
        await _cell.Until(() => !lane.Blue.Has(lane.Blue.Claims[0].Name), "the first server is given back");
    }

    [Fact]
    public async Task Create_NoServerEverAcknowledges_FailedAfterThreeAllGivenBack()
    {
        var lane = _cell.NewLane();
        await lane.AddServers(lane.ZoneA, 5);
        var session = (await lane.Create("k", lane.Request(waitFor: WaitFor.Playable))).View!.Session;
        Assert.Equal((SessionState.Failed, ErrorCodes.NotPlayable), (session.State, session.Failure!.Code));
        Assert.Equal(3, lane.Blue.Claims.Count);
        await _cell.Until(() => lane.Blue.Servers.Count == 2 && lane.Blue.Servers.All(server => server.State == GameServerState.Ready), "all three are given back");
    }

    [Fact]
    public async Task Create_FalselyFullOrContended_TriedAgainAtOnce()
    {
        var lane = _cell.NewLane();
        await lane.AddServers(lane.ZoneA, 1);
        lane.Blue.OnAllocate = (_, _) => Task.FromResult(lane.Blue.Orders.Count switch { 1 => AllocationFault.FalselyFull, 2 => AllocationFault.Contention, _ => AllocationFault.None });
        var session = (await lane.Create("k")).View!.Session;
        Assert.Equal((SessionState.Allocated, 3), (session.State, lane.Blue.Orders.Count));
        Assert.Empty(lane.Green.Orders);
    }
}
