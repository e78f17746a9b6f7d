using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Kubernetes;
using FleetSystem.LocalCloud.Tests.Recordings;

namespace FleetSystem.LocalCloud.Tests.Agones;

public sealed class RolloutTests
{
    [Fact]
    public async Task PatchTemplate_TwoOfFiveAllocated_OthersMoveAndAllocatedStay()
    {
        await using var cluster = await TestCluster.StartAsync();
        var servers = await cluster.StartFleetAsync("arena", 5);
        var kept = servers.Take(2).Select(server => server.Name).ToList();
        foreach (var server in servers.Take(2)) SetState(cluster, server, GameServerState.Allocated);
        await cluster.UntilAsync(() => StatusOf(cluster) is { Allocated: 2, Ready: 3 });
        var lowest = int.MaxValue;
        cluster.Store.Observe((_, _) => lowest = Math.Min(lowest, Usable(cluster)));

        await new Replay(cluster).With("example/arena:2", "simulated")
            .With("\"containers\":[{", "\"containers\":[{\"args\":[\"new\"],")
            .SendAsync(Recording.Load("27-rolling-update")[0], fleet =>
            {
                ((JsonObject)fleet!["spec"]!["template"]!["spec"]!["template"]!["spec"]!["containers"]![0]!).Remove("args");
                // The recorded Fleet had been scaled before.
                fleet["metadata"]!["generation"] = 0;
                return fleet;
            });
        await cluster.UntilAsync(() => cluster.ServersOf("arena").Count == 5 && StatusOf(cluster) is { Replicas: 5, Ready: 3, Allocated: 2 }
            && SetsOf(cluster).Count == 2 && New(cluster).Count == 3);

        Assert.Equal(kept, cluster.ServersOf("arena", GameServerState.Allocated).Select(server => server.Name));
        Assert.All(New(cluster), server => Assert.Equal(GameServerState.Ready, GameServerFacts.Of(server).State));
        Assert.True(lowest >= 4, $"at one moment only {lowest} of 5 servers were usable; maxUnavailable of 25 % is one");
    }

    [Fact]
    public async Task PatchTemplate_OldSetEmpty_OldSetGoes()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.StartFleetAsync("arena", 4);

        await cluster.SendAsync(HttpMethod.Patch, "/apis/agones.dev/v1/namespaces/default/fleets/arena",
            JsonNode.Parse("""{"spec": {"template": {"metadata": {"annotations": {"build": "2"}}}}}"""), PatchBody.Merge);

        await cluster.UntilAsync(() => SetsOf(cluster).Count == 1 && StatusOf(cluster) is { Replicas: 4, Ready: 4 });
        Assert.All(cluster.ServersOf("arena"), server => Assert.Equal("2", (string?)server.ToJson()["metadata"]!["annotations"]!["build"]));
    }

    [Fact]
    public async Task PatchTemplate_BackToTheOldOne_TheOldSetIsUsedAgain()
    {
        await using var cluster = await TestCluster.StartAsync();
        var servers = await cluster.StartFleetAsync("arena", 2);
        SetState(cluster, servers[0], GameServerState.Allocated);
        var first = SetsOf(cluster).Single().Name;
        await PatchBuildAsync(cluster, "2");
        await cluster.UntilAsync(() => SetsOf(cluster).Count == 2);

        await PatchBuildAsync(cluster, null);

        await cluster.UntilAsync(() => SetsOf(cluster).Count == 1 && StatusOf(cluster) is { Replicas: 2, Allocated: 1, Ready: 1 });
        Assert.Equal(first, SetsOf(cluster).Single().Name);
    }

    [Theory]
    [InlineData(0, 4, 0, 1, 3)] // One above the four that are there may come, one of them may go.
    [InlineData(1, 3, 0, 2, 2)] // The new one is Ready: one more comes, one more goes.
    [InlineData(4, 1, 0, 4, 0)] // All new ones are Ready: the last old one goes.
    [InlineData(2, 4, 2, 2, 0)] // Two old ones are Allocated: two new ones are all that is wanted.
    public void Make_FourReplicasMovingByAQuarter_StepsWithinSurgeAndUnavailable(
        int newReady, int oldServers, int oldAllocated, int expectedNew, int expectedOld)
    {
        var active = new ReplicaFacts(newReady, "Packed", "new", new ReplicaCounts(newReady, newReady, 0, 0, 0));
        var old = new ReplicaFacts(oldServers, "Packed", "old", new ReplicaCounts(oldServers, oldServers - oldAllocated, 0, oldAllocated, 0));

        var plan = RolloutPlan.Make(new RolloutStrategy(false, "25%", "25%"), 4, active, [old]);

        Assert.Equal((expectedNew, expectedOld), (plan.Active, plan.Rest[0]));
    }

    [Fact]
    public void Make_Recreate_NewServersComeOnceTheOldOnesHaveGone()
    {
        var strategy = new RolloutStrategy(true, "25%", "25%");
        var old = new ReplicaFacts(4, "Packed", "old", new ReplicaCounts(4, 4, 0, 0, 0));
        var gone = new ReplicaFacts(0, "Packed", "old", default);

        var during = RolloutPlan.Make(strategy, 4, null, [old]);
        var after = RolloutPlan.Make(strategy, 4, null, [gone]);

        Assert.Equal((0, 0), (during.Active, during.Rest[0]));
        Assert.Equal(4, after.Active);
    }

    private static Task<(System.Net.HttpStatusCode Code, JsonNode? Body)> PatchBuildAsync(TestCluster cluster, string? build) => cluster.SendAsync(
        HttpMethod.Patch, "/apis/agones.dev/v1/namespaces/default/fleets/arena",
        new JsonObject { ["spec"] = new JsonObject { ["template"] = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { ["build"] = build } } } } },
        PatchBody.Merge);

    private static void SetState(TestCluster cluster, StoredObject server, string state) => cluster.Store.Update(AgonesKinds.GameServer, server.Key, body =>
    {
        body["status"]!["state"] = state;
        return true;
    });

    private static int Usable(TestCluster cluster) => cluster.ServersOf("arena", GameServerState.Ready).Count + cluster.ServersOf("arena", GameServerState.Allocated).Count;

    private static ReplicaCounts StatusOf(TestCluster cluster) => ReplicaFacts.Of(cluster.Store.Get(AgonesKinds.Fleet, "default/arena")!).Status;

    private static List<StoredObject> SetsOf(TestCluster cluster) => [.. cluster.Store.List(AgonesKinds.GameServerSet).Objects.Values];

    private static List<StoredObject> New(TestCluster cluster) => [.. cluster.ServersOf("arena")
        .Where(server => server.ToJson()["spec"]!["template"]!["spec"]!["containers"]![0]!["args"] is not null)];
}
