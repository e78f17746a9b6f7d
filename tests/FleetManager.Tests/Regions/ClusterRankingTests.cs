using FleetSystem.FleetManager.Regions;
using FleetSystem.FleetManager.Tests.Sessions.Cell;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Placement;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetManager.Tests.Regions;

/// <summary>In which order a region's clusters are asked, changed while it runs.</summary>
public sealed class ClusterRankingTests(CellFixture fixture) : IClassFixture<CellFixture>
{
    private readonly TestCell _cell = fixture.Cell;

    [Fact]
    public async Task SetCluster_WeightZero_TheVeryNextRequestGoesElsewhere()
    {
        var lane = await TwoClusters();
        Assert.Equal(lane.Blue.Id, await ClusterOf(lane, "k1"));
        await Region(lane).SetCluster(Want(lane.Blue, weight: 0));
        Assert.Equal(lane.Green.Id, await ClusterOf(lane, "k2"));
        Assert.Single(lane.Blue.Orders);
        await Region(lane).SetCluster(Want(lane.Blue, weight: 100));
        Assert.Equal(lane.Blue.Id, await ClusterOf(lane, "k3"));
    }

    [Fact]
    public async Task SetCluster_PriorityAlone_TheWeightStaysAndWhoWantsItIsStored()
    {
        var lane = await TwoClusters();
        await Region(lane).SetCluster(Want(lane.Blue, weight: 7));
        var intent = await Region(lane).SetCluster(Want(lane.Blue, priority: 5));
        Assert.Equal((5, 7, "a test", "somebody"), (intent.Priority, intent.Weight, intent.Reason, intent.By));
        Assert.InRange(_cell.Clock.GetUtcNow() - intent.At, TimeSpan.Zero, TimeSpan.FromMilliseconds(1));
        Assert.Equal(lane.Green.Id, await ClusterOf(lane, "k"));
        Assert.Equal(intent, Assert.Single(_cell.Store.Stored<RegionGrainState>(RegionGrainState.Name, Region(lane))!.Intents));
        var status = await Region(lane).GetStatus();
        Assert.Equal([new(lane.Blue.Id, 5, 7, false), new ClusterStanding(lane.Green.Id, 1, 100, false)], status.Standings);
        Assert.Equal([intent], status.Intents);
    }

    [Fact]
    public async Task SetCluster_NotStored_FailsAndNothingChanges()
    {
        var lane = await TwoClusters();
        await Region(lane).GetStatus();
        _cell.Store.OnWrite = (state, _) => Task.FromResult(state == RegionGrainState.Name ? WriteFault.NotStored : WriteFault.None);
        await Assert.ThrowsAsync<SessionUnavailableException>(() => Region(lane).SetCluster(Want(lane.Blue, weight: 0)));
        _cell.Store.OnWrite = (_, _) => Task.FromResult(WriteFault.None);
        Assert.Equal(lane.Blue.Id, await ClusterOf(lane, "k"));
        Assert.Empty((await Region(lane).GetStatus()).Intents);
    }

    [Fact]
    public async Task Claim_SnapshotStale_AfterTheFreshClustersOfItsPriorityButBeforeLaterPriorities()
    {
        var lane = await TwoClusters();
        await Region(lane).SetCluster(Want(lane.Green, priority: 0));
        lane.Blue.TellWatchers(new ClusterChange.SourceLost("gameservers", "cut"));
        await UntilStale(lane, true);
        for (var i = 0; i < 6; i++) Assert.Equal(lane.Green.Id, await ClusterOf(lane, $"k{i}"));
        await Region(lane).SetCluster(Want(lane.Green, priority: 1));
        Assert.Equal(lane.Blue.Id, await ClusterOf(lane, "first by priority"));
        lane.Blue.TellWatchers(new ClusterChange.SourceRestored("gameservers"));
        await UntilStale(lane, false);
    }

    [Fact]
    public async Task ImportAllocationPolicies_KnownAndUnknownClusters_TakenOverAndTold()
    {
        var lane = await TwoClusters();
        lane.Blue.Policies = [new("home", 3, 50, lane.Blue.Id), new("away", 0, 100, lane.Green.Id), new("lost", 0, 1, "red")];
        var import = await Region(lane).ImportAllocationPolicies(lane.Blue.Id, "moving in", "somebody");
        Assert.Equal([("away", lane.Green.Id), ("home", lane.Blue.Id)], import.Imported.Select(policy => (policy.Policy, policy.Cluster)));
        Assert.Equal(["red"], import.Skipped.Select(policy => policy.ClusterName));
        Assert.Equal(lane.Green.Id, await ClusterOf(lane, "k"));
        Assert.All((await Region(lane).GetStatus()).Intents, intent => Assert.Equal(("moving in", "somebody"), (intent.Reason, intent.By)));
    }

    [Fact]
    public async Task ImportAllocationPolicies_ClusterAway_SaysSoAndNothingChanges()
    {
        var lane = await TwoClusters();
        lane.Blue.IsUnreachable = call => call == "list policies";
        var import = await Region(lane).ImportAllocationPolicies(lane.Blue.Id, "moving in", "somebody");
        Assert.Contains(lane.Blue.Id, import.Fault, StringComparison.Ordinal);
        Assert.Empty((await Region(lane).GetStatus()).Intents);
    }

    [Fact]
    public async Task Restart_IntentSet_HoldsAfterwards()
    {
        await using var cell = new TestCell(regions: 1);
        await cell.StartAsync();
        var lane = cell.NewLane();
        await lane.AddServers(lane.ZoneA, 2);
        await lane.AddGreenServers(2);
        await cell.Wait(cell.Grains.GetGrain<IRegionGrain>(lane.Region).SetCluster(Want(lane.Blue, weight: 0)));
        await cell.KillAsync();
        await cell.StartAsync();
        Assert.Equal(lane.Green.Id, (await lane.Create("k")).View!.Session.Server?.Cluster);
        Assert.Empty(lane.Blue.Orders);
    }

    private async Task<Lane> TwoClusters()
    {
        var lane = _cell.NewLane();
        await lane.AddServers(lane.ZoneA, 12);
        await lane.AddGreenServers(12);
        return lane;
    }

    private IRegionGrain Region(Lane lane) => _cell.Grains.GetGrain<IRegionGrain>(lane.Region);

    private static ClusterIntent Want(FakeAgonesCluster cluster, int? priority = null, int? weight = null) =>
        new() { Cluster = cluster.Id, Priority = priority, Weight = weight, Reason = "a test", By = "somebody" };

    private static async Task<string?> ClusterOf(Lane lane, string key)
    {
        var session = (await lane.Create(key)).View!.Session;
        Assert.Equal(SessionState.Allocated, session.State);
        return session.Server!.Cluster;
    }

    private async Task UntilStale(Lane lane, bool isStale)
    {
        var asking = Region(lane).GetClusters();
        await _cell.Until(
            () =>
            {
                if (!asking.IsCompleted) return false;
                if (asking.Result.Clusters.Single(cluster => cluster.Cluster == lane.Blue.Id).IsStale == isStale) return true;
                asking = Region(lane).GetClusters();
                return false;
            },
            $"Blue is {(isStale ? "stale" : "fresh")}",
            TimeSpan.FromMilliseconds(20));

        // The region's grain tells its fleets in the same turn in which it says so; this one has heard it by the time it answers.
        await _cell.Grains.GetGrain<IFleetGrain>(FleetGrainKey.Of(lane.Region, "arena")).Find("nobody", 1);
    }
}
