using System.Net;
using System.Net.Sockets;
using FleetSystem.FleetManager;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Hosting;
using FleetSystem.LocalCloud.Kubernetes;
using FleetSystem.LocalCloud.Tests.Agones;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FleetSystem.LocalCloud.Tests.Hosting;

/// <summary>The FleetManager's own host over two local clusters of one region, through the real adapter.</summary>
[Collection(WholeSystem.Name)]
public sealed class TwoClustersTests
{
    private const string Fleet = "arena";

    [Fact]
    public async Task Create_FirstClustersApiDiesAfterTheClaim_TheOtherServesAndNothingIsLeaked()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var blue = await TestCluster.StartAsync();
        await using var green = await TestCluster.StartAsync();
        await blue.StartFleetAsync(Fleet, 3);
        await green.StartFleetAsync(Fleet, 3);
        await using var host = await StartAsync(blue, green, cancellation);
        var grains = host.Services.GetRequiredService<IGrainFactory>();
        Assert.Equal("blue", (await CreateAsync(grains, "healthy")).Server?.Cluster);

        // The claim is made and its answer lost; what would find it is refused.
        blue.Cluster.Faults.Api.Inject = request => request switch
        {
            { Verb: "create", Resource: "gameserverallocations" } => new ApiFault(ApiFaultKind.BreakAfter),
            { Verb: "list", Resource: "gameservers" } => new ApiFault(ApiFaultKind.Refuse, 500),
            _ => default,
        };
        var moved = await CreateAsync(grains, "moved");
        Assert.Equal((SessionState.Allocated, 2, "green"), (moved.State, moved.Incarnation, moved.Server?.Cluster));
        Assert.Equal(2, blue.ServersOf(Fleet, GameServerState.Allocated).Count);
        var next = await CreateAsync(grains, "next");
        Assert.Equal((SessionState.Allocated, 1, "green"), (next.State, next.Incarnation, next.Server?.Cluster));

        blue.Cluster.Faults.Api.Inject = null;
        await blue.UntilAsync(() => blue.ServersOf(Fleet, GameServerState.Allocated).Count == 1);
        Assert.Equal(2, green.ServersOf(Fleet, GameServerState.Allocated).Count);

        // The API server is gone altogether.
        await blue.Cluster.Faults.StopApiAsync();
        Assert.Equal((SessionState.Allocated, "green"), await CreateAsync(grains, "api down") is var last ? (last.State, last.Server?.Cluster) : default);
    }

    private static async Task<SessionRecord> CreateAsync(IGrainFactory grains, string key)
    {
        var reply = await grains.GetGrain<ISessionGrain>(SessionIds.FromKey("test", key)).Create(
            new SessionRequest
            {
                Fleet = Fleet,
                Players = [new SessionPlayer("p1", new Dictionary<string, int>())],
                Deadline = TimeSpan.FromSeconds(20),
                Lifetime = TimeSpan.FromHours(1),
            },
            "print");
        return reply.View!.Session;
    }

    private static async Task<WebApplication> StartAsync(TestCluster blue, TestCluster green, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("two-clusters-").FullName;
        var (signingKey, _) = CellKeys.EnsureJoinKeys(directory);
        foreach (var (name, cluster) in new[] { ("blue", blue), ("green", green) }) await KubeConfig.WriteAsync(Path.Combine(directory, name), [cluster.Cluster], cancellationToken);
        string[] settings =
        [
            "Urls=http://127.0.0.1:0", $"Silo:Port={FreePort()}", $"Storage:Sqlite:Path={Path.Combine(directory, "cell.db")}",
            $"FleetManager:JoinTokenKeyFile={signingKey}", "FleetManager:OrphanGrace=00:00:01",
            $"FleetSystem:Regions:0:Id={TestCluster.Region}",
            .. TestCluster.Zones.Select((zone, index) => $"FleetSystem:Regions:0:Zones:{index}={zone}"),
            "FleetSystem:Clusters:0:Id=blue", $"FleetSystem:Clusters:0:Region={TestCluster.Region}", $"FleetSystem:Clusters:0:KubeConfig={Path.Combine(directory, "blue")}",
            "FleetSystem:Clusters:1:Id=green", $"FleetSystem:Clusters:1:Region={TestCluster.Region}", $"FleetSystem:Clusters:1:KubeConfig={Path.Combine(directory, "green")}",
            "FleetSystem:Clusters:1:Priority=1",
            $"FleetSystem:Fleets:0:Id={Fleet}",
        ];
        var host = FleetManagerHost.Build([.. settings.Select(setting => "--" + setting)], builder => builder.Logging.ClearProviders());
        await host.StartAsync(cancellationToken);
        return host;
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
