using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Kubernetes;
using FleetSystem.LocalCloud.Tests.Agones;
using FleetSystem.LocalCloud.Tests.Recordings;

namespace FleetSystem.LocalCloud.Tests.Kubernetes;

/// <summary>The API server's part of the recordings: discovery, lists, patches, refusals.</summary>
public sealed class RecordedApiTests
{
    [Fact]
    public async Task Discovery_EveryGroup_AnswersAsRecorded()
    {
        await using var cluster = await TestCluster.StartAsync();
        var replay = new Replay(cluster);

        foreach (var exchange in Recording.Load("01-discovery").Exchanges) await replay.SendAsync(exchange);
    }

    [Fact]
    public async Task ListNodes_SixNodes_HaveTheRecordedShape()
    {
        await using var cluster = await TestCluster.StartAsync();

        await new Replay(cluster).SendAsync(Recording.Load("02-nodes")[0], nodes =>
        {
            foreach (var node in nodes!["items"]!.AsArray())
            {
                // What marks the nodes of the recording and of this cloud as no real machines.
                node!["metadata"]!["labels"]!.AsObject().Remove("testbed/fake-node");
                node["metadata"]!["labels"]!.AsObject().Remove("localcloud/simulated");
                node["status"]!.AsObject().Remove("nodeInfo");
            }

            return nodes;
        });
    }

    [Fact]
    public async Task ListAndGet_SixReadyServers_HaveTheRecordedShape()
    {
        await using var cluster = await TestCluster.StartAsync();
        var servers = await cluster.StartFleetAsync("arena", 6);
        var replay = new Replay(cluster).With("arena-bsbjh-bcmv7", servers[0].Name);
        string? recordedToken = null;

        foreach (var exchange in Recording.Load("07-gameservers-list").Exchanges)
        {
            var answer = await replay.SendAsync(exchange, OnlyWhatAPodIsReadFor);
            // The next page is asked for with the token of this run.
            recordedToken = (string?)exchange.ResponseBody!["metadata"]?["continue"];
            if (recordedToken is { Length: > 0 }) replay.With(recordedToken, (string)answer!["metadata"]!["continue"]!);
        }
    }

    // A real Pod carries what its kubelet, its service account and its sidecar need; here only what describes a game server is kept.
    private static JsonNode? OnlyWhatAPodIsReadFor(JsonNode? list)
    {
        if ((string?)list!["kind"] != "PodList") return list;
        foreach (var pod in list["items"]!.AsArray())
        {
            pod!["metadata"]!["labels"]!["topology.kubernetes.io/zone"] = "<zone>";
            var game = pod["spec"]!["containers"]![0]!;
            pod["spec"] = new JsonObject
            {
                ["nodeName"] = (string?)pod["spec"]!["nodeName"],
                ["ports"] = game["ports"]!.DeepClone(),
                ["env"] = game["env"]!.DeepClone(),
                ["restartPolicy"] = (string?)pod["spec"]!["restartPolicy"],
                ["tolerations"] = pod["spec"]!["tolerations"]!.DeepClone(),
            };
            pod["status"] = new JsonObject
            {
                ["phase"] = (string?)pod["status"]!["phase"],
                ["conditions"] = pod["status"]!["conditions"]!.DeepClone(),
                ["podIPs"] = pod["status"]!["podIPs"]!.DeepClone(),
            };
        }

        return list;
    }

    [Fact]
    public async Task FleetsSetsAndSubresources_ReadyFleet_HaveTheRecordedShape()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.StartFleetAsync("arena", 6);
        await cluster.UntilAsync(() => cluster.Store.Get(AgonesKinds.Fleet, "default/arena") is { } fleet && ReplicaFacts.Of(fleet).Status.Ready == 6);
        var replay = new Replay(cluster);

        foreach (var exchange in Recording.Load("06-fleet-get").Exchanges) await replay.SendAsync(exchange);
    }

    [Theory]
    [InlineData("09-patch-labels")]
    [InlineData("10-patch-refused")]
    [InlineData("11-patch-json")]
    public async Task Patch_RecordedBodies_AnswerAsRecorded(string recording)
    {
        await using var cluster = await TestCluster.StartAsync();
        var servers = await cluster.StartFleetAsync("arena", 3);
        var before = servers[0].ResourceVersion;
        // The recordings were made one after the other: the zone's label had been set before the last.
        if (recording != "09-patch-labels") await cluster.SendAsync(HttpMethod.Patch, $"/apis/agones.dev/v1/namespaces/default/gameservers/{servers[0].Name}",
            JsonNode.Parse("""{"metadata": {"labels": {"fleet/zone": "ap-northeast-2a"}}}"""), PatchBody.Merge);
        var replay = new Replay(cluster).With("arena-bsbjh-bcmv7", servers[0].Name).With("\"391\"", $"\"{before}\"")
            .With("3d9cddc2-f843-4907-8c03-99adf19c3774", servers[0].Uid);

        foreach (var exchange in Recording.Load(recording).Exchanges) await replay.SendAsync(exchange);
    }

    [Fact]
    public async Task Patch_SameLabelsAgain_KeepsTheVersion()
    {
        await using var cluster = await TestCluster.StartAsync();
        var servers = await cluster.StartFleetAsync("arena", 1);
        var path = $"/apis/agones.dev/v1/namespaces/default/gameservers/{servers[0].Name}";
        var patch = JsonNode.Parse("""{"metadata": {"labels": {"fleet/zone": "ap-northeast-2a"}}}""");

        var (_, first) = await cluster.SendAsync(HttpMethod.Patch, path, patch, PatchBody.Merge);
        var (_, second) = await cluster.SendAsync(HttpMethod.Patch, path, patch, PatchBody.Merge);

        Assert.NotEqual($"{servers[0].ResourceVersion}", (string?)first!["metadata"]!["resourceVersion"]);
        Assert.Equal((string?)first["metadata"]!["resourceVersion"], (string?)second!["metadata"]!["resourceVersion"]);
        Assert.Equal((int)servers[0].Generation, (int)second["metadata"]!["generation"]!);
    }

    [Fact]
    public async Task List_RefusedQueries_AnswerAsRecorded()
    {
        await using var cluster = await TestCluster.StartAsync();
        var replay = new Replay(cluster);

        foreach (var exchange in Recording.Load("12-list-refused").Exchanges)
        {
            await replay.SendAsync(exchange, body =>
            {
                // The current version, and Go's words for malformed JSON, are not ours to repeat.
                var message = (string)body!["message"]!;
                body["message"] = message.Split(", current:")[0].Split("is not valid:")[0];
                return body;
            });
        }
    }

    [Fact]
    public async Task Authenticate_NoTokenAndWrongToken_AnswerAsRecorded()
    {
        await using var cluster = await TestCluster.StartAsync();
        var recording = Recording.Load("13-auth");

        cluster.Http.DefaultRequestHeaders.Authorization = null;
        await new Replay(cluster).SendAsync(recording[0]);
        cluster.Http.DefaultRequestHeaders.Authorization = new("Bearer", "wrong");
        await new Replay(cluster).SendAsync(recording[1]);
    }
}
