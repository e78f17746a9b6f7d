using FleetSystem.FleetManager.Tests.Sessions.Cell;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetManager.Tests.Sessions;

/// <summary>One of a region's two clusters is dead, hangs, is slow or flaps: no request fails while the other has room.</summary>
public sealed class ClusterFailureTests(CellFixture fixture) : IClassFixture<CellFixture>
{
    private const int Seed = 20261125;

    private readonly TestCell _cell = fixture.Cell;

    [Fact]
    public async Task Create_FirstClusterHangs_TheOtherServesAndTheSecondRequestNeverAsksTheFirst()
    {
        var lane = await TwoClusters();
        lane.Blue.Hangs = true;
        var first = (await lane.Create("k1")).View!.Session;
        Assert.Equal((SessionState.Allocated, 2, lane.Green.Id), (first.State, first.Incarnation, first.Server?.Cluster));
        Assert.InRange(first.Events[^1].At - first.CreatedAt, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(8));
        Assert.Equal(CircuitState.Open, (await Status(lane.Blue)).Circuit.State);

        var second = (await lane.Create("k2")).View!.Session;
        Assert.Equal((SessionState.Allocated, 1, lane.Green.Id), (second.State, second.Incarnation, second.Server?.Cluster));
        Assert.Single(lane.Blue.Orders);
    }

    [Fact]
    public async Task Create_FirstClusterDead_TheOtherServesAndTheSecondRequestNeverAsksTheFirst()
    {
        var lane = await TwoClusters();
        Kill(lane.Blue, AllocationFault.UnknownWithoutClaim);
        Assert.Equal(lane.Green.Id, (await lane.Create("k1")).View!.Session.Server?.Cluster);
        var second = (await lane.Create("k2")).View!.Session;
        Assert.Equal((1, lane.Green.Id), (second.Incarnation, second.Server?.Cluster));
        Assert.Single(lane.Blue.Orders);
    }

    [Fact]
    public async Task Create_ManyWaitForAHangingCluster_TheFirstTimeoutFreesThemAll()
    {
        var lane = await TwoClusters();
        lane.Blue.Hangs = true;
        var sessions = await _cell.Wait(Task.WhenAll(Enumerable.Range(0, 20).Select(i => lane.Session($"k{i}").Create(lane.Request(), "print"))));
        Assert.All(sessions, reply => Assert.Equal(lane.Green.Id, reply.View!.Session.Server?.Cluster));
    }

    [Fact]
    public async Task Create_CircuitOpensWhileAClaimHangs_TheClaimIsAbandonedAtOnce()
    {
        await using var cell = new TestCell(regions: 1, options => (options.ClaimPatience, options.Circuit.FailuresToOpen) = (TimeSpan.FromSeconds(60), 1));
        await cell.StartAsync();
        var lane = cell.NewLane();
        await lane.AddServers(lane.ZoneA, 2);
        await lane.AddGreenServers(2);
        lane.Blue.OnAllocate = (_, cancellationToken) => lane.Blue.Orders.Count == 1 ? Forever(cancellationToken) : Task.FromResult(AllocationFault.UnknownWithoutClaim);
        var hanging = lane.Session("k1").Create(lane.Request(deadlineSeconds: 300), "print");
        await cell.Until(() => lane.Blue.Orders.Count == 1, "the first claim hangs");
        await lane.Create("k2");
        var session = (await cell.Wait(hanging)).View!.Session;
        Assert.Equal((2, lane.Green.Id), (session.Incarnation, session.Server?.Cluster));
        Assert.InRange(session.Events[^1].At - session.CreatedAt, TimeSpan.Zero, TimeSpan.FromSeconds(50));
    }

    [Fact]
    public async Task Create_AllocationsHangBehindAnApiThatAnswers_EveryOtherClusterComesBeforeItAgain()
    {
        var lane = await TwoClusters();
        lane.Blue.OnAllocate = (_, cancellationToken) => Forever(cancellationToken);
        var session = (await lane.Create("k", lane.Request(deadlineSeconds: 30))).View!.Session;
        Assert.Equal((2, lane.Green.Id), (session.Incarnation, session.Server?.Cluster));
        Assert.Single(lane.Blue.Orders);
    }

    [Fact]
    public async Task Create_TheRegionsOnlyClusterHangs_AnotherRegionInReachComesBeforeItAgain()
    {
        var (near, far) = (_cell.NewLane(), _cell.NewLane());
        await near.AddServers(near.ZoneA, 2);
        await far.AddServers(far.ZoneA, 2);
        near.Blue.OnAllocate = (_, cancellationToken) => Forever(cancellationToken);
        var players = new[] { new SessionPlayer("p1", new Dictionary<string, int> { [near.Region] = 10, [far.Region] = 60 }) };
        var session = (await near.Create("k", near.Request(deadlineSeconds: 30) with { Players = players, Region = null })).View!.Session;
        Assert.Equal((2, far.Region), (session.Incarnation, session.Server?.Region));
        Assert.Single(near.Blue.Orders);
    }

    [Fact]
    public async Task Create_FirstClusterSlow_ServedAllTheSameAndSoonByTheOther()
    {
        var lane = await TwoClusters(30);
        lane.Blue.OnAllocate = async (_, cancellationToken) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(1.8), _cell.Clock, cancellationToken);
            return AllocationFault.None;
        };
        var slow = await _cell.Wait(Task.WhenAll(Enumerable.Range(0, 20).Select(i => lane.Session($"k{i}").Create(lane.Request(), "print"))));
        Assert.All(slow, reply => Assert.Equal(SessionState.Allocated, reply.View!.Session.State));
        var orders = lane.Blue.Orders.Count;
        Assert.Equal(lane.Green.Id, (await lane.Create("next")).View!.Session.Server?.Cluster);
        Assert.Equal(orders, lane.Blue.Orders.Count);
    }

    [Fact]
    public async Task Create_ClusterFlaps_EveryRequestServedAndNothingLeaks()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {Seed}");
        var lane = await TwoClusters(60);
        var random = new Random(Seed);
        lane.Blue.OnAllocate = (_, _) => Task.FromResult(random.Next(8) switch
        {
            0 => AllocationFault.UnknownAfterClaim,
            1 => AllocationFault.UnknownWithoutClaim,
            2 => AllocationFault.UnknownBeforeClaim,
            3 => AllocationFault.Refused,
            _ => AllocationFault.None,
        });
        lane.Blue.IsUnreachable = _ => random.Next(3) == 0;
        var sessions = new List<SessionRecord>();
        for (var i = 0; i < 40; i++) sessions.Add((await lane.Create($"k{i}")).View!.Session);
        Assert.All(sessions, session => Assert.Equal(SessionState.Allocated, session.State));
        Assert.Equal(sessions.Count, sessions.Select(session => session.Server!.Name).Distinct().Count());

        lane.Blue.OnAllocate = (_, _) => Task.FromResult(AllocationFault.None);
        lane.Blue.IsUnreachable = _ => false;
        var held = sessions.Select(session => session.Server!.Name).ToHashSet();
        await _cell.Until(
            () => lane.Blue.Servers.Concat(lane.Green.Servers).Where(server => server.State == GameServerState.Allocated).All(server => held.Contains(server.Name)),
            "every server that no session claims is given back",
            TimeSpan.FromMilliseconds(50));
        Assert.All(held, name => Assert.True(lane.Blue.Has(name) || lane.Green.Has(name)));
    }

    [Fact]
    public async Task Create_ClaimedAndThenTheApiDies_NextIncarnationElsewhereAndTheOrphanGivenBackOnceTheApiIsBack()
    {
        var lane = await TwoClusters();
        Kill(lane.Blue, AllocationFault.UnknownAfterClaim);
        var session = (await lane.Create("k")).View!.Session;
        Assert.Equal((SessionState.Allocated, 2, lane.Green.Id), (session.State, session.Incarnation, session.Server?.Cluster));
        Assert.Equal([SessionState.Allocating, SessionState.Allocating, SessionState.Allocated], session.Events.Select(happened => happened.State));
        Assert.Contains(lane.Blue.Id, session.Events[1].Reason, StringComparison.Ordinal);
        Assert.NotEqual(lane.Blue.Orders[0].Annotations[AgonesKeys.RoutingTokens], session.RoutingToken);
        Assert.Equal(session.RoutingToken, lane.Green.Orders[0].Annotations[AgonesKeys.RoutingTokens]);
        Assert.Equal(2, lane.Stored("k")!.Incarnation);

        // The orphan's game server takes the old incarnation up: that is not the session's server.
        var orphan = Assert.Single(lane.Blue.Claims);
        Assert.False(await lane.Session("k").Claims(lane.Blue.Id, orphan.Name, orphan.Sessions[0].Incarnation));
        lane.Blue.Acknowledge(orphan.Name);
        lane.Blue.IsUnreachable = _ => false;
        lane.Blue.OnAllocate = (_, _) => Task.FromResult(AllocationFault.None);
        await _cell.Until(() => !lane.Blue.Has(orphan.Name), "the orphan is given back", TimeSpan.FromMilliseconds(50));
        var after = await lane.Get("k");
        Assert.Equal((SessionState.Allocated, session.Server!.Name), (after.State, after.Server!.Name));
        Assert.True(lane.Green.Has(session.Server.Name));
    }

    [Fact]
    public async Task Claims_StillAllocatingUnderTheNextIncarnation_TheOldOneIsNotClaimed()
    {
        var lane = _cell.NewLane();
        var server = (await lane.AddServers(lane.ZoneA, 1))[0];
        Kill(lane.Blue, AllocationFault.UnknownAfterClaim);

        // "No server" from the other cluster would make it wait in the queue instead.
        lane.Green.OnAllocate = (_, _) => Task.FromResult(AllocationFault.Refused);
        var creating = lane.Session("k").Create(lane.Request(deadlineSeconds: 200), "print");
        await lane.Until("k", session => session.Incarnation == 2);
        Assert.True(await lane.Session("k").Claims(lane.Blue.Id, server, 2));
        Assert.False(await lane.Session("k").Claims(lane.Blue.Id, server, 1));
        lane.Blue.IsUnreachable = _ => false;
        lane.Blue.OnAllocate = (_, _) => Task.FromResult(AllocationFault.None);
        lane.Blue.Refills = true;
        await _cell.Wait(creating, TimeSpan.FromMilliseconds(50));

        // The orphan was the last server: the session waits until it is given back and replaced.
        var session = await lane.Until("k", known => known.HoldsServer, TimeSpan.FromMilliseconds(50));
        Assert.Equal((SessionState.Allocated, 2), (session.State, session.Incarnation));
        Assert.False(lane.Blue.Has(server));
    }

    [Fact]
    public async Task Restart_ClaimUnderWayInAClusterThatIsDeadAfterwards_NextIncarnationElsewhere()
    {
        await using var cell = new TestCell(regions: 1);
        await cell.StartAsync();
        var lane = cell.NewLane();
        await lane.AddServers(lane.ZoneA, 2);
        await lane.AddGreenServers(2);
        var claimed = new TaskCompletionSource();
        lane.Blue.OnClaimed = _ =>
        {
            claimed.TrySetResult();
            return new TaskCompletionSource().Task;
        };
        var creating = lane.Session("k").Create(lane.Request(deadlineSeconds: 300), "print");
        await cell.Wait(Task.WhenAny(claimed.Task));
        await cell.KillAsync();
        _ = creating;
        lane.Blue.Hangs = true;
        await cell.StartAsync();
        var session = await lane.Until("k", session => session.HoldsServer);
        Assert.Equal((2, lane.Green.Id), (session.Incarnation, session.Server!.Cluster));
        Assert.Single(lane.Blue.Orders);
    }

    [Fact]
    public async Task Probe_ClusterBackWithoutARequest_ClosedAndAskedFirstAgain()
    {
        var lane = await TwoClusters();
        Kill(lane.Blue, AllocationFault.UnknownWithoutClaim);
        await lane.Create("k1");
        Assert.Equal(CircuitState.Open, (await Status(lane.Blue)).Circuit.State);
        lane.Blue.IsUnreachable = _ => false;
        lane.Blue.OnAllocate = (_, _) => Task.FromResult(AllocationFault.None);
        await UntilCircuit(lane.Blue, CircuitState.Closed);
        Assert.Single(lane.Blue.Orders);
        Assert.Equal(lane.Blue.Id, (await lane.Create("k2")).View!.Session.Server?.Cluster);
    }

    [Fact]
    public async Task Create_CallersInAHurry_DoNotOpenTheCircuit()
    {
        var lane = await TwoClusters(5);
        lane.Blue.OnAllocate = async (_, cancellationToken) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(0.5), _cell.Clock, cancellationToken);
            return AllocationFault.None;
        };
        for (var i = 0; i < 3; i++) await lane.Create($"k{i}", lane.Request(deadlineSeconds: 0.1));
        Assert.Equal(CircuitState.Closed, (await Status(lane.Blue)).Circuit.State);
    }

    private async Task<Lane> TwoClusters(int serversEach = 25)
    {
        var lane = _cell.NewLane();
        await lane.AddServers(lane.ZoneA, serversEach);
        await lane.AddGreenServers(serversEach);
        return lane;
    }

    private static async Task<AllocationFault> Forever(CancellationToken cancellationToken)
    {
        await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        return AllocationFault.None;
    }

    private static void Kill(FakeAgonesCluster cluster, AllocationFault allocations)
    {
        cluster.OnAllocate = (_, _) => Task.FromResult(allocations);
        cluster.IsUnreachable = _ => true;
    }

    private Task<ClusterStatus> Status(FakeAgonesCluster cluster) => _cell.Grains.GetGrain<IClusterGrain>(cluster.Id).GetStatus();

    private async Task UntilCircuit(FakeAgonesCluster cluster, CircuitState state)
    {
        var asking = Status(cluster);
        await _cell.Until(
            () =>
            {
                if (!asking.IsCompleted) return false;
                if (asking.Result.Circuit.State == state) return true;
                asking = Status(cluster);
                return false;
            },
            $"the circuit is {state}",
            TimeSpan.FromMilliseconds(50));
    }
}
