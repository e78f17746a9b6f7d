using FleetSystem.FleetModel.Sessions;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Kubernetes;
using FleetSystem.LocalCloud.Tests.Agones;

namespace FleetSystem.LocalCloud.Tests.Hosting;

/// <summary>The FleetManager's own host over two local clusters of one region, through the real adapter.</summary>
[Collection(WholeSystem.Name)]
public sealed class TwoClustersTests
{
    private const string Fleet = FleetManagerCell.Fleet;

    [Fact]
    public async Task Create_FirstClustersApiDiesAfterTheClaim_TheOtherServesAndNothingIsLeaked()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var blue = await TestCluster.StartAsync();
        await using var green = await TestCluster.StartAsync();
        await blue.StartFleetAsync(Fleet, 3);
        await green.StartFleetAsync(Fleet, 3);
        await using var cell = await FleetManagerCell.StartAsync([("blue", blue), ("green", green)], cancellation);
        Assert.Equal("blue", (await cell.CreateAsync("healthy")).Server?.Cluster);

        // The claim is made and its answer lost; what would find it is refused.
        blue.Cluster.Faults.Api.Inject = request => request switch
        {
            { Verb: "create", Resource: "gameserverallocations" } => new ApiFault(ApiFaultKind.BreakAfter),
            { Verb: "list", Resource: "gameservers" } => new ApiFault(ApiFaultKind.Refuse, 500),
            _ => default,
        };
        var moved = await cell.CreateAsync("moved");
        Assert.Equal((SessionState.Allocated, 2, "green"), (moved.State, moved.Incarnation, moved.Server?.Cluster));
        Assert.Equal(2, blue.ServersOf(Fleet, GameServerState.Allocated).Count);
        var next = await cell.CreateAsync("next");
        Assert.Equal((SessionState.Allocated, 1, "green"), (next.State, next.Incarnation, next.Server?.Cluster));

        blue.Cluster.Faults.Api.Inject = null;
        await blue.UntilAsync(() => blue.ServersOf(Fleet, GameServerState.Allocated).Count == 1);
        Assert.Equal(2, green.ServersOf(Fleet, GameServerState.Allocated).Count);

        // The API server is gone altogether.
        await blue.Cluster.Faults.StopApiAsync();
        Assert.Equal((SessionState.Allocated, "green"), await cell.CreateAsync("api down") is var last ? (last.State, last.Server?.Cluster) : default);
    }
}
