using FleetSystem.FleetManager.Auditing;
using FleetSystem.FleetManager.Regions;
using FleetSystem.FleetManager.Tests.Sessions.Cell;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Operations;
using FleetSystem.FleetModel.Placement;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.FleetModel.Zones;

namespace FleetSystem.FleetManager.Tests.Regions;

/// <summary>What operators do with regions and zones, from their word to the next session and to those that run.</summary>
public sealed class RegionOperationsTests(CellFixture fixture) : IClassFixture<CellFixture>
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private readonly TestCell _cell = fixture.Cell;

    [Fact]
    public async Task SetRegion_Drained_TheVeryNextRequestGoesToTheOtherRegionAndBackOnceOpen()
    {
        var (here, there) = await TwoRegions();
        await _cell.Wait(Region(here).SetRegion(Drain()));
        Assert.Equal(there.Region, (await Create(here, there, "k1")).Server!.Region);
        Assert.Empty(here.Blue.Orders);
        var status = await _cell.Grains.GetGrain<IRegionGrain>(here.Region).GetStatus();
        Assert.Contains("drained by ops", status.Refusal, StringComparison.Ordinal);
        Assert.Equal(Drain() with { At = status.Intent!.At, SessionsThen = 0 }, _cell.Store.Stored<RegionGrainState>(RegionGrainState.Name, Region(here))!.Intent);

        await _cell.Wait(Region(here).SetRegion(Drain() with { Drained = false }));
        Assert.Equal(here.Region, (await Create(here, there, "k2")).Server!.Region);
    }

    [Fact]
    public async Task SetRegion_DrainedAndNoOtherInReach_NoCapacityWhileTheRunningSessionPlaysOn()
    {
        var (here, _) = await TwoRegions();
        await here.Create("running");
        await _cell.Wait(Region(here).SetRegion(Drain()));
        await here.Create("k", here.Request(deadlineSeconds: 1));
        Assert.Equal(ErrorCodes.NoCapacity, (await here.Until("k", session => session.State == SessionState.Failed)).Failure!.Code);
        Assert.Equal((SessionState.Allocated, 1), ((await here.Get("running")).State, (await here.Get("running")).Incarnation));
    }

    [Fact]
    public async Task SetRegion_DrainedAndMoved_SessionsThatMayLeaveGetAServerElsewhereUnderTheSameId()
    {
        var (here, there) = await TwoRegions();
        Assert.Equal(here.Region, (await Create(here, there, "travels")).Server!.Region);
        await here.Create("stays");
        await _cell.Wait(Region(here).SetRegion(Drain() with { MoveRunning = true }));
        var moved = await here.Until("travels", session => session is { HoldsServer: true, Incarnation: 2 }, Step);
        Assert.Equal(there.Region, moved.Server!.Region);
        Assert.Contains(moved.Events, happened => happened.State == SessionState.Lost && happened.Reason!.Contains("drained by ops", StringComparison.Ordinal));
        await _cell.Pass(TimeSpan.FromSeconds(3), Step);
        Assert.Equal((SessionState.Allocated, 1), ((await here.Get("stays")).State, (await here.Get("stays")).Incarnation));
    }

    [Fact]
    public async Task SetRegion_MovedButNoServerElsewhere_NobodyIsMovedBeforeThereIsOne()
    {
        var (here, there) = (_cell.NewLane(), _cell.NewLane());
        await here.AddServers(here.ZoneA, 2);
        await Create(here, there, "k");
        await _cell.Wait(Region(here).SetRegion(Drain() with { MoveRunning = true }));
        await _cell.Pass(TimeSpan.FromSeconds(5), Step);
        Assert.Equal((SessionState.Allocated, 1), ((await here.Get("k")).State, (await here.Get("k")).Incarnation));

        // That it is held is told, and so is the end. Whether there is no room at all, or only none within reach, depends on the other tests' regions.
        await UntilEvacuation(here, found => found is { State: EvacuationState.Held, ToGo: 1, SessionsThen: 1, Moves: { Moved: 0 } moves } && moves.NoRoom + moves.Failed == 1);
        await there.AddServers(there.ZoneA, 1);
        Assert.Equal(there.Region, (await here.Until("k", session => session is { HoldsServer: true, Incarnation: 2 }, Step)).Server!.Region);
        await UntilEvacuation(here, found => found is { State: EvacuationState.Done, ToGo: 0, Progress: 1, Moves.Moved: 1, By: "ops", Zone: null });
        await _cell.Wait(Region(here).SetRegion(Drain() with { Drained = false }));
        var status = await _cell.Grains.GetGrain<IRegionGrain>(here.Region).GetStatus();
        Assert.Empty(Evacuation.Of(status, _cell.Clock.GetUtcNow()));
    }

    [Fact]
    public async Task SetRegion_DrainedThenOpen_TheDialFollowsAndComesBackToWhatItWas()
    {
        var (here, _) = await TwoRegions();
        await Until(here, traffic => traffic.Actual is not null);
        _cell.Accelerators.Groups[here.Region] = _cell.Accelerators.Groups[here.Region] with { DialPercent = 60 };
        await Until(here, traffic => traffic.Actual!.DialPercent == 60);
        await _cell.Wait(Region(here).SetRegion(Drain()));
        await Until(here, traffic => traffic is { State: TrafficState.Settled, Actual.DialPercent: 0 });
        await _cell.Wait(Region(here).SetRegion(Drain() with { Drained = false }));
        await Until(here, traffic => traffic is { State: TrafficState.Settled, Actual.DialPercent: 60 });
    }

    [Fact]
    public async Task SetTraffic_DialZero_PlacementRefusesTheRegionAtOnceAlsoWhileTheApiIsAway()
    {
        var (here, there) = await TwoRegions();
        _cell.Accelerators.IsAway = true;
        try
        {
            await _cell.Wait(Region(here).SetTraffic(new TrafficIntent(0, new Dictionary<string, int>(), "ops", "test", default)));
            Assert.Equal(there.Region, (await Create(here, there, "k1")).Server!.Region);
            var kept = await _cell.Wait(Region(here).SetTraffic(new TrafficIntent(null, new Dictionary<string, int> { ["nlb"] = 3 }, "ops", "test", default)));
            Assert.Equal(0, kept!.DialPercent);
        }
        finally
        {
            _cell.Accelerators.IsAway = false;
        }

        await Until(here, traffic => traffic is { State: TrafficState.Settled, Actual.DialPercent: 0 } && traffic.Actual.Endpoints[0].Weight == 3);
        await _cell.Wait(Region(here).SetTraffic(new TrafficIntent(25, new Dictionary<string, int>(), "ops", "test", default)));
        Assert.Equal(here.Region, (await Create(here, there, "k2")).Server!.Region);
        Assert.Equal(AuditKind.Traffic, (await Region(here).GetAudit(long.MaxValue, 1)).Entries[0].Kind);
    }

    [Fact]
    public async Task SetZone_EvacuatedAndMoved_RunningSessionsLeaveTheZone()
    {
        var lane = _cell.NewLane();
        await lane.AddServers(lane.ZoneA, 3);
        await lane.AddServers(lane.ZoneB, 3);
        foreach (var key in new[] { "k1", "k2" }) Assert.Equal(lane.ZoneA, (await lane.Create(key, lane.Request(lane.ZoneA))).View!.Session.Server!.Zone);
        await _cell.Wait(Region(lane).SetZone(new ZoneIntent(lane.ZoneA, Evacuate: true, "ops", "a switch burns", default) { MoveRunning = true }));
        foreach (var key in new[] { "k1", "k2" })
            Assert.Equal(lane.ZoneB, (await lane.Until(key, session => session is { HoldsServer: true, Incarnation: 2 }, Step)).Server!.Zone);
        await UntilEvacuation(lane, found => found is { State: EvacuationState.Done, SessionsThen: 2, Moves: { Moved: 2, NoRoom: 0, Failed: 0 }, Reason: "a switch burns" } && found.Zone == lane.ZoneA);
    }

    [Fact]
    public async Task SetZone_MovedButASessionMayBeServedNowhereElse_CountsAsOneThatCouldNot()
    {
        var lane = _cell.NewLane();
        await lane.AddServers(lane.ZoneA, 2, "strict");
        await lane.AddServers(lane.ZoneB, 2, "strict");
        await lane.Create("stays", lane.Request(lane.ZoneA, "strict"));
        await _cell.Wait(Region(lane).SetZone(new ZoneIntent(lane.ZoneA, Evacuate: true, "ops", "test", default) { MoveRunning = true }));
        await UntilEvacuation(lane, found => found is { State: EvacuationState.Held, ToGo: 1, Moves: { Moved: 0, Failed: 1 } });
        Assert.Equal(1, (await lane.Get("stays")).Incarnation);
    }

    [Fact]
    public async Task SetZone_RestoringWithAShareThenOpen_TheShareHoldsUntilTheNextWord()
    {
        var lane = _cell.NewLane();
        await lane.AddServers(lane.ZoneA, 1);
        await _cell.Wait(Region(lane).SetZone(new ZoneIntent(lane.ZoneA, Evacuate: true, "ops", "test", default)));
        var restoring = await _cell.Wait(Region(lane).SetZone(new ZoneIntent(lane.ZoneA, Evacuate: false, "ops", "test", default) { Share = 0.25 }));
        Assert.Equal((ZonePhase.Restoring, 0.25, "ops"), (restoring!.Phase, restoring.AdmittedShare, restoring.By));
        await _cell.Pass(TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(1));
        Assert.Equal(0.25, (await _cell.Grains.GetGrain<IRegionGrain>(lane.Region).GetStatus()).ZoneStates.First(zone => zone.Zone == lane.ZoneA).AdmittedShare);
        var open = await _cell.Wait(Region(lane).SetZone(new ZoneIntent(lane.ZoneA, Evacuate: false, "ops", "test", default) { Share = 1 }));
        Assert.Equal((ZonePhase.Healthy, 1.0), (open!.Phase, open.AdmittedShare));
        Assert.Null(await _cell.Wait(Region(lane).SetZone(new ZoneIntent("mars-1a", Evacuate: true, "ops", "test", default))));
    }

    [Fact]
    public async Task SetRoute_Forced_FirstInTheConnectionUntilItExpires()
    {
        var lane = _cell.NewLane();
        await lane.AddServers(lane.ZoneA, 1);
        await lane.Create("k");
        Assert.NotEqual(RouteKind.Direct, await FirstRoute(lane, "k"));
        await _cell.Wait(Region(lane).SetRoute(new RouteIntent(RouteKind.Direct, _cell.Clock.GetUtcNow() + TimeSpan.FromSeconds(30), "ops", "test", default)));
        await _cell.Pass(TimeSpan.FromSeconds(2), Step);
        Assert.Equal(RouteKind.Direct, await FirstRoute(lane, "k"));
        await _cell.Pass(TimeSpan.FromSeconds(30), Step);
        // Which of the others is first depends on whether the mapping has come meanwhile.
        Assert.NotEqual(RouteKind.Direct, await FirstRoute(lane, "k"));
        Assert.Null((await _cell.Grains.GetGrain<IRegionGrain>(lane.Region).GetEdge(new KnownEdge(0, 0))).Forced);
    }

    [Fact]
    public async Task GetAudit_EveryChange_NewestFirstWithWhoWhyBeforeAndAfter()
    {
        var lane = _cell.NewLane();
        lane.Blue.Policies = [new("to-green", 8, 100, lane.Green.Id)];
        await lane.AddServers(lane.ZoneA, 1);
        await _cell.Wait(_cell.Grains.GetGrain<IRegionGrain>(lane.Region).SetCluster(new ClusterIntent { Cluster = lane.Blue.Id, Weight = 5, Reason = "r1", By = "b1" }));
        await _cell.Wait(_cell.Grains.GetGrain<IRegionGrain>(lane.Region).ImportAllocationPolicies(lane.Blue.Id, "r2", "b2"));
        await _cell.Wait(_cell.Grains.GetGrain<IRegionGrain>(lane.Region).EvacuateZone(lane.ZoneB, "b3", "r3"));
        await _cell.Wait(Region(lane).SetRegion(Drain()));
        await _cell.Wait(Region(lane).SetRegion(Drain() with { Drained = false, Reason = "over" }));
        var page = await Region(lane).GetAudit(long.MaxValue, 10);
        Assert.False(page.HasMore);
        Assert.Equal(
            [(5, AuditKind.Region, lane.Region, "over"), (4, AuditKind.Region, lane.Region, "test"), (3, AuditKind.Zone, lane.ZoneB, "r3"), (2, AuditKind.ImportedCluster, lane.Green.Id, "r2"), (1, AuditKind.Cluster, lane.Blue.Id, "r1")],
            page.Entries.Select(entry => (entry.Sequence, entry.Kind, entry.Subject, entry.Reason)));
        Assert.Equal(page.Entries[1].After, page.Entries[0].Before);
        Assert.Contains("\"drained\":true", page.Entries[0].Before, StringComparison.Ordinal);
        Assert.Contains("\"drained\":false", page.Entries[0].After, StringComparison.Ordinal);
        Assert.Null(page.Entries[4].Before);
    }

    [Fact]
    public async Task GetAudit_MoreThanThePagesHold_OldestGoneTheRestWholeAndInOrder()
    {
        var lane = _cell.NewLane();
        const int Kept = AuditLog.MaxPages * AuditLog.PageEntries;
        const int Changes = Kept + (4 * AuditLog.PageEntries);
        for (var i = 1; i <= Changes; i++)
            await Region(lane).SetRoute(new RouteIntent(null, default, "ops", $"change {i}", default));
        var seen = new List<long>();
        for (AuditPage? page = null; page is null or { HasMore: true };)
        {
            page = await Region(lane).GetAudit(seen.Count == 0 ? long.MaxValue : seen[^1], 37);
            seen.AddRange(page.Entries.Select(entry => entry.Sequence));
        }

        Assert.InRange(seen.Count, Kept, Changes - 1);
        Assert.Equal(Enumerable.Range(0, seen.Count).Select(i => (long)Changes - i), seen);
        Assert.InRange(_cell.Store.Stored<RegionGrainState>(RegionGrainState.Name, Region(lane))!.Audit.Count, 1, 2 * AuditLog.PageEntries);
    }

    [Fact]
    public async Task SetRegion_NotStored_FailsAndNothingChanges()
    {
        var (here, there) = await TwoRegions();
        _cell.Store.OnWrite = (state, _) => Task.FromResult(state == RegionGrainState.Name ? WriteFault.NotStored : WriteFault.None);
        try
        {
            await Assert.ThrowsAsync<SessionUnavailableException>(() => _cell.Wait(Region(here).SetRegion(Drain())));
        }
        finally
        {
            _cell.Store.OnWrite = (_, _) => Task.FromResult(WriteFault.None);
        }

        Assert.Equal(here.Region, (await Create(here, there, "k")).Server!.Region);
        Assert.Empty((await Region(here).GetAudit(long.MaxValue, 10)).Entries);
    }

    private static RegionIntent Drain() => new(Drained: true, MoveRunning: false, "ops", "test", default);

    /// <summary>Until the only evacuation of a region is as it must become.</summary>
    private async Task UntilEvacuation(Lane lane, Func<Evacuation, bool> holds)
    {
        var seen = "none";
        for (var tries = 0; tries < 600; tries++)
        {
            var found = Evacuation.Of(await _cell.Grains.GetGrain<IRegionGrain>(lane.Region).GetStatus(), _cell.Clock.GetUtcNow());
            if (found is [var only] && holds(only)) return;
            seen = string.Join("; ", found);
            await _cell.Pass(TimeSpan.FromMilliseconds(250), Step);
        }

        Assert.Fail($"The evacuation is still {seen}");
    }

    private IRegionOperations Region(Lane lane) => _cell.Grains.GetGrain<IRegionOperations>(lane.Region);

    private async Task Until(Lane lane, Func<TrafficStatus, bool> holds)
    {
        for (var late = _cell.Clock.GetUtcNow() + TimeSpan.FromMinutes(5); ;)
        {
            var traffic = (await _cell.Grains.GetGrain<IRegionGrain>(lane.Region).GetStatus()).Traffic!;
            if (holds(traffic)) return;
            Assert.True(_cell.Clock.GetUtcNow() < late, $"the accelerator stayed {traffic}");
            await _cell.Pass(TimeSpan.FromSeconds(0.5), TimeSpan.FromMilliseconds(250));
        }
    }

    private async Task<(Lane Here, Lane There)> TwoRegions()
    {
        var (here, there) = (_cell.NewLane(), _cell.NewLane());
        await here.AddServers(here.ZoneA, 4);
        await there.AddServers(there.ZoneA, 4);
        return (here, there);
    }

    /// <summary>A session that the first region serves best, and the second may serve.</summary>
    private static async Task<SessionRecord> Create(Lane here, Lane there, string key)
    {
        var latency = new Dictionary<string, int> { [here.Region] = 10, [there.Region] = 40 };
        return (await here.Create(key, here.Request() with { Region = null, Players = [new SessionPlayer("p1", latency)] })).View!.Session;
    }

    private static async Task<RouteKind> FirstRoute(Lane lane, string key) => (await lane.Session(key).Get())!.Connections[0].Routes[0].Kind;
}
