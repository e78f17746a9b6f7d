using FleetSystem.FleetManager.Tests.Sessions.Cell;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Sessions;
using Orleans.Core.Internal;

namespace FleetSystem.FleetManager.Tests.Sessions;

/// <summary>Sessions that find no server free.</summary>
public sealed class WaitingTests(CellFixture fixture) : IClassFixture<CellFixture>
{
    private readonly TestCell _cell = fixture.Cell;

    [Fact]
    public async Task Create_NoServerFree_PendingAtOnceAndServedWhenItsTurnComes()
    {
        var lane = _cell.NewLane();
        var began = _cell.Clock.GetUtcNow();
        var reply = await lane.Create("k");
        Assert.Equal((CreateOutcome.Created, SessionState.Pending), (reply.Outcome, reply.View!.Session.State));
        Assert.Equal((1, 1), (reply.View.Queue!.Position, reply.View.Queue.Waiting));
        Assert.InRange(_cell.Clock.GetUtcNow() - began, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Equal(SessionState.Pending, lane.Stored("k")!.State);
        Assert.Equal(CreateOutcome.Existing, (await lane.Create("k")).Outcome);

        await lane.AddServers(lane.ZoneA, 1);
        var session = await lane.Until("k", known => known.HoldsServer);
        Assert.Equal([SessionState.Allocating, SessionState.Pending, SessionState.Allocating, SessionState.Allocated], session.Events.Select(happened => happened.State));
        Assert.Equal(1, session.Incarnation);
        Assert.Null((await lane.Session("k").Get())!.Queue);
    }

    [Fact]
    public async Task Turns_SeveralWait_EarliestDeadlineFirst()
    {
        var lane = _cell.NewLane();
        foreach (var (key, deadline) in new[] { ("third", 90), ("first", 50), ("second", 70) }) await lane.Create(key, lane.Request(deadlineSeconds: deadline));
        Assert.Equal([3, 1, 2], await Positions(lane, "third", "first", "second"));
        foreach (var key in new[] { "first", "second", "third" })
        {
            await lane.AddServers(lane.ZoneA, 1);
            await lane.Until(key, session => session.HoldsServer);
        }

        Assert.Equal(3, lane.Blue.Claims.Count);
    }

    [Fact]
    public async Task Create_ServerFreeWhileOthersWait_OnlyAnEarlierDeadlineGoesBefore()
    {
        var lane = _cell.NewLane();
        await lane.Create("waits", lane.Request(deadlineSeconds: 50));
        await lane.AddServers(lane.ZoneA, 1);
        var orders = lane.Blue.Orders.Count;

        // The clock stands still: no turn has been handed out yet.
        var late = await lane.Session("late").Create(lane.Request(deadlineSeconds: 60), "print");
        Assert.Equal((SessionState.Pending, orders), (late.View!.Session.State, lane.Blue.Orders.Count));
        Assert.Equal(2, late.View.Queue!.Position);
        var early = await lane.Session("early").Create(lane.Request(deadlineSeconds: 20), "print");
        Assert.Equal(SessionState.Allocated, early.View!.Session.State);

        await lane.AddServers(lane.ZoneA, 1);
        await lane.Until("waits", session => session.HoldsServer);
        Assert.Equal(SessionState.Pending, (await lane.Get("late")).State);
    }

    [Fact]
    public async Task Turns_ManyWaitFewServers_NoClaimInVainEvenWhileTheWatchIsHeld()
    {
        var lane = _cell.NewLane();
        var keys = Enumerable.Range(0, 12).Select(index => $"k{index:00}").ToList();
        foreach (var (index, key) in keys.Index()) await lane.Create(key, lane.Request(deadlineSeconds: 60 + index));
        await lane.AddServers(lane.ZoneA, 5);
        lane.Blue.HoldWatch();
        var orders = lane.Blue.Orders.Count;
        await _cell.Until(() => lane.Blue.Claims.Count == 5, "every server is claimed");
        await _cell.Pass(TimeSpan.FromSeconds(3));
        Assert.Equal(5, lane.Blue.Orders.Count - orders);
        var served = new List<string>();
        foreach (var key in keys) if ((await lane.Get(key)).HoldsServer) served.Add(key);
        Assert.Equal(keys.Take(5), served);
    }

    [Fact]
    public async Task Create_QueueFull_FailedAtOnceAndNothingKeptWaiting()
    {
        var lane = _cell.NewLane();
        foreach (var key in new[] { "k1", "k2" }) Assert.Equal(SessionState.Pending, (await Create(key)).State);
        var began = _cell.Clock.GetUtcNow();
        var refused = await Create("k3");
        Assert.Equal((SessionState.Failed, ErrorCodes.QueueFull), (refused.State, refused.Failure!.Code));
        Assert.InRange(_cell.Clock.GetUtcNow() - began, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Equal(2, await Demand(lane, "crowded"));
        await _cell.Wait(lane.Session("k1").End("by its caller"));
        Assert.Equal(SessionState.Pending, (await Create("k4")).State);

        async Task<SessionRecord> Create(string key) => (await lane.Create(key, lane.Request(fleet: "crowded", deadlineSeconds: 60))).View!.Session;
    }

    [Fact]
    public async Task End_Pending_CancelledAndTheNextHasItsTurn()
    {
        var lane = _cell.NewLane();
        await lane.Create("leaves", lane.Request(deadlineSeconds: 50));
        await lane.Create("stays", lane.Request(deadlineSeconds: 60));
        Assert.Equal(SessionState.Cancelled, (await _cell.Wait(lane.Session("leaves").End("by its caller")))!.Session.State);
        Assert.Equal([1], await Positions(lane, "stays"));
        await lane.AddServers(lane.ZoneA, 1);
        await lane.Until("stays", session => session.HoldsServer);
        Assert.Single(lane.Blue.Claims);
    }

    [Fact]
    public async Task Turns_DeadlinePassed_LeavesTheQueueToTheOthers()
    {
        var lane = _cell.NewLane();
        await lane.Create("short", lane.Request(deadlineSeconds: 2));
        await lane.Create("long", lane.Request(deadlineSeconds: 60));
        var failed = await lane.Until("short", session => session.IsClosed);
        Assert.Equal(ErrorCodes.NoCapacity, failed.Failure!.Code);
        Assert.Equal([1], await Positions(lane, "long"));
        Assert.Equal(1, await Demand(lane, "arena"));
    }

    [Fact]
    public async Task Turns_SeveralRegions_ServedInTheFirstThatHasAServerAndOutOfTheOthers()
    {
        var (near, far) = (_cell.NewLane(), _cell.NewLane());
        var players = new[] { new SessionPlayer("p1", new Dictionary<string, int> { [near.Region] = 10, [far.Region] = 60 }) };
        await near.Create("k", near.Request(deadlineSeconds: 60) with { Players = players, Region = null });
        Assert.Equal((1, 0), (await Demand(near, "arena"), await Demand(far, "arena")));
        await _cell.Pass(TimeSpan.FromSeconds(1));
        Assert.NotNull(await Queue(far, "arena").GetPlace(SessionIds.FromKey(near.Region, "k")));

        await far.AddServers(far.ZoneA, 1);
        var session = await near.Until("k", known => known.HoldsServer);
        Assert.Equal((far.Region, 3), (session.Server!.Region, session.Server.PreferenceServed));
        Assert.Equal((0, 0), (await Demand(near, "arena"), await Demand(far, "arena")));
        Assert.Null(await Queue(near, "arena").GetPlace(session.Id));
    }

    [Fact]
    public async Task Turns_ServerThatIsNotForTheFirst_OthersAreServedMeanwhile()
    {
        var lane = _cell.NewLane();
        await lane.Create("picky", lane.Request(deadlineSeconds: 50));
        await lane.Create("other", lane.Request(deadlineSeconds: 60));
        var picky = SessionIds.FromKey(lane.Region, "picky");
        lane.Blue.OnAllocate = (order, _) => Task.FromResult(order.Labels[AgonesKeys.Session] == picky ? AllocationFault.FalselyFull : AllocationFault.None);
        await lane.AddServers(lane.ZoneA, 1);
        await lane.Until("other", session => session.HoldsServer);
        Assert.Equal(SessionState.Pending, (await lane.Until("picky", session => session.State == SessionState.Pending)).State);
        Assert.Equal(lane.Stored("picky")!.Events[1].At, (await lane.Get("picky")).Wait!.Since);
    }

    [Fact]
    public async Task Replacing_NoServerFree_WaitsUnderItsIdAndIsServedAgain()
    {
        var lane = _cell.NewLane();
        var server = (await lane.AddServers(lane.ZoneA, 1))[0];
        await lane.Create("k", lane.Request(deadlineSeconds: 60));
        lane.Blue.Delete(server);
        Assert.Equal(2, (await lane.Until("k", session => session.State == SessionState.Pending)).Incarnation);
        await lane.AddServers(lane.ZoneA, 1);
        Assert.Equal(2, (await lane.Until("k", session => session.HoldsServer)).Incarnation);
    }

    [Theory]
    [InlineData("session")]
    [InlineData("queue")]
    public async Task Turns_GrainMovesMeanwhile_TheSessionKeepsItsPlace(string which)
    {
        var lane = _cell.NewLane();
        await lane.Create("first", lane.Request(deadlineSeconds: 100));
        await lane.Create("second", lane.Request(deadlineSeconds: 110));
        var since = (await lane.Get("first")).Wait!.Since;
        IAddressable grain = which == "session" ? lane.Session("first") : Queue(lane, "arena");
        await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle(TestContext.Current.CancellationToken);
        await _cell.Pass(TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(20));

        Assert.Equal([1, 2], await Positions(lane, "first", "second"));
        Assert.Equal(since, (await lane.Get("first")).Wait!.Since);
        await lane.AddServers(lane.ZoneA, 1);
        await lane.Until("first", session => session.HoldsServer);
        Assert.Equal(SessionState.Pending, (await lane.Get("second")).State);
    }

    [Fact]
    public async Task GetStatus_SessionsWait_TheRegionTellsTheDemandOfEachFleet()
    {
        var lane = _cell.NewLane();
        await lane.Create("k1", lane.Request(deadlineSeconds: 60));
        await lane.Create("k2", lane.Request(deadlineSeconds: 60));
        var status = await _cell.Grains.GetGrain<IRegionGrain>(lane.Region).GetStatus();
        Assert.Equal(2, status.Demand.Single(demand => demand.Fleet == "arena").Waiting);
        Assert.All(status.Demand.Where(demand => demand.Fleet != "arena"), demand => Assert.Equal(0, demand.Waiting));
    }

    private IFleetGrain Queue(Lane lane, string fleet) => _cell.Grains.GetGrain<IFleetGrain>(FleetGrainKey.Of(lane.Region, fleet));

    private Task<int> Demand(Lane lane, string fleet) => Queue(lane, fleet).GetDemand();

    private static async Task<IEnumerable<int>> Positions(Lane lane, params string[] keys)
    {
        var positions = new List<int>();
        foreach (var key in keys) positions.Add((await lane.Session(key).Get())!.Queue!.Position);
        return positions;
    }
}
