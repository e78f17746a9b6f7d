using System.Globalization;
using FleetSystem.FleetManager.Tests.Sessions.Cell;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetManager.Tests.Sessions;

/// <summary>Creating, reading and ending sessions on a silo.</summary>
public sealed class SessionGrainTests(CellFixture fixture) : IClassFixture<CellFixture>
{
    private readonly TestCell _cell = fixture.Cell;

    [Fact]
    public async Task Create_ServerFound_ItsRegionCountsTheAllocation()
    {
        var lane = _cell.NewLane();
        await lane.AddServers(lane.ZoneA, 1);
        await lane.Create("k");

        RegionStatus? status = null;
        var region = _cell.Grains.GetGrain<IRegionGrain>(lane.Region);
        for (var round = 0; round < 100 && status?.Allocations?.Fleets.Count is null or 0; round++)
        {
            await _cell.Pass(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(50));
            status = await _cell.Wait(region.GetStatus());
        }

        var tally = Assert.Single(status!.Allocations!.Fleets);
        Assert.Equal(("arena", 1, 0), (tally.Fleet, tally.Allocated, tally.Failed));
    }

    [Fact]
    public async Task Create_FreeServer_AllocatedTaggedAndStoredBeforeTheAnswer()
    {
        var lane = _cell.NewLane();
        var server = (await lane.AddServers(lane.ZoneA, 1))[0];
        var reply = await lane.Create("k", lane.Request(lane.ZoneA));

        Assert.Equal(CreateOutcome.Created, reply.Outcome);
        var session = reply.View!.Session;
        Assert.Equal((SessionState.Allocated, 1, server), (session.State, session.Incarnation, session.Server!.Name));
        Assert.Equal((lane.Blue.Id, lane.Region, lane.ZoneA, $"node-{lane.ZoneA}", 1), (session.Server.Cluster, session.Server.Region, session.Server.Zone, session.Server.Node, session.Server.PreferenceServed));
        Assert.Equal(["p1", "p2"], reply.View.Connections.Select(connection => connection.PlayerId));
        Assert.All(reply.View.Connections, connection => Assert.Contains(connection.Routes, route => route.Kind == RouteKind.Direct && route.Port == session.Server.Port));
        Assert.Equal([new SessionTag(session.Id, 1)], lane.Blue.Server(server).Sessions);

        var stored = lane.Stored("k")!;
        Assert.Equal((SessionState.Allocated, server, session.RoutingToken), (stored.State, stored.Server!.Name, stored.RoutingToken));
        var order = Assert.Single(lane.Blue.Orders);
        Assert.Equal(session.RoutingToken, order.Annotations[AgonesKeys.RoutingTokens]);
        Assert.Equal(session.ExpiresAt, DateTimeOffset.Parse(order.Annotations[AgonesKeys.Expires], CultureInfo.InvariantCulture), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Create_SameKeyTwice_TheSameSessionAndOneClaim()
    {
        var lane = _cell.NewLane();
        await lane.AddServers(lane.ZoneA, 3);
        var first = await lane.Create("k");
        var second = await lane.Create("k");
        Assert.Equal((CreateOutcome.Created, CreateOutcome.Existing), (first.Outcome, second.Outcome));
        Assert.Equal(first.View!.Session.Server!.Name, second.View!.Session.Server!.Name);
        Assert.Single(lane.Blue.Orders);
    }

    [Fact]
    public async Task Create_ManyAtOnceWithOneKey_OneIsNewAndOneServerIsClaimed()
    {
        var lane = _cell.NewLane();
        await lane.AddServers(lane.ZoneA, 5);
        var replies = await _cell.Wait(Task.WhenAll(Enumerable.Range(0, 30).Select(_ => lane.Session("k").Create(lane.Request(), "print"))));
        Assert.Single(replies, reply => reply.Outcome == CreateOutcome.Created);
        Assert.Single(replies.Select(reply => reply.View!.Session.Server!.Name).Distinct());
        Assert.Single(lane.Blue.Claims);
    }

    [Fact]
    public async Task Create_SameKeyOtherRequest_Conflict()
    {
        var lane = _cell.NewLane();
        await lane.AddServers(lane.ZoneA, 2);
        await lane.Create("k");
        var reply = await _cell.Wait(lane.Session("k").Create(lane.Request(lane.ZoneB), "another print"));
        Assert.Equal((CreateOutcome.Conflict, (SessionView?)null), (reply.Outcome, reply.View));
        Assert.Single(lane.Blue.Orders);
    }

    [Fact]
    public async Task Get_KeyNeverUsed_NothingAndNothingIsStored()
    {
        var lane = _cell.NewLane();
        Assert.Null(await lane.Session("never").Get());
        Assert.Null(await lane.Session("never").End("why not"));
        Assert.Null(lane.Stored("never"));
    }

    [Fact]
    public async Task Create_NoServer_FailedWithNoCapacityAtTheDeadline()
    {
        var lane = _cell.NewLane();
        var session = (await lane.Create("k", lane.Request(deadlineSeconds: 3))).View!.Session;
        Assert.Equal(SessionState.Pending, session.State);
        session = await lane.Until("k", known => known.IsClosed);
        Assert.Equal((SessionState.Failed, ErrorCodes.NoCapacity), (session.State, session.Failure!.Code));
        Assert.InRange(session.ClosedAt!.Value - session.CreatedAt, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(3.5));
        Assert.Equal(ErrorCodes.NoCapacity, lane.Stored("k")!.Failure!.Code);
    }

    [Fact]
    public async Task Create_ServerBecomesFreeInTime_ServedThen()
    {
        var lane = _cell.NewLane();
        Assert.Equal(SessionState.Pending, (await lane.Create("k")).View!.Session.State);
        var server = (await lane.AddServers(lane.ZoneA, 1))[0];
        var session = await lane.Until("k", known => known.HoldsServer);
        Assert.Equal((server, null), (session.Server!.Name, session.Wait));
    }

    [Fact]
    public async Task Create_PreferredZoneFull_SecondPreferenceInTheRegion()
    {
        var lane = _cell.NewLane();
        await lane.AddServers(lane.ZoneA, 1);
        await lane.AddServers(lane.ZoneB, 2);
        var first = (await lane.Create("k1", lane.Request(lane.ZoneA))).View!.Session.Server!;
        var second = (await lane.Create("k2", lane.Request(lane.ZoneA))).View!.Session.Server!;
        Assert.Equal((lane.ZoneA, 1, lane.ZoneB, 2), (first.Zone, first.PreferenceServed, second.Zone, second.PreferenceServed));
    }

    [Fact]
    public async Task Create_RegionFull_ThirdPreferenceInReach()
    {
        var (near, far) = (_cell.NewLane(), _cell.NewLane());
        await far.AddServers(far.ZoneA, 1);
        var players = new[] { new SessionPlayer("p1", new Dictionary<string, int> { [near.Region] = 10, [far.Region] = 60 }) };
        var server = (await near.Create("k", near.Request() with { Players = players, Region = null })).View!.Session.Server!;
        Assert.Equal((far.Region, 3), (server.Region, server.PreferenceServed));
    }

    [Fact]
    public async Task Create_FirstClusterFull_TheNextClusterOfTheRegion()
    {
        var lane = _cell.NewLane();
        lane.Green.AddNode("n", lane.ZoneA);
        lane.Green.AddServer("n");
        Assert.Equal(lane.Green.Id, (await lane.Create("k")).View!.Session.Server!.Cluster);
    }

    [Theory]
    [InlineData(nameof(AllocationFault.Refused))]
    [InlineData(nameof(AllocationFault.Forbidden))]
    public async Task Create_FirstClusterRefuses_TheNextClusterServes(string fault)
    {
        var lane = _cell.NewLane();
        await lane.AddServers(lane.ZoneA, 1);
        lane.Blue.OnAllocate = (_, _) => Task.FromResult(Enum.Parse<AllocationFault>(fault));
        lane.Green.AddNode("n", lane.ZoneA);
        lane.Green.AddServer("n");
        Assert.Equal(lane.Green.Id, (await lane.Create("k")).View!.Session.Server!.Cluster);
    }

    [Fact]
    public async Task Create_ClusterRefusesUntilTheDeadline_AllocationFailedWithItsReason()
    {
        var lane = _cell.NewLane();
        lane.Blue.OnAllocate = lane.Green.OnAllocate = (_, _) => Task.FromResult(AllocationFault.Refused);
        var failure = (await lane.Create("k", lane.Request(deadlineSeconds: 2))).View!.Session.Failure!;
        Assert.Equal(ErrorCodes.AllocationFailed, failure.Code);
        Assert.Contains("429: slow down", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task End_Allocated_EndedAndItsServerGivenBack()
    {
        var lane = _cell.NewLane();
        var server = (await lane.AddServers(lane.ZoneA, 1))[0];
        await lane.Create("k");
        var ended = await _cell.Wait(lane.Session("k").End("by its caller"));
        Assert.Equal((SessionState.Ended, 0), (ended!.Session.State, ended.Connections.Count));
        Assert.False(lane.Blue.Has(server));
        Assert.Equal(ended.Session, (await _cell.Wait(lane.Session("k").End("again")))!.Session, EqualById);
        Assert.Equal(SessionState.Ended, lane.Stored("k")!.State);
    }

    [Fact]
    public async Task End_BeforeTheWatchShowsTheClaim_TheServerIsGivenBackAllTheSame()
    {
        var lane = _cell.NewLane();
        var server = (await lane.AddServers(lane.ZoneA, 1))[0];
        lane.Blue.HoldWatch();
        await lane.Create("k");
        await _cell.Wait(lane.Session("k").End("by its caller"));
        Assert.False(lane.Blue.Has(server));
    }

    [Fact]
    public async Task End_WhileAllocating_TheLateClaimIsGivenBack()
    {
        var lane = _cell.NewLane();
        var server = (await lane.AddServers(lane.ZoneA, 1))[0];
        var claimed = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        lane.Blue.OnClaimed = _ =>
        {
            claimed.SetResult();
            return answer.Task;
        };
        var creating = lane.Session("k").Create(lane.Request(), "print");
        await _cell.Wait(Task.WhenAny(claimed.Task));
        var ending = lane.Session("k").End("by its caller");
        await lane.Session("k").Get();
        Assert.False(ending.IsCompleted);
        answer.SetResult();

        Assert.Equal(SessionState.Cancelled, (await _cell.Wait(ending))!.Session.State);
        Assert.Equal(SessionState.Cancelled, (await _cell.Wait(creating)).View!.Session.State);
        Assert.False(lane.Blue.Has(server));
    }

    [Fact]
    public async Task End_WhileWaitingForCapacity_CancelledAtOnce()
    {
        var lane = _cell.NewLane();
        await lane.Create("k", lane.Request(deadlineSeconds: 300));
        var began = _cell.Clock.GetUtcNow();
        Assert.Equal(SessionState.Cancelled, (await _cell.Wait(lane.Session("k").End("by its caller")))!.Session.State);
        Assert.InRange(_cell.Clock.GetUtcNow() - began, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Equal(SessionState.Cancelled, (await lane.Create("k", lane.Request(deadlineSeconds: 300))).View!.Session.State);
    }

    [Fact]
    public async Task Sweep_LifetimeOver_EndedAndItsServerGivenBack()
    {
        var lane = _cell.NewLane();
        var server = (await lane.AddServers(lane.ZoneA, 1))[0];
        await lane.Create("k", lane.Request() with { Lifetime = TimeSpan.FromMinutes(2) });
        await _cell.Pass(TimeSpan.FromSeconds(100), TimeSpan.FromMilliseconds(250));
        Assert.Equal(SessionState.Allocated, (await lane.Get("k")).State);
        var session = await lane.Until("k", session => session.IsClosed, TimeSpan.FromMilliseconds(100));
        Assert.Equal((SessionState.Ended, "the session's lifetime is over"), (session.State, session.Events[^1].Reason));
        await _cell.Until(() => !lane.Blue.Has(server), "the server is given back");
    }

    [Fact]
    public async Task Watch_FromTheStart_EveryEventInOrderUntilClosed()
    {
        var lane = _cell.NewLane();
        var servers = await lane.AddServers(lane.ZoneA, 2);
        await lane.Create("k");
        var seen = new List<SessionEvent>();
        var watching = Task.Run(async () =>
        {
            var after = 0L;
            await foreach (var view in lane.Session("k").Watch(0, TestContext.Current.CancellationToken))
            {
                seen.AddRange(view.Session.Events.Where(happened => happened.Sequence > after));
                after = view.Session.LastSequence;
            }
        }, TestContext.Current.CancellationToken);

        lane.Blue.Acknowledge(servers[0]);
        await lane.Until("k", session => session.State == SessionState.Playable);
        lane.Blue.Delete(servers[0]);
        await lane.Until("k", session => session is { State: SessionState.Allocated, Incarnation: 2 });
        await _cell.Wait(lane.Session("k").End("by its caller"));
        await _cell.Wait(Task.WhenAny(watching));

        Assert.Equal([1L, 2, 3, 4, 5, 6, 7], seen.Select(happened => happened.Sequence));
        Assert.Equal(
            [SessionState.Allocating, SessionState.Allocated, SessionState.Playable, SessionState.Lost, SessionState.Allocating, SessionState.Allocated, SessionState.Ended],
            seen.Select(happened => happened.State));
        Assert.Equal([1, 1, 1, 1, 2, 2, 2], seen.Select(happened => happened.Incarnation));
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(99, 0)]
    public async Task Watch_AfterAnEventOfAClosedSession_OnlyWhatCameLaterAndThenTheEnd(long after, int events)
    {
        var lane = _cell.NewLane();
        await lane.AddServers(lane.ZoneA, 1);
        await lane.Create("k");
        await _cell.Wait(lane.Session("k").End("by its caller"));
        var seen = new List<SessionEvent>();
        await foreach (var view in lane.Session("k").Watch(after, TestContext.Current.CancellationToken)) seen.AddRange(view.Session.Events.Where(happened => happened.Sequence > after));
        Assert.Equal(events, seen.Count);
    }

    private static bool EqualById(SessionRecord one, SessionRecord other) =>
        (one.Id, one.State, one.LastSequence, one.ClosedAt) == (other.Id, other.State, other.LastSequence, other.ClosedAt);
}
