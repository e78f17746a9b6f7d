using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Kubernetes;
using FleetSystem.LocalCloud.Nodes;
using FleetSystem.LocalCloud.Tests.Agones;
using FleetSystem.LocalCloud.Tests.Kubernetes;
using FleetSystem.LocalCloud.Tests.Recordings;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.LocalCloud.Tests.Nodes;

public sealed class NodeFaultTests
{
    private const string Zone = "ap-northeast-2a";
    private static readonly string[] ZoneNodes = [$"simulated-{Zone}-0", $"simulated-{Zone}-1"];

    [Fact]
    public async Task KillZone_AfterTheRecordedDelay_NodeEventsAsRecordedAndServersStay()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero));
        await using var cluster = await TestCluster.StartAsync(time: time);
        await StartFleetAsync(cluster, time, 6);
        using var watch = await WatchClient.OpenAsync(cluster.Http, $"/api/v1/nodes?watch=true&resourceVersion={cluster.Store.ResourceVersion}");
        var versions = cluster.ServersOf("arena").Select(server => server.ResourceVersion).ToList();

        await cluster.Cluster.Faults.KillZoneAsync(Zone);
        IReadOnlyList<(string Type, JsonObject Object)> events;
        await using (Passing(time, TimeSpan.FromSeconds(5))) events = await watch.ReadUntilAsync(seen => seen.Count == 6);

        var recorded = Recording.Load("33-zone-down-nodes")[0].Events;
        foreach (var node in ZoneNodes)
        {
            var here = events.Where(entry => (string)entry.Object["metadata"]!["name"]! == node).ToList();
            var there = recorded.Where(entry => (string)entry.Object["metadata"]!["name"]! == $"fake-2a-{node[^1]}").ToList();
            Assert.Equal(there.Count, here.Count);
            foreach (var (expected, actual) in there.Zip(here)) Shape.AssertSame(WithoutMarks(expected.Object), WithoutMarks(actual.Object), node);
        }

        Assert.Equal(versions, cluster.ServersOf("arena").Select(server => server.ResourceVersion));
    }

    [Fact]
    public async Task KillNode_FiveMinutesOn_PodsAreToldToGoButNobodyConfirms()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero));
        await using var cluster = await TestCluster.StartAsync(time: time);
        await StartFleetAsync(cluster, time, 6);
        var timings = new NodeTimings();

        await cluster.Cluster.Faults.KillNodeAsync(ZoneNodes[0]);
        await PassAsync(cluster, time, () => !NodeFacts.Of(cluster.Store.Get(CoreKinds.Node, ZoneNodes[0])!).Schedulable);
        Assert.DoesNotContain(PodsOn(cluster, ZoneNodes[0]), pod => pod.Deleting);

        var died = time.GetUtcNow();
        await using (Passing(time, TimeSpan.FromSeconds(5))) await cluster.UntilAsync(() => PodsOn(cluster, ZoneNodes[0]).All(pod => pod.Deleting));
        Assert.True(time.GetUtcNow() - died > timings.EvictAfter - timings.UnknownAfter);
        Assert.Equal(6, cluster.ServersOf("arena", GameServerState.Ready).Count);
    }

    [Fact]
    public async Task DeleteNode_AfterTheDelay_ServersAreUnhealthyAndReplacedElsewhere()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero));
        await using var cluster = await TestCluster.StartAsync(time: time);
        await StartFleetAsync(cluster, time, 6);
        var lost = cluster.ServersOf("arena").Where(server => GameServerFacts.Of(server).NodeName == ZoneNodes[0]).Select(server => server.Name).ToList();
        Assert.NotEmpty(lost);

        await cluster.Cluster.Faults.DeleteNodeAsync(ZoneNodes[0]);
        await PassAsync(cluster, time, () => lost.All(name => cluster.Server(name) is null) && cluster.ServersOf("arena", GameServerState.Ready).Count == 6);

        Assert.DoesNotContain(cluster.ServersOf("arena"), server => GameServerFacts.Of(server).NodeName == ZoneNodes[0]);
    }

    [Fact]
    public async Task RestoreZone_DeadServers_AreReportedAndReplaced()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero));
        await using var cluster = await TestCluster.StartAsync(time: time, timings: new NodeTimings { UnknownAfter = TimeSpan.FromSeconds(1) });
        await StartFleetAsync(cluster, time, 6);
        var dead = cluster.ServersOf("arena").Where(server => ZoneNodes.Contains(GameServerFacts.Of(server).NodeName)).Select(server => server.Name).ToList();
        await cluster.Cluster.Faults.KillZoneAsync(Zone);
        await PassAsync(cluster, time, () => ZoneNodes.All(node => !NodeFacts.Of(cluster.Store.Get(CoreKinds.Node, node)!).Schedulable));

        cluster.Cluster.Faults.RestoreZone(Zone);
        await PassAsync(cluster, time, () => dead.All(name => cluster.Server(name) is null) && cluster.ServersOf("arena", GameServerState.Ready).Count == 6);

        Assert.All(ZoneNodes, node => Assert.True(NodeFacts.Of(cluster.Store.Get(CoreKinds.Node, node)!).Schedulable));
        var spec = cluster.Store.Get(CoreKinds.Node, ZoneNodes[0])!.ToJson()["spec"]!.AsObject();
        Assert.False(spec.ContainsKey("taints"));
    }

    [Fact]
    public async Task KillZone_ScaleUp_NewServersGoToTheOtherZones()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero));
        await using var cluster = await TestCluster.StartAsync(time: time, timings: new NodeTimings { UnknownAfter = TimeSpan.Zero });
        await cluster.Cluster.Faults.KillZoneAsync(Zone);
        await cluster.UntilAsync(() => ZoneNodes.All(node => !NodeFacts.Of(cluster.Store.Get(CoreKinds.Node, node)!).Schedulable));

        await StartFleetAsync(cluster, time, 4);

        Assert.DoesNotContain(cluster.ServersOf("arena"), server => ZoneNodes.Contains(GameServerFacts.Of(server).NodeName));
    }

    private static async Task StartFleetAsync(TestCluster cluster, FakeTimeProvider time, int replicas)
    {
        cluster.Cluster.Apply(TestCluster.Fleet("arena", replicas));
        await PassAsync(cluster, time, () => cluster.ServersOf("arena", GameServerState.Ready).Count == replicas);
        // Counts are written a little late; after this nothing changes by itself any more.
        await PassAsync(cluster, time, () => ReplicaFacts.Of(cluster.Store.Get(AgonesKinds.Fleet, "default/arena")!).Status.Ready == replicas);
    }

    private static async Task PassAsync(TestCluster cluster, FakeTimeProvider time, Func<bool> condition)
    {
        await using var passing = Passing(time, TimeSpan.FromMilliseconds(500));
        await cluster.UntilAsync(condition);
    }

    /// <summary>Time goes on for as long as this lives. One leap could come before the cluster has set the timer that it is to pass.</summary>
    private static ITimer Passing(FakeTimeProvider time, TimeSpan step) =>
        TimeProvider.System.CreateTimer(_ => time.Advance(step), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(10));

    private static IEnumerable<StoredObject> PodsOn(TestCluster cluster, string node) =>
        cluster.Store.List(CoreKinds.Pod).Objects.Values.Where(pod => PodFacts.Of(pod).NodeName == node);

    private static JsonObject WithoutMarks(JsonObject node)
    {
        node["metadata"]!["labels"]!.AsObject().Remove("testbed/fake-node");
        node["metadata"]!["labels"]!.AsObject().Remove("localcloud/simulated");
        node["status"]!.AsObject().Remove("nodeInfo");
        return node;
    }
}
