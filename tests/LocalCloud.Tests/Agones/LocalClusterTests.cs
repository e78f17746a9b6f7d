using System.Net;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Agones;
using k8s;
using k8s.Models;

namespace FleetSystem.LocalCloud.Tests.Agones;

public sealed class LocalClusterTests
{
    private const string Servers = "/apis/agones.dev/v1/namespaces/default/gameservers";
    private const string Allocations = "/apis/allocation.agones.dev/v1/namespaces/default/gameserverallocations";

    [Fact]
    public async Task Apply_FleetOfSix_EachZoneGetsTwoReadyServers()
    {
        await using var cluster = await TestCluster.StartAsync();

        var servers = await cluster.StartFleetAsync("arena", 6);

        var zones = servers.Select(server => GameServerFacts.Of(server).NodeName).GroupBy(node => node[..^2]).ToDictionary(zone => zone.Key, zone => zone.Count());
        Assert.Equal(3, zones.Count);
        Assert.All(zones.Values, count => Assert.Equal(2, count));
    }

    [Fact]
    public async Task GenuineClient_ListPatchAllocateWatch_AgreesWithTheStore()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var cluster = await TestCluster.StartAsync();
        await cluster.StartFleetAsync("arena", 3);
        var path = Path.Combine(Path.GetTempPath(), $"kubeconfig-{Environment.ProcessId}-{nameof(GenuineClient_ListPatchAllocateWatch_AgreesWithTheStore)}");
        await KubeConfig.WriteAsync(path, [cluster.Cluster], cancellationToken);
        var configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(path, "test");
        File.Delete(path);
        using var client = new k8s.Kubernetes(configuration);

        var nodes = await client.CoreV1.ListNodeAsync(cancellationToken: cancellationToken);
        Assert.Equal(6, nodes.Items.Count);
        Assert.Contains(nodes.Items, node => node.Labels()["topology.kubernetes.io/zone"] == "ap-northeast-2c");

        var servers = JsonNode.Parse(((System.Text.Json.JsonElement)await client.CustomObjects.ListNamespacedCustomObjectAsync(
            "agones.dev", "v1", "default", "gameservers", cancellationToken: cancellationToken)).GetRawText())!;
        var name = (string)servers["items"]![0]!["metadata"]!["name"]!;
        var patched = await client.CustomObjects.PatchNamespacedCustomObjectAsync(
            new V1Patch("{\"metadata\":{\"labels\":{\"fleet/zone\":\"a\"}}}", V1Patch.PatchType.MergePatch),
            "agones.dev", "v1", "default", "gameservers", name, cancellationToken: cancellationToken);
        Assert.Contains("fleet/zone", patched.ToString(), StringComparison.Ordinal);

        var allocation = JsonNode.Parse(((System.Text.Json.JsonElement)await client.CustomObjects.CreateNamespacedCustomObjectAsync(
            JsonNode.Parse("""
            {"apiVersion": "allocation.agones.dev/v1", "kind": "GameServerAllocation",
             "spec": {"selectors": [{"matchLabels": {"fleet/zone": "a"}}]}}
            """)!, "allocation.agones.dev", "v1", "default", "gameserverallocations", cancellationToken: cancellationToken)).GetRawText())!;
        Assert.Equal("Allocated", (string?)allocation["status"]!["state"]);
        Assert.Equal(name, (string?)allocation["status"]!["gameServerName"]);
        Assert.Equal(GameServerState.Allocated, GameServerFacts.Of(cluster.Server(name)!).State);
    }

    [Fact]
    public async Task Allocate_MoreThanReady_EachServerOnceThenUnAllocated()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.StartFleetAsync("arena", 6);
        var request = JsonNode.Parse("""
            {"apiVersion": "allocation.agones.dev/v1", "kind": "GameServerAllocation",
             "spec": {"selectors": [{"matchLabels": {"agones.dev/fleet": "arena"}}]}}
            """)!;

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => cluster.PostAsync(Allocations, request)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Created, answer.Code));
        var names = answers.Where(answer => (string?)answer.Body!["status"]!["state"] == "Allocated")
            .Select(answer => (string)answer.Body!["status"]!["gameServerName"]!).ToList();
        Assert.Equal(6, names.Count);
        Assert.Equal(6, names.Distinct().Count());
        Assert.Equal(4, answers.Count(answer => (string?)answer.Body!["status"]!["state"] == "UnAllocated"));
    }

    [Fact]
    public async Task Delete_ReadyServer_IsReplacedOnceItHasGone()
    {
        await using var cluster = await TestCluster.StartAsync();
        var servers = await cluster.StartFleetAsync("arena", 3);

        var (code, body) = await cluster.SendAsync(HttpMethod.Delete, $"{Servers}/{servers[0].Name}");

        Assert.Equal(HttpStatusCode.OK, code);
        Assert.NotNull(body!["metadata"]!["deletionTimestamp"]);
        Assert.Equal("Ready", (string?)body["status"]!["state"]);
        await cluster.UntilAsync(() => cluster.Server(servers[0].Name) is null && cluster.ServersOf("arena", GameServerState.Ready).Count == 3);
    }

    [Fact]
    public async Task KillGameServer_AllocatedServer_TurnsUnhealthyAndIsReplaced()
    {
        await using var cluster = await TestCluster.StartAsync();
        var servers = await cluster.StartFleetAsync("arena", 3);
        var states = new List<string>();
        cluster.Store.Observe((change, _) =>
        {
            if (change.Object.Kind == AgonesKinds.GameServer && change.Object.Name == servers[0].Name) states.Add(GameServerFacts.Of(change.Object).State);
        });

        Assert.True(await cluster.Cluster.Faults.KillGameServerAsync(servers[0].Name));

        await cluster.UntilAsync(() => cluster.Server(servers[0].Name) is null && cluster.ServersOf("arena", GameServerState.Ready).Count == 3);
        Assert.Equal([GameServerState.Unhealthy, GameServerState.Shutdown, GameServerState.Shutdown, GameServerState.Shutdown], states);
    }
}
