using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Tests.Kubernetes;
using FleetSystem.LocalCloud.Tests.Recordings;

namespace FleetSystem.LocalCloud.Tests.Agones;

/// <summary>Controllers against the recordings: which events come in which order, and with which objects.</summary>
public sealed class RecordedLifecycleTests
{
    private const string Servers = "/apis/agones.dev/v1/namespaces/default/gameservers";

    [Fact]
    public async Task CreateFleet_RecordedManifest_IsStoredWithTheRecordedDefaults()
    {
        await using var cluster = await TestCluster.StartAsync();

        await new Replay(cluster).SendAsync(Recording.Load("03-fleet-create")[0]);
    }

    [Fact]
    public async Task StartFleet_SixServers_EachGoesThroughTheRecordedVersions()
    {
        await using var cluster = await TestCluster.StartAsync();
        using var watch = await WatchAsync(cluster);

        await new Replay(cluster).SendAsync(Recording.Load("03-fleet-create")[0]);
        var events = await watch.ReadUntilAsync(seen => seen.Count(entry => State(entry.Object) == "Ready") == 6);

        var recorded = ByName(Recording.Load("04-fleet-up-watch-gameservers")[0].Events).Values.First();
        Assert.All(ByName(events).Values, versions =>
        {
            Assert.Equal(recorded.Select(Summary), versions.Select(Summary));
            foreach (var (expected, actual) in recorded.Zip(versions)) Shape.AssertSame(expected.Object, actual.Object, $"the {State(expected.Object)} version");
        });
    }

    [Fact]
    public async Task StartFleet_FleetWatch_BeginsWithoutStatusAndEndsWithAllReady()
    {
        await using var cluster = await TestCluster.StartAsync();
        using var watch = await WatchClient.OpenAsync(cluster.Http,
            $"/apis/agones.dev/v1/namespaces/default/fleets?watch=true&resourceVersion={cluster.Store.ResourceVersion}");

        await new Replay(cluster).SendAsync(Recording.Load("03-fleet-create")[0]);
        var events = await watch.ReadUntilAsync(seen => seen.Count > 0 && (int?)seen[^1].Object["status"]?["readyReplicas"] == 6);

        var recorded = Recording.Load("05-fleet-up-watch-fleet")[0].Events;
        Shape.AssertSame(recorded[0].Object, events[0].Object, "the new Fleet");
        Shape.AssertSame(recorded[1].Object, events[1].Object, "the first status");
        Shape.AssertSame(recorded[^1].Object, events[^1].Object, "the last status");
    }

    [Fact]
    public async Task Shutdown_AllocatedServer_EventsComeInTheRecordedOrder()
    {
        await using var cluster = await TestCluster.StartAsync();
        var servers = await cluster.StartFleetAsync("arena", 3);
        Assert.NotNull(cluster.Store.Update(AgonesKinds.GameServer, servers[0].Key, body => SetState(body, "Allocated")));
        using var watch = await WatchAsync(cluster);

        // What a game server does through its SDK.
        cluster.Store.Update(AgonesKinds.GameServer, servers[0].Key, body => SetState(body, "Shutdown"));

        await AssertOrderAsync(watch, "22-sdk-shutdown", servers[0].Name);
    }

    [Fact]
    public async Task PodFails_ReadyServer_EventsComeInTheRecordedOrder()
    {
        await using var cluster = await TestCluster.StartAsync();
        var servers = await cluster.StartFleetAsync("arena", 3);
        using var watch = await WatchAsync(cluster);

        await cluster.Cluster.Faults.KillGameServerAsync(servers[0].Name);

        await AssertOrderAsync(watch, "23-unhealthy", servers[0].Name);
    }

    [Fact]
    public async Task Delete_ReadyServer_EventsComeInTheRecordedOrder()
    {
        await using var cluster = await TestCluster.StartAsync();
        var servers = await cluster.StartFleetAsync("arena", 3);
        using var watch = await WatchAsync(cluster);

        await new Replay(cluster).With("arena-bsbjh-pvnt5", servers[0].Name).SendAsync(Recording.Load("24-delete-gameserver")[0]);

        await AssertOrderAsync(watch, "24-delete-gameserver", servers[0].Name, exchange: 1);
    }

    [Fact]
    public async Task ScaleDown_SixToOneWithTwoAllocated_TakesTheOtherFour()
    {
        await using var cluster = await TestCluster.StartAsync();
        var servers = await cluster.StartFleetAsync("arena", 6);
        foreach (var server in servers.Take(2)) cluster.Store.Update(AgonesKinds.GameServer, server.Key, body => SetState(body, "Allocated"));
        await cluster.UntilAsync(() => cluster.Store.Get(AgonesKinds.Fleet, "default/arena") is { } fleet && ReplicaFacts.Of(fleet).Status is { Allocated: 2, Ready: 4 });
        using var watch = await WatchAsync(cluster);
        var recording = Recording.Load("25-scale-down");

        await new Replay(cluster).SendAsync(recording[0]);
        var events = await watch.ReadUntilAsync(seen => seen.Count(entry => entry.Type == "DELETED") == 4);

        var expected = ByName(recording[1].Events).Values.First().Select(Summary).ToList();
        Assert.All(ByName(events).Values, versions => Assert.Equal(expected, versions.Select(Summary)));
        Assert.Equal(servers.Take(2).Select(server => server.Name), cluster.ServersOf("arena").Select(server => server.Name));
    }

    [Fact]
    public async Task DeleteFleet_AllocatedServers_EverythingGoes()
    {
        await using var cluster = await TestCluster.StartAsync();
        var servers = await cluster.StartFleetAsync("rooms", 3);
        cluster.Store.Update(AgonesKinds.GameServer, servers[0].Key, body => SetState(body, "Allocated"));
        using var watch = await WatchAsync(cluster);

        await new Replay(cluster).SendAsync(Recording.Load("32-fleet-delete")[0]);
        var events = await watch.ReadUntilAsync(seen => seen.Count(entry => entry.Type == "DELETED") == 3);

        Assert.All(ByName(events).Values, versions => Assert.Equal(["MODIFIED", "DELETED"], versions.Select(version => version.Type)));
        await cluster.UntilAsync(() => cluster.Store.List(AgonesKinds.GameServerSet).Objects.IsEmpty
            && cluster.Store.List(FleetSystem.LocalCloud.Kubernetes.CoreKinds.Pod).Objects.IsEmpty);
    }

    [Fact]
    public async Task CreateFleet_InvalidManifests_AreRefusedAsRecorded()
    {
        await using var cluster = await TestCluster.StartAsync();
        var replay = new Replay(cluster);

        foreach (var exchange in Recording.Load("31-fleet-refused").Exchanges) await replay.SendAsync(exchange);
    }

    private static Task<WatchClient> WatchAsync(TestCluster cluster) =>
        WatchClient.OpenAsync(cluster.Http, $"{Servers}?watch=true&resourceVersion={cluster.Store.ResourceVersion}");

    private static bool SetState(JsonObject body, string state)
    {
        body["status"]!["state"] = state;
        return true;
    }

    /// <summary>The server that goes and the one that comes: each in its recorded order, and in the recorded order between their first and last events.</summary>
    private static async Task AssertOrderAsync(WatchClient watch, string recording, string going, int exchange = 1)
    {
        var recorded = Recording.Load(recording)[exchange].Events;
        var events = await watch.ReadUntilAsync(seen => seen.Any(entry => entry.Type == "DELETED")
            && seen.Any(entry => State(entry.Object) == "Ready" && Name(entry.Object) != going));

        var recordedGoing = Name(recorded[0].Object);
        var expected = ByName(recorded);
        var actual = ByName(events);
        Assert.Equal(expected[recordedGoing].Select(Summary), actual[going].Select(Summary));
        var coming = actual.Keys.Single(name => name != going);
        Assert.Equal(expected.Single(entry => entry.Key != recordedGoing).Value.Select(Summary), actual[coming].Select(Summary));
        Assert.Equal(IndexOfAdded(recorded) < IndexOfDeleted(recorded), IndexOfAdded(events) < IndexOfDeleted(events));
    }

    private static int IndexOfAdded(IReadOnlyList<(string Type, JsonObject Object)> events) => events.ToList().FindIndex(entry => entry.Type == "ADDED");

    private static int IndexOfDeleted(IReadOnlyList<(string Type, JsonObject Object)> events) => events.ToList().FindIndex(entry => entry.Type == "DELETED");

    private static Dictionary<string, List<(string Type, JsonObject Object)>> ByName(IEnumerable<(string Type, JsonObject Object)> events) =>
        events.GroupBy(entry => Name(entry.Object)).ToDictionary(group => group.Key, group => group.ToList());

    private static string Name(JsonObject server) => (string)server["metadata"]!["name"]!;

    private static string State(JsonObject server) => (string)server["status"]!["state"]!;

    private static string Summary((string Type, JsonObject Object) entry) =>
        $"{entry.Type} {State(entry.Object)}{(entry.Object["metadata"]!["deletionTimestamp"] is null ? "" : " deleting")}";
}
