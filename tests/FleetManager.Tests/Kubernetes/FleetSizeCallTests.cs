using System.Text;
using System.Text.Json.Nodes;
using FleetSystem.FleetManager.Kubernetes.Requests;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Sizing;
using Microsoft.Extensions.Time.Testing;
using static FleetSystem.FleetManager.Tests.Kubernetes.ClusterFixture;

namespace FleetSystem.FleetManager.Tests.Kubernetes;

public sealed class FleetSizeCallTests
{
    private static readonly FleetSizePatch.Scale ToNine = new("arena", "934", 9);
    private static readonly FleetSizePatch.SetBuffer Wider = new("arena-buffer", "938", new BufferPolicy(5, 40, new BufferSize(4, IsPercent: false)));

    [Fact]
    public async Task ReadFleetSizesAsync_RecordedFleetAndItsBuffer_AllOfItInOneSize()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("LIST fleets", Answers.List("940", [Body("30-autoscaler-buffer", 2)]));
        fixture.Server.On("LIST fleetautoscalers", Answers.List("940", [Body("30-autoscaler-buffer", 1), Body("29-autoscaler-webhook", 3)]));

        var size = Assert.Single(await fixture.Cluster.ReadFleetSizesAsync(Cancelled));

        Assert.Equal(("arena", "934", 6, 6, 4, 2), (size.AgonesFleet, size.ResourceVersion, size.Replicas, size.CurrentReplicas, size.ReadyReplicas, size.AllocatedReplicas));
        Assert.Equal(
            new FleetAutoscalerSnapshot { Name = "arena-buffer", Uid = "4ed4ce6e-594f-4f68-8a05-2be6ba484935", ResourceVersion = "938", AgonesFleet = "arena", Policy = "Buffer", Buffer = new BufferPolicy(5, 20, new BufferSize(4, IsPercent: false)), IntervalSeconds = 2 },
            Assert.Single(size.Autoscalers));

        // No resourceVersion: not from a cache.
        Assert.All(["LIST fleets", "LIST fleetautoscalers"], call => Assert.EndsWith("?limit=500", Assert.Single(fixture.Server.Seen(call)).Path, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"type":"Buffer","buffer":{"bufferSize":"20%","minReplicas":1,"maxReplicas":9}}""", "Buffer", "20%")]
    [InlineData("""{"type":"Buffer","buffer":{"bufferSize":"100%","minReplicas":1,"maxReplicas":9}}""", "Buffer", null)]
    [InlineData("""{"type":"Buffer","buffer":{"bufferSize":{"a":[1]},"minReplicas":1,"maxReplicas":9}}""", "Buffer", null)]
    [InlineData("""{"type":"Buffer"}""", "Buffer", null)]
    [InlineData("""{"type":"Counter","counter":{"key":"rooms","bufferSize":5,"minCapacity":10,"maxCapacity":100},"buffer":{"bufferSize":4,"maxReplicas":9}}""", "Counter", null)]
    [InlineData("""{"type":"Chain","chain":[{"id":"a","type":"Buffer","buffer":{"bufferSize":4,"maxReplicas":9}}]}""", "Chain", null)]
    [InlineData("""{"type":7}""", "", null)]
    [InlineData("[]", "", null)]
    public async Task ReadFleetSizesAsync_AnyPolicy_ItsTypeAndABufferThatHoldsOnly(string policy, string type, string? buffer)
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("LIST fleets", Answers.List("7", ["""{"metadata":{"name":"arena"},"spec":{"replicas":2}}"""]));
        fixture.Server.On("LIST fleetautoscalers", Answers.List("7", [$$$"""{"metadata":{"name":"a"},"spec":{"sync":{"type":"FixedInterval","fixedInterval":{"seconds":5}},"policy":{{{policy}}},"fleetName":"arena"}}"""]));

        var autoscaler = Assert.Single(Assert.Single(await fixture.Cluster.ReadFleetSizesAsync(Cancelled)).Autoscalers);

        Assert.Equal((type, buffer, 5), (autoscaler.Policy, autoscaler.Buffer?.BufferSize.ToString(), autoscaler.IntervalSeconds));
    }

    [Theory]
    [InlineData("""{"url":"http://127.0.0.1:8081/agones/v1/fleetautoscale/blue"}""", "agones/v1/fleetautoscale/blue")]
    [InlineData("""{"service":{"name":"fleetsystem-fleetmanager","namespace":"default","path":"agones/v1/fleetautoscale/blue","port":8081}}""", "agones/v1/fleetautoscale/blue")]
    [InlineData("""{"service":{"path":"/scale"},"caBundle":"AAAA"}""", "scale")]
    [InlineData("""{"url":"nonsense"}""", "")]
    [InlineData("""{"url":7}""", "")]
    public async Task ReadFleetSizesAsync_Webhook_ThePathThatItAsks(string webhook, string path)
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("LIST fleets", Answers.List("7", ["""{"metadata":{"name":"arena"},"spec":{"replicas":2}}"""]));
        fixture.Server.On("LIST fleetautoscalers", Answers.List("7", [$$$"""{"metadata":{"name":"a"},"spec":{"policy":{"type":"Webhook","webhook":{{{webhook}}} },"fleetName":"arena"} }"""]));

        Assert.Equal(path, Assert.Single(Assert.Single(await fixture.Cluster.ReadFleetSizesAsync(Cancelled)).Autoscalers).WebhookPath);
    }

    [Fact]
    public async Task ReadFleetSizesAsync_AutoscalersMayNotBeListed_SizesAreToldWithWhatToGrant()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("LIST fleets", Answers.List("7", ["""{"metadata":{"name":"arena"},"spec":{"replicas":2}}"""]));
        fixture.Server.On("LIST fleetautoscalers", Answers.Status(403, "fleetautoscalers is forbidden", "Forbidden"));

        var size = Assert.Single(await fixture.Cluster.ReadFleetSizesAsync(Cancelled));

        Assert.Equal(2, size.Replicas);
        Assert.Contains("""{apiGroups: ["autoscaling.agones.dev"], resources: ["fleetautoscalers"], verbs: [list]}""", size.AutoscalersFault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadFleetSizesAsync_NoAnswer_UnreachableAfterItsDeadline()
    {
        var time = new FakeTimeProvider();
        await using var fixture = await StartAsync(time: time);
        var asked = new TaskCompletionSource();
        fixture.Server.On("LIST fleetautoscalers", Answers.Never(asked));

        var read = fixture.Cluster.ReadFleetSizesAsync(Cancelled);
        await Within(asked.Task);
        time.Advance(FastOptions.RequestTimeout);

        Assert.Contains("within 5 s", (await Assert.ThrowsAsync<ClusterUnreachableException>(() => Within(read))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChangeFleetSizeAsync_Replicas_TheScaleAloneAtTheVersionThatWasRead()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("PATCH fleets", Answers.Raw(200, "{}"));

        Assert.IsType<FleetSizeAnswer.Written>(await fixture.Cluster.ChangeFleetSizeAsync(ToNine, Cancelled));

        var seen = Assert.Single(fixture.Server.Seen("PATCH fleets"));
        Assert.Equal(("/apis/agones.dev/v1/namespaces/default/fleets/arena/scale", "application/merge-patch+json"), (seen.Path, seen.ContentType));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"metadata":{"resourceVersion":"934"},"spec":{"replicas":9}}"""), JsonNode.Parse(seen.Body)), seen.Body);
    }

    [Theory]
    [InlineData(4, false, "4")]
    [InlineData(20, true, "\"20%\"")]
    public async Task ChangeFleetSizeAsync_Buffer_ThePolicyAloneAtTheVersionThatWasRead(int value, bool isPercent, string written)
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("PATCH fleetautoscalers", Answers.Raw(200, "{}"));

        await fixture.Cluster.ChangeFleetSizeAsync(Wider with { Policy = Wider.Policy with { BufferSize = new BufferSize(value, isPercent) } }, Cancelled);

        var seen = Assert.Single(fixture.Server.Seen("PATCH fleetautoscalers"));
        Assert.Equal("/apis/autoscaling.agones.dev/v1/namespaces/default/fleetautoscalers/arena-buffer", seen.Path);
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse($$$"""{"metadata":{"resourceVersion":"938"},"spec":{"policy":{"buffer":{"minReplicas":5,"maxReplicas":40,"bufferSize":{{{written}}} } } } }"""), JsonNode.Parse(seen.Body)), seen.Body);
    }

    [Theory]
    [InlineData(409, "Conflict", "the object has been modified", null, "Outdated")]
    [InlineData(404, "NotFound", "fleets.agones.dev \"arena\" not found", null, "Outdated")]
    [InlineData(404, "", "404 page not found", null, "Refused for good")]
    [InlineData(403, "Forbidden", "cannot patch", null, "Refused for good")]
    [InlineData(422, "Invalid", "maxReplicas should be bigger", null, "Refused for good")]
    [InlineData(401, "Unauthorized", "Unauthorized", null, "Refused for now")]
    [InlineData(429, "TooManyRequests", "slow down", 1, "Refused for now")]
    [InlineData(503, "ServiceUnavailable", "not ready", 5, "Refused for now")]
    [InlineData(500, "InternalError", "Internal error occurred: failed calling webhook \"validations.agones.dev\": connection refused", null, "Refused for now")]
    [InlineData(500, "InternalError", "etcdserver: request timed out", null, "Unknown")]
    [InlineData(503, "", "upstream went away", null, "Unknown")]
    [InlineData(504, "Timeout", "request did not complete", null, "Unknown")]
    public async Task ChangeFleetSizeAsync_Refusal_WhatItProves(int code, string reason, string message, int? retryAfter, string what)
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("PATCH fleets", Answers.Status(code, message, reason, retryAfter, subject: reason == "NotFound" ? "arena" : ""));

        Assert.Equal(what, Word(await fixture.Cluster.ChangeFleetSizeAsync(ToNine, Cancelled)));
    }

    [Fact]
    public async Task ChangeFleetSizeAsync_NotAllowed_RefusedWithWhatToGrant()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("PATCH fleets", Answers.Status(403, "cannot patch", "Forbidden"));
        fixture.Server.On("PATCH fleetautoscalers", Answers.Status(403, "cannot patch", "Forbidden"));

        Assert.EndsWith("""Grant FleetSystem's service account {apiGroups: ["agones.dev"], resources: ["fleets/scale"], verbs: [patch]}.""", Assert.IsType<FleetSizeAnswer.Refused>(await fixture.Cluster.ChangeFleetSizeAsync(ToNine, Cancelled)).Reason, StringComparison.Ordinal);
        Assert.EndsWith("""resources: ["fleetautoscalers"], verbs: [patch]}.""", Assert.IsType<FleetSizeAnswer.Refused>(await fixture.Cluster.ChangeFleetSizeAsync(Wider, Cancelled)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ChangeFleetSizeAsync_ConnectionBreaksOrNobodyListens_UnknownAndRefused()
    {
        await using var fixture = await StartAsync();
        fixture.Server.On("PATCH fleets", Answers.Reset);
        Assert.Equal("Unknown", Word(await fixture.Cluster.ChangeFleetSizeAsync(ToNine, Cancelled)));

        await fixture.Server.StopAsync();
        Assert.Equal("Refused for now", Word(await fixture.Cluster.ChangeFleetSizeAsync(ToNine, Cancelled)));
    }

    [Fact]
    public async Task ChangeFleetSizeAsync_NoAnswer_UnknownAfterItsDeadline()
    {
        var time = new FakeTimeProvider();
        await using var fixture = await StartAsync(time: time);
        var asked = new TaskCompletionSource();
        fixture.Server.On("PATCH fleets", Answers.Never(asked));

        var change = fixture.Cluster.ChangeFleetSizeAsync(ToNine, Cancelled);
        await Within(asked.Task);
        time.Advance(FastOptions.RequestTimeout);

        Assert.Equal("no answer within 5 s", Assert.IsType<FleetSizeAnswer.Unknown>(await Within(change)).Reason);
    }

    [Fact]
    public void FromFailure_RecordedConflict_Outdated() => Assert.IsType<FleetSizeAnswer.Outdated>(
        FleetSizeRequests.FromFailure(ApiFailure.Parse(Recording.Load("10-patch-refused", 0).Status, null, Recording.Load("10-patch-refused", 0).Body), "arena"));

    private static string Body(string file, int exchange) => Encoding.UTF8.GetString(Recording.Load(file, exchange).Body);

    private static string Word(FleetSizeAnswer answer) => answer switch
    {
        FleetSizeAnswer.Refused(_, var isTransient) => isTransient ? "Refused for now" : "Refused for good",
        _ => answer.GetType().Name,
    };
}
