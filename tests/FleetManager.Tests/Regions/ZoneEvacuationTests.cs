using FleetSystem.FleetManager.Regions;
using FleetSystem.FleetManager.Tests.Sessions.Cell;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.FleetModel.Zones;

namespace FleetSystem.FleetManager.Tests.Regions;

/// <summary>Zones that fail, and zones that an operator closes, from the cluster's watch to the next session.</summary>
public sealed class ZoneEvacuationTests(CellFixture fixture) : IClassFixture<CellFixture>
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    private readonly TestCell _cell = fixture.Cell;

    [Fact]
    public async Task NodeEvents_MostNodesOfAZoneDie_EvacuatedWithinFiveSecondsAndRestoredInSteps()
    {
        var lane = _cell.NewLane();
        await TwoZones(lane);
        var onDeadNode = (await lane.Create("k1", lane.Request(lane.ZoneA))).View!.Session;
        Assert.Equal("a1", onDeadNode.Server!.Node);

        var began = _cell.Clock.GetUtcNow();
        foreach (var node in new[] { "a1", "a2" }) lane.Blue.PutNode(Node(lane, node) with { Ready = false });
        var evacuated = await UntilZone(lane, zone => zone.Phase == ZonePhase.Evacuated, TimeSpan.FromMilliseconds(5));

        Assert.InRange(evacuated.Since!.Value - began, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.Equal(("2 of 3 nodes are down", null, 0), (evacuated.Reason, evacuated.By, evacuated.AdmittedShare));
        await lane.Until("k1", session => session is { HoldsServer: true, Incarnation: 2 });

        await UntilClusterHolds(lane, 1);

        // Node a3 lives, and its servers are free: the zone as a whole is left out.
        Assert.Equal(lane.ZoneB, (await lane.Create("k2", lane.Request(lane.ZoneA))).View!.Session.Server!.Zone);

        foreach (var node in new[] { "a1", "a2" }) lane.Blue.PutNode(Node(lane, node));
        var restored = await UntilZone(lane, zone => zone.Phase == ZonePhase.Healthy);
        Assert.True(restored.Since - evacuated.Since >= 3 * new ZoneMonitorOptions().QuietTime, $"evacuated {evacuated.Since}, restored {restored.Since}");
        await UntilClusterHolds(lane, 0);
        Assert.Equal(lane.ZoneA, (await lane.Create("k3", lane.Request(lane.ZoneA))).View!.Session.Server!.Zone);
    }

    [Fact]
    public async Task NodeEvents_EveryZoneFails_NoZoneIsEvacuated()
    {
        var lane = _cell.NewLane();
        await TwoZones(lane);
        foreach (var node in new[] { "a1", "a2", "a3" }) lane.Blue.PutNode(Node(lane, node) with { Ready = false });
        lane.Blue.PutNode(new NodeSnapshot { Name = "b1", Zone = lane.ZoneB, Ready = false });
        lane.Blue.PutNode(new NodeSnapshot { Name = "b2", Zone = lane.ZoneB, Ready = false });
        await _cell.Pass(TimeSpan.FromSeconds(10), Step);
        Assert.All((await Status(lane)).ZoneStates, zone => Assert.Equal(ZonePhase.Healthy, zone.Phase));
    }

    [Fact]
    public async Task EvacuateZone_ByAnOperator_StoredAndNoNewSessionThereWhileTheRunningOnePlaysOn()
    {
        var lane = _cell.NewLane();
        await TwoZones(lane);
        await lane.Create("k1", lane.Request(lane.ZoneA));

        Assert.True(await _cell.Wait(Region(lane).EvacuateZone(lane.ZoneA, "ops@studio", "maintenance of the switches")));
        var state = _cell.Store.Stored<RegionGrainState>(RegionGrainState.Name, Region(lane))!;
        var intent = Assert.Single(state.ZoneIntents);
        Assert.Equal((lane.ZoneA, true, "ops@studio", "maintenance of the switches"), (intent.Zone, intent.Evacuate, intent.By, intent.Reason));
        await UntilClusterHolds(lane, 1);

        Assert.Equal(lane.ZoneB, (await lane.Create("k2", lane.Request(lane.ZoneA))).View!.Session.Server!.Zone);
        Assert.Equal((SessionState.Allocated, 1), ((await lane.Get("k1")).State, (await lane.Get("k1")).Incarnation));
        Assert.Equal((ZonePhase.Evacuated, "ops@studio"), (await UntilZone(lane, _ => true)) is var zone ? (zone.Phase, zone.By) : default);

        Assert.True(await _cell.Wait(Region(lane).RestoreZone(lane.ZoneA, "ops@studio", "done")));
        Assert.Equal(0.1, (await UntilZone(lane, _ => true)).AdmittedShare);
        await UntilZone(lane, zone => zone.Phase == ZonePhase.Healthy);
        Assert.False(Assert.Single(_cell.Store.Stored<RegionGrainState>(RegionGrainState.Name, Region(lane))!.ZoneIntents).Evacuate);
        Assert.False(await _cell.Wait(Region(lane).EvacuateZone("mars-1a", "ops", "why not")));
    }

    [Fact]
    public async Task EvacuateZone_StoreFails_NothingIsDone()
    {
        var lane = _cell.NewLane();
        await TwoZones(lane);
        var region = Region(lane).GetGrainId();
        _cell.Store.OnWrite = (_, grain) => Task.FromResult(grain == region ? WriteFault.NotStored : WriteFault.None);
        try
        {
            await Assert.ThrowsAnyAsync<Exception>(() => _cell.Wait(Region(lane).EvacuateZone(lane.ZoneA, "ops", "test")));
        }
        finally
        {
            _cell.Store.OnWrite = (_, _) => Task.FromResult(WriteFault.None);
        }

        await _cell.Pass(TimeSpan.FromSeconds(1), Step);
        Assert.Equal(ZonePhase.Healthy, (await UntilZone(lane, _ => true)).Phase);
        Assert.Equal(lane.ZoneA, (await lane.Create("k", lane.Request(lane.ZoneA))).View!.Session.Server!.Zone);
    }

    [Fact]
    public async Task EvacuateZone_RequiredOrUnlabelled_NoServerOfTheZoneAllTheSame()
    {
        var lane = _cell.NewLane();
        lane.Blue.IsUnreachable = call => call == "label";
        lane.Blue.AddNode("a1", lane.ZoneA);
        lane.Blue.AddServer("a1", "strict");
        lane.Blue.AddServer("a1", labelled: false);
        await _cell.Wait(Region(lane).EvacuateZone(lane.ZoneA, "ops", "test"));
        await UntilClusterHolds(lane, 1);
        foreach (var (key, fleet) in new[] { ("k1", "strict"), ("k2", "arena") })
        {
            await lane.Create(key, lane.Request(lane.ZoneA, fleet, deadlineSeconds: 1));
            Assert.Equal(ErrorCodes.NoCapacity, (await lane.Until(key, session => session.State == SessionState.Failed)).Failure!.Code);
        }

        Assert.Empty(lane.Blue.Claims);
    }

    /// <summary>Waits until the cluster has been told of so many zones that do not take every session.</summary>
    private async Task UntilClusterHolds(Lane lane, int directives)
    {
        for (var late = _cell.Clock.GetUtcNow() + TimeSpan.FromMinutes(5); (await _cell.Grains.GetGrain<IClusterGrain>(lane.Blue.Id).GetStatus()).ZoneDirectives.Count != directives;)
        {
            Assert.True(_cell.Clock.GetUtcNow() < late, $"the cluster never held {directives} directives");
            await _cell.Pass(Step, Step);
        }
    }

    private async Task TwoZones(Lane lane)
    {
        foreach (var node in new[] { "a1", "a2", "a3" }) await lane.AddServers(lane.ZoneA, 3, node: node);
        foreach (var node in new[] { "b1", "b2" }) await lane.AddServers(lane.ZoneB, 3, node: node);
        await _cell.Pass(TimeSpan.FromSeconds(1), Step);
    }

    private IRegionGrain Region(Lane lane) => _cell.Grains.GetGrain<IRegionGrain>(lane.Region);

    private Task<RegionStatus> Status(Lane lane) => Region(lane).GetStatus();

    private async Task<ZoneStatus> UntilZone(Lane lane, Func<ZoneStatus, bool> holds, TimeSpan? step = null)
    {
        for (var late = _cell.Clock.GetUtcNow() + TimeSpan.FromMinutes(5); ;)
        {
            var zone = (await Status(lane)).ZoneStates.Single(zone => zone.Zone == lane.ZoneA);
            if (holds(zone)) return zone;
            Assert.True(_cell.Clock.GetUtcNow() < late, $"the zone stayed {zone}");
            await _cell.Pass(step ?? Step, step ?? Step);
        }
    }

    private static NodeSnapshot Node(Lane lane, string name) => new() { Name = name, Zone = lane.ZoneA, Ready = true };
}
