using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Agones.Autoscaling;
using FleetSystem.LocalCloud.Tests.Recordings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace FleetSystem.LocalCloud.Tests.Agones;

public sealed class FleetAutoscalerTests
{
    private const string Autoscalers = "/apis/autoscaling.agones.dev/v1/namespaces/default/fleetautoscalers";

    [Theory]
    [InlineData("4", 2, 5, 20, 6, false)]
    [InlineData("4", 0, 5, 20, 5, true)]
    [InlineData("4", 18, 5, 20, 20, true)]
    [InlineData("\"20%\"", 8, 1, 20, 10, false)]
    [InlineData("\"20%\"", 9, 1, 20, 12, false)]
    public void Decide_BufferBeyondAllocated_StaysWithinBounds(string size, int allocated, int least, int most, int replicas, bool limited)
    {
        var buffer = (JsonObject)JsonNode.Parse($$"""{"bufferSize": {{size}}, "minReplicas": {{least}}, "maxReplicas": {{most}}}""")!;

        Assert.Equal(new DesiredReplicas(replicas, limited), BufferPolicy.Decide(buffer, allocated));
    }

    [Fact]
    public async Task Buffer_TwoAllocated_FleetIsScaledAndStatusWrittenAsRecorded()
    {
        await using var cluster = await TestCluster.StartAsync();
        var servers = await cluster.StartFleetAsync("arena", 5);
        foreach (var server in servers.Take(2))
        {
            cluster.Store.Update(AgonesKinds.GameServer, server.Key, body =>
            {
                body["status"]!["state"] = GameServerState.Allocated;
                return true;
            });
        }

        await cluster.UntilAsync(() => ReplicaFacts.Of(cluster.Store.Get(AgonesKinds.Fleet, "default/arena")!).Status is { Allocated: 2, Ready: 3 });
        var recording = Recording.Load("30-autoscaler-buffer");
        var replay = new Replay(cluster);

        await replay.SendAsync(recording[0]);
        await cluster.UntilAsync(() => ReplicaFacts.Of(cluster.Store.Get(AgonesKinds.Fleet, "default/arena")!).Status is { Allocated: 2, Ready: 4 }
            && (int?)Autoscaler(cluster, "arena-buffer")["status"]?["currentReplicas"] == 6);

        await replay.SendAsync(recording[1]);
    }

    [Fact]
    public async Task Webhook_WantsThree_ReviewIsSentAsRecordedAndFleetIsScaled()
    {
        await using var cluster = await TestCluster.StartAsync();
        var recording = Recording.Load("29-autoscaler-webhook");
        await new Replay(cluster).SendAsync(Recording.Load("20-counters-fleet")[0]);
        await cluster.UntilAsync(() => cluster.ServersOf("rooms", GameServerState.Ready).Count == 2);
        foreach (var exchange in Recording.Load("21-allocate-counters").Exchanges) await new Replay(cluster).SendAsync(exchange);
        await cluster.UntilAsync(() => ReplicaFacts.Of(cluster.Store.Get(AgonesKinds.Fleet, "default/rooms")!).Status.Allocated == 2);
        var reviews = new ConcurrentQueue<JsonNode>();
        await using var webhook = await StartWebhookAsync(reviews, replicas: 3);
        var replay = new Replay(cluster).With("http://127.0.0.1:18999", webhook.Urls.First());

        await replay.SendAsync(recording[0], body =>
        {
            body!["spec"]!["policy"]!["webhook"]!["url"] = "<url>";
            return body;
        });
        await cluster.UntilAsync(() => (int?)Autoscaler(cluster, "rooms-hook")["status"]?["currentReplicas"] == 3);

        Assert.True(reviews.TryDequeue(out var review));
        Shape.AssertSame(recording[1].RequestBody, review, "the review");
        await replay.SendAsync(recording[3], body =>
        {
            body!["spec"]!["policy"]!["webhook"]!["url"] = "<url>";
            return body;
        });
    }

    [Fact]
    public async Task Webhook_NobodyListens_AutoscalerSaysThatItCannotScale()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.StartFleetAsync("rooms", 1);
        var replay = new Replay(cluster).With("http://127.0.0.1:18999", "http://127.0.0.1:1");

        await replay.SendAsync(Recording.Load("29-autoscaler-webhook")[0], body =>
        {
            body!["spec"]!["policy"]!["webhook"]!["url"] = "<url>";
            return body;
        });

        await cluster.UntilAsync(() => (bool?)Autoscaler(cluster, "rooms-hook")["status"]?["ableToScale"] == false);
        Assert.Equal(1, ReplicaFacts.Of(cluster.Store.Get(AgonesKinds.Fleet, "default/rooms")!).Replicas);
    }

    [Theory]
    [InlineData("""{"type": "Counter"}""", "spec.policy.type")]
    [InlineData("""{"type": "Buffer"}""", "spec.policy.buffer")]
    [InlineData("""{"type": "Buffer", "buffer": {"bufferSize": 0, "maxReplicas": 5}}""", "spec.policy.buffer.bufferSize")]
    [InlineData("""{"type": "Buffer", "buffer": {"bufferSize": "120%", "minReplicas": 1, "maxReplicas": 5}}""", "spec.policy.buffer.bufferSize")]
    [InlineData("""{"type": "Buffer", "buffer": {"bufferSize": 1, "minReplicas": 6, "maxReplicas": 5}}""", "spec.policy.buffer.minReplicas")]
    [InlineData("""{"type": "Buffer", "buffer": {"bufferSize": 6, "maxReplicas": 5}}""", "spec.policy.buffer.maxReplicas")]
    [InlineData("""{"type": "Buffer", "buffer": {"bufferSize": 4, "minReplicas": 3, "maxReplicas": 5}}""", "spec.policy.buffer.minReplicas")]
    [InlineData("""{"type": "Webhook", "webhook": {"service": {"name": "x"}}}""", "spec.policy.webhook.url")]
    public async Task Create_PolicyThatCannotBeServed_IsRefusedWithItsField(string policy, string field)
    {
        await using var cluster = await TestCluster.StartAsync();

        var (code, status) = await cluster.PostAsync(Autoscalers, JsonNode.Parse($$"""
            {"apiVersion": "autoscaling.agones.dev/v1", "kind": "FleetAutoscaler", "metadata": {"name": "x"}, "spec": {"fleetName": "arena", "policy": {{policy}} } }
            """)!);

        Assert.Equal(422, (int)code);
        Assert.Equal(field, (string?)status!["details"]!["causes"]![0]!["field"]);
    }

    private static JsonObject Autoscaler(TestCluster cluster, string name) => cluster.Store.Get(AgonesKinds.FleetAutoscaler, "default/" + name)!.ToJson();

    private static async Task<WebApplication> StartWebhookAsync(ConcurrentQueue<JsonNode> reviews, int replicas)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseSetting("urls", "http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapPost("/scale", async context =>
        {
            var review = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!;
            reviews.Enqueue(review.DeepClone());
            review["response"] = new JsonObject { ["uid"] = (string?)review["request"]!["uid"], ["scale"] = true, ["replicas"] = replicas };
            await context.Response.WriteAsync(review.ToJsonString(), context.RequestAborted);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}
