using System.Net;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Kubernetes;
using FleetSystem.LocalCloud.Tests.Agones;
using FleetSystem.LocalCloud.Tests.Recordings;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.LocalCloud.Tests.Kubernetes;

public sealed class WatchTests
{
    private const string Fleets = "/apis/agones.dev/v1/namespaces/default/fleets";

    [Fact]
    public async Task Watch_SendInitialEvents_ObjectsThenTheRecordedBookmark()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.StartFleetAsync("arena", 6);
        var recorded = Recording.Load("08-watch-initial-events")[0];
        using var watch = await WatchClient.OpenAsync(cluster.Http, recorded.Path);

        var events = await watch.ReadUntilAsync(seen => seen.Count == recorded.Events.Count);

        foreach (var (expected, actual) in recorded.Events.Zip(events))
        {
            Assert.Equal(expected.Type, actual.Type);
            Shape.AssertSame(expected.Object, actual.Object, expected.Type);
        }
    }

    [Fact]
    public async Task Watch_FromAListedVersion_MissesNothing()
    {
        await using var cluster = await TestCluster.StartAsync();
        var (_, list) = await cluster.GetAsync(Fleets);
        for (var i = 0; i < 20; i++) cluster.Cluster.Apply(TestCluster.Fleet($"f{i}", 0));
        using var watch = await WatchClient.OpenAsync(cluster.Http, $"{Fleets}?watch=true&resourceVersion={list!["metadata"]!["resourceVersion"]}");
        for (var i = 20; i < 40; i++) cluster.Cluster.Apply(TestCluster.Fleet($"f{i}", 0));

        var events = await watch.ReadUntilAsync(seen => seen.Count(entry => entry.Type == "ADDED") == 40);

        Assert.Equal(Enumerable.Range(0, 40).Select(i => $"f{i}"), events.Where(entry => entry.Type == "ADDED").Select(entry => (string)entry.Object["metadata"]!["name"]!));
        var versions = events.Select(entry => long.Parse((string)entry.Object["metadata"]!["resourceVersion"]!, null)).ToList();
        Assert.Equal(versions.Order(), versions);
    }

    [Fact]
    public async Task Watch_VersionOlderThanTheHistory_OneErrorEventWith410AndTheEnd()
    {
        await using var cluster = await TestCluster.StartAsync(store: new ObjectStoreOptions { WatchHistoryLimit = 4 });
        var old = cluster.Store.ResourceVersion;
        for (var i = 0; i < 10; i++) cluster.Cluster.Apply(TestCluster.Fleet($"f{i}", 0));
        using var watch = await WatchClient.OpenAsync(cluster.Http, $"{Fleets}?watch=true&resourceVersion={old}");

        var (type, status) = (await watch.NextAsync())!.Value;

        Assert.Equal(200, watch.Status);
        Assert.Equal("ERROR", type);
        Assert.Equal((410, "Expired", "Failure"), ((int)status["code"]!, (string)status["reason"]!, (string)status["status"]!));
        Assert.Null(await watch.NextAsync());
    }

    [Fact]
    public async Task Watch_LabelSelector_ChangesOfLabelsComeAsAddedAndDeleted()
    {
        await using var cluster = await TestCluster.StartAsync();
        var server = (await cluster.StartFleetAsync("arena", 1))[0];
        using var watch = await WatchClient.OpenAsync(cluster.Http,
            $"/apis/agones.dev/v1/gameservers?watch=true&labelSelector=zone%3Da&resourceVersion={cluster.Store.ResourceVersion}");

        Label(cluster, server, "a");
        Label(cluster, server, "a", note: "more");
        Label(cluster, server, "b");
        Label(cluster, server, "a");
        var events = await watch.ReadUntilAsync(seen => seen.Count == 4);

        Assert.Equal(["ADDED", "MODIFIED", "DELETED", "ADDED"], events.Select(entry => entry.Type));
    }

    [Fact]
    public async Task Watch_FieldSelectorOnName_OnlyThatObject()
    {
        await using var cluster = await TestCluster.StartAsync();
        using var watch = await WatchClient.OpenAsync(cluster.Http, "/api/v1/nodes?watch=true&fieldSelector=metadata.name%3Dsimulated-ap-northeast-2b-0");

        var first = (await watch.NextAsync())!.Value;
        await cluster.SendAsync(HttpMethod.Patch, "/api/v1/nodes/simulated-ap-northeast-2a-0", Cordon(), PatchBody.Strategic);
        await cluster.SendAsync(HttpMethod.Patch, "/api/v1/nodes/simulated-ap-northeast-2b-0", Cordon(), PatchBody.Strategic);
        var second = (await watch.NextAsync())!.Value;

        Assert.Equal(("ADDED", "simulated-ap-northeast-2b-0"), (first.Type, (string)first.Object["metadata"]!["name"]!));
        Assert.Equal(("MODIFIED", "simulated-ap-northeast-2b-0"), (second.Type, (string)second.Object["metadata"]!["name"]!));
    }

    [Fact]
    public async Task Watch_IdleForAMinute_BookmarkWithTheStoresVersion()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero));
        await using var cluster = await TestCluster.StartAsync(time: time);
        using var watch = await WatchClient.OpenAsync(cluster.Http, $"{Fleets}?watch=true&allowWatchBookmarks=true&resourceVersion={cluster.Store.ResourceVersion}");
        cluster.Cluster.Apply(TestCluster.Fleet("arena", 0));
        await watch.ReadUntilAsync(seen => seen.Count == 2);
        cluster.Cluster.AddNode(new("extra", "z", "r", IPAddress.Loopback));
        var version = cluster.Store.ResourceVersion;

        time.Advance(WatchHandler.BookmarkInterval);
        var (type, bookmark) = (await watch.NextAsync())!.Value;

        Assert.Equal("BOOKMARK", type);
        Assert.Equal(["apiVersion", "kind", "metadata"], bookmark.Select(entry => entry.Key));
        Assert.True(long.Parse((string)bookmark["metadata"]!["resourceVersion"]!, null) >= version);
    }

    [Fact]
    public async Task Watch_TimeoutSeconds_EndsCleanly()
    {
        var time = new FakeTimeProvider();
        await using var cluster = await TestCluster.StartAsync(time: time);
        using var watch = await WatchClient.OpenAsync(cluster.Http, $"{Fleets}?watch=true&timeoutSeconds=30");

        time.Advance(TimeSpan.FromSeconds(30));

        Assert.Null(await watch.NextAsync());
    }

    [Fact]
    public async Task CutWatches_OpenWatch_BreaksAndResumesWithoutLoss()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.Cluster.Apply(TestCluster.Fleet("before", 0));
        var version = cluster.Store.ResourceVersion;
        using (var watch = await WatchClient.OpenAsync(cluster.Http, $"{Fleets}?watch=true&resourceVersion={version}"))
        {
            cluster.Cluster.Faults.Api.CutWatches();
            await Assert.ThrowsAnyAsync<IOException>(() => watch.ReadUntilAsync(_ => false));
        }

        cluster.Cluster.Apply(TestCluster.Fleet("meanwhile", 0));
        using var again = await WatchClient.OpenAsync(cluster.Http, $"{Fleets}?watch=true&resourceVersion={version}");
        await again.ReadUntilAsync(seen => seen.Any(entry => (string)entry.Object["metadata"]!["name"]! == "meanwhile"));
    }

    [Fact]
    public async Task StartApi_AfterAStop_SamePortButOldVersionsAreExpired()
    {
        await using var cluster = await TestCluster.StartAsync();
        cluster.Cluster.Apply(TestCluster.Fleet("before", 0));
        var (_, list) = await cluster.GetAsync(Fleets);
        var endpoint = cluster.Cluster.Endpoint;

        await cluster.Cluster.Faults.StopApiAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => cluster.GetAsync(Fleets));
        cluster.Cluster.Apply(TestCluster.Fleet("meanwhile", 0));
        await cluster.Cluster.Faults.StartApiAsync(TestContext.Current.CancellationToken);

        Assert.Equal(endpoint, cluster.Cluster.Endpoint);
        using var watch = await WatchClient.OpenAsync(cluster.Http, $"{Fleets}?watch=true&resourceVersion={list!["metadata"]!["resourceVersion"]}");
        Assert.Equal("ERROR", (await watch.NextAsync())!.Value.Type);
        var (code, again) = await cluster.GetAsync(Fleets);
        Assert.Equal((HttpStatusCode.OK, 2), (code, again!["items"]!.AsArray().Count));
    }

    private static JsonNode Cordon() => JsonNode.Parse("""{"spec": {"unschedulable": true}}""")!;

    private static void Label(TestCluster cluster, StoredObject server, string zone, string? note = null) => cluster.Store.Update(AgonesKinds.GameServer, server.Key, body =>
    {
        body["metadata"]!["labels"]!["zone"] = zone;
        if (note is not null) body["metadata"]!["labels"]!["note"] = note;
        return true;
    });
}
