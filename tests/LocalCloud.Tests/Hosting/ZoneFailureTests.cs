using FleetSystem.FleetModel.Sessions;
using FleetSystem.FleetModel.Zones;
using FleetSystem.LocalCloud.Bots;
using FleetSystem.LocalCloud.Hosting;
using FleetSystem.LocalCloud.Kubernetes;
using FleetSystem.LocalCloud.Nodes;
using FleetSystem.Matchmaker.Api;

namespace FleetSystem.LocalCloud.Tests.Hosting;

/// <summary>A zone of the whole system dies: kubelets fall silent, and its nodes turn Unknown.</summary>
[Collection(WholeSystem.Name)]
public sealed class ZoneFailureTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Goal = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task KillZone_FromItsNodesEventsOn_SessionsAreReplacedAndNewOnesAvoidTheZone()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cloud = await WholeSystem.StartAsync(
            options =>
            {
                options.Regions = ["ap-northeast-2"];
                options.ServersPerZone = 2;
                options.NodeUnknownAfter = TimeSpan.FromSeconds(1);
            },
            cancellation);
        using var api = PlayersApi.Of(cloud);
        var region = cloud.Regions[0];
        var zone = region.Zones[1];
        var before = await CreateAsync(api, "before", zone, cancellation);
        Assert.Equal(zone, before.GameServer!.Zone);

        await region.Cluster.Faults.KillZoneAsync(zone);
        var nodes = region.Cluster.Faults.NodesOf(zone);
        await UntilAsync(() => Task.FromResult(nodes.All(node => !NodeFacts.Of(region.Cluster.Store.Get(CoreKinds.Node, node)!).Schedulable)), cancellation);
        var dead = TimeProvider.System.GetTimestamp();

        SessionResource? replaced = null;
        await UntilAsync(async () => (replaced = await api.GetAsync(before.SessionId, cancellation)) is { Incarnation: 2, State: SessionState.Allocated or SessionState.Playable }, cancellation);
        var replacedAfter = TimeProvider.System.GetElapsedTime(dead);
        await UntilAsync(async () => (await api.RegionsAsync(cancellation)).Regions[0].Zones.Single(one => one.Id == zone).State == ZonePhase.Evacuated, cancellation);
        var evacuatedAfter = TimeProvider.System.GetElapsedTime(dead);
        var after = await CreateAsync(api, "after", zone, cancellation);
        output.WriteLine($"session replaced after {replacedAfter.TotalSeconds:0.00} s, zone evacuated after {evacuatedAfter.TotalSeconds:0.00} s");

        Assert.NotEqual(zone, replaced!.GameServer!.Zone);
        Assert.NotEqual(zone, after.GameServer!.Zone);
        Assert.Equal(2, after.Placement!.PreferenceServed);
        Assert.InRange(replacedAfter, TimeSpan.Zero, Goal);
        Assert.InRange(evacuatedAfter, TimeSpan.Zero, Goal);
    }

    private static async Task<SessionResource> CreateAsync(PlayersApi api, string key, string zone, CancellationToken cancellationToken) => (await api.CreateAsync(
        key,
        new CreateSessionRequest { Fleet = LocalFleet.Name, PreferredZone = zone, Players = [new CreateSessionPlayer { Id = $"player-{key}" }], WaitFor = WaitFor.Playable },
        cancellationToken)).Session;

    private static async Task UntilAsync(Func<Task<bool>> holds, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        while (!await holds()) await timer.WaitForNextTickAsync(both.Token);
    }
}
