using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Kubernetes;
using FleetSystem.LocalCloud.Tests.Recordings;

namespace FleetSystem.LocalCloud.Tests.Agones;

/// <summary>Allocation against the recordings.</summary>
public sealed class RecordedAllocationTests
{
    [Fact]
    public async Task Allocate_RecordedSequence_AnswersAsRecorded()
    {
        await using var cluster = await TestCluster.StartAsync();
        var servers = await cluster.StartFleetAsync("arena", 6);
        foreach (var server in servers)
        {
            cluster.Store.Update(AgonesKinds.GameServer, server.Key, body =>
            {
                var node = GameServerFacts.Of(server).NodeName;
                body["metadata"]!["labels"]!["fleet/zone"] = node["simulated-".Length..^2];
                body["metadata"]!["labels"]!["fleet/node"] = node;
                return true;
            });
        }

        var replay = new Replay(cluster).With("fake-2c-1", "simulated-ap-northeast-2c-1");
        var preferred = Recording.Load("14-allocate-preferred-zone");
        var answer = await replay.SendAsync(preferred[0]);
        replay.With("arena-bsbjh-n2lrt", (string)answer!["status"]!["gameServerName"]!);
        await replay.SendAsync(preferred[1]);
        await replay.SendAsync(Recording.Load("15-allocate-exclude")[0]);
        await replay.SendAsync(Recording.Load("16-allocate-none")[0]);
        await replay.SendAsync(Recording.Load("17-allocate-again")[0]);
    }

    [Fact]
    public async Task Allocate_InvalidRequests_AreRefusedAsRecorded()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.StartFleetAsync("arena", 1);
        var replay = new Replay(cluster);

        foreach (var exchange in Recording.Load("18-allocate-refused").Exchanges) await replay.SendAsync(exchange);
    }

    [Fact]
    public async Task Allocate_FourSessionsIntoServersOfThreeRooms_FillTheFirstServerFirst()
    {
        await using var cluster = await TestCluster.StartAsync();
        var replay = new Replay(cluster);
        await replay.SendAsync(Recording.Load("20-counters-fleet")[0]);
        await cluster.UntilAsync(() => cluster.ServersOf("rooms", GameServerState.Ready).Count == 2);
        var names = new List<string>();

        foreach (var exchange in Recording.Load("21-allocate-counters").Exchanges)
        {
            names.Add((string)(await replay.SendAsync(exchange))!["status"]!["gameServerName"]!);
        }

        Assert.Equal([names[0], names[0], names[0]], names.Take(3));
        Assert.NotEqual(names[0], names[3]);
        await cluster.UntilAsync(() => cluster.Store.Get(AgonesKinds.Fleet, "default/rooms") is { } fleet && ReplicaFacts.Of(fleet).Status.Allocated == 2);
        Shape.AssertSame(Recording.Load("29-autoscaler-webhook")[1].RequestBody!["request"]!["status"],
            cluster.Store.Get(AgonesKinds.Fleet, "default/rooms")!.ToJson()["status"], "the Fleet's status with its totals");
    }

    [Fact]
    public async Task Allocate_ServerOnADeadNode_IsHandedOutAllTheSame()
    {
        await using var cluster = await TestCluster.StartAsync(timings: new() { UnknownAfter = TimeSpan.Zero });
        await cluster.StartFleetAsync("arena", 6);
        await cluster.Cluster.Faults.KillZoneAsync("ap-northeast-2a");
        await cluster.UntilAsync(() => cluster.Store.List(CoreKinds.Node).Objects.Values
            .Count(node => !FleetSystem.LocalCloud.Nodes.NodeFacts.Of(node).Schedulable) == 2);

        for (var i = 0; i < 6; i++)
        {
            var (_, answer) = await cluster.PostAsync("/apis/allocation.agones.dev/v1/namespaces/default/gameserverallocations", JsonNode.Parse("""
                {"apiVersion": "allocation.agones.dev/v1", "kind": "GameServerAllocation", "spec": {"selectors": [{"matchLabels": {"agones.dev/fleet": "arena"}}]}}
                """)!);
            Assert.Equal("Allocated", (string?)answer!["status"]!["state"]);
        }

        Assert.Equal(2, cluster.ServersOf("arena", GameServerState.Allocated).Count(server => GameServerFacts.Of(server).NodeName.Contains("2a", StringComparison.Ordinal)));
    }
}
