using System.Text.Json.Nodes;

namespace FleetSystem.Conformance.Tests;

/// <summary>Agones: allocation, scaling, and servers that end.</summary>
public sealed class AgonesConformance(AgonesTarget target) : IClassFixture<AgonesTarget>
{
    [Fact]
    public async Task Allocate_OrderedSelectors_TheFirstThatMatchesWins()
    {
        await using var fleet = await SuiteFleet.CreateAsync(target, 4);
        var (servers, _) = await fleet.ListAsync();
        var (near, last) = (SuiteFleet.NameOf(servers[2]), SuiteFleet.NameOf(servers[3]));
        await target.MergeAsync($"{target.GameServers}/{near}", """{"metadata":{"labels":{"conformance/zone":"near"}}}""");
        await target.MergeAsync($"{target.GameServers}/{last}", """{"metadata":{"labels":{"conformance/last":"true"}}}""");

        // Once the later label is seen, so is the earlier one.
        await SeenByAllocatorAsync(fleet, """{"matchLabels": {"agones.dev/fleet": "FLEET", "conformance/last": "true"}}""", last);
        var ordered = $$"""[{"matchLabels": {"agones.dev/fleet": "{{fleet.Name}}", "conformance/zone": "near"} }, {"matchLabels": {"agones.dev/fleet": "{{fleet.Name}}"} }]""";
        Assert.Equal(near, (string?)(await fleet.AllocateAsync(ordered))["gameServerName"]);
        Assert.Equal("Allocated", (string?)(await fleet.AllocateAsync(ordered))["state"]);

        var excluded = await fleet.AllocateAsync($$"""[{"matchLabels": {"agones.dev/fleet": "{{fleet.Name}}"}, "matchExpressions": [{"key": "agones.dev/fleet", "operator": "NotIn", "values": ["{{fleet.Name}}"]}]}]""");
        Assert.Equal("UnAllocated", (string?)excluded["state"]);
    }

    [Fact]
    public async Task Allocate_Metadata_IsOnTheServerAndTheAnswerNamesWhereItRuns()
    {
        await using var fleet = await SuiteFleet.CreateAsync(target, 1);

        var status = await fleet.AllocateAsync($$"""[{"matchLabels": {"agones.dev/fleet": "{{fleet.Name}}"} }]""");

        Assert.Equal("Allocated", (string?)status["state"]);
        Assert.NotEmpty((string)status["address"]!);
        Assert.NotEmpty((string)status["nodeName"]!);
        Assert.Equal("game", (string?)Assert.Single(status["ports"]!.AsArray())!["name"]);
        var (_, server) = await target.GetAsync($"{target.GameServers}/{(string)status["gameServerName"]!}");
        Assert.Equal("Allocated", SuiteFleet.StateOf((JsonObject)server!));
        Assert.Equal("s-1", (string?)server!["metadata"]!["labels"]!["conformance/session"]);
        Assert.Equal("kept", (string?)server["metadata"]!["annotations"]!["conformance/note"]);
    }

    [Fact]
    public async Task Scale_UpAndDown_AllocatedServersStay()
    {
        await using var fleet = await SuiteFleet.CreateAsync(target, 1);
        var allocated = (string)(await fleet.AllocateAsync($$"""[{"matchLabels": {"agones.dev/fleet": "{{fleet.Name}}"} }]"""))["gameServerName"]!;

        var (up, scale) = await target.MergeAsync($"{fleet.Path}/scale", """{"spec":{"replicas":3}}""");
        Assert.Equal((200, 3), (up, (int)scale!["spec"]!["replicas"]!));
        await fleet.UntilAsync(servers => servers.Count(server => SuiteFleet.StateOf(server) == "Ready") == 2);
        await target.MergeAsync($"{fleet.Path}/scale", """{"spec":{"replicas":0}}""");
        var left = await fleet.UntilAsync(servers => servers.Count == 1);

        Assert.Equal(allocated, SuiteFleet.NameOf(left[0]));
    }

    [Fact]
    public async Task Scale_AtAVersion_WrittenOnceAndAConflictAfterwards()
    {
        await using var fleet = await SuiteFleet.CreateAsync(target, 1);

        // Agones may still be writing the Fleet's status.
        var (status, scale) = (409, (JsonNode?)null);
        for (var tries = 0; status == 409 && tries < 20; tries++) (status, scale) = await target.MergeAsync($"{fleet.Path}/scale", await AtNowAsync(2));
        var seen = (string)scale!["metadata"]!["resourceVersion"]!;
        await target.MergeAsync(fleet.Path, """{"metadata":{"labels":{"conformance/touched":"yes"}}}""");
        var (stale, conflict) = await target.MergeAsync($"{fleet.Path}/scale", At(seen, 3));

        Assert.Equal((200, 2), (status, (int)scale["spec"]!["replicas"]!));
        Assert.Equal((409, "Conflict"), (stale, (string?)conflict!["reason"]));
        await fleet.UntilAsync(servers => servers.Count(server => SuiteFleet.StateOf(server) == "Ready") == 2);

        async Task<string> AtNowAsync(int replicas) => At((string)(await target.GetAsync(fleet.Path)).Body!["metadata"]!["resourceVersion"]!, replicas);

        static string At(string version, int replicas) => $$$"""{"metadata":{"resourceVersion":"{{{version}}}"},"spec":{"replicas":{{{replicas}}}}}""";
    }

    [Fact]
    public async Task Autoscaler_BufferChanged_ActsAtOnceAndRefusesWhatCannotBe()
    {
        await using var fleet = await SuiteFleet.CreateAsync(target, 1);
        var path = $"{target.FleetAutoscalers}/{fleet.Name}";
        var (created, refusal) = await target.CallAsync(HttpMethod.Post, target.FleetAutoscalers, JsonNode.Parse($$$"""
            {
              "apiVersion": "autoscaling.agones.dev/v1", "kind": "FleetAutoscaler", "metadata": {"name": "{{{fleet.Name}}}"},
              "spec": {
                "fleetName": "{{{fleet.Name}}}", "policy": {"type": "Buffer", "buffer": {"bufferSize": 1, "minReplicas": 1, "maxReplicas": 9} },
                "sync": {"type": "FixedInterval", "fixedInterval": {"seconds": 300} }
              }
            }
            """));
        Assert.True(created == 201, $"the FleetAutoscaler was not created: {created} {refusal?.ToJsonString()}");
        try
        {
            // Long before its interval.
            Assert.Equal(200, (await target.MergeAsync(path, """{"spec":{"policy":{"buffer":{"bufferSize":3,"minReplicas":3}}}}""")).Status);
            await fleet.UntilAsync(servers => servers.Count(server => SuiteFleet.StateOf(server) == "Ready") == 3);
            foreach (var buffer in new[] { """{"bufferSize":4,"minReplicas":3}""", """{"bufferSize":10,"minReplicas":0}""", """{"minReplicas":10}""", """{"bufferSize":"20%","minReplicas":0}""", """{"bufferSize":0}""" })
                Assert.Equal((422, buffer), ((await target.MergeAsync(path, $$$"""{"spec":{"policy":{"buffer":{{{buffer}}} } } }""")).Status, buffer));
        }
        finally
        {
            await target.CallAsync(HttpMethod.Delete, path);
        }
    }

    [Fact]
    public async Task Shutdown_Server_GoesAndIsReplaced()
    {
        await using var fleet = await SuiteFleet.CreateAsync(target, 2);
        var gone = SuiteFleet.NameOf((await fleet.ListAsync()).Servers[0]);

        await target.MergeAsync($"{target.GameServers}/{gone}", """{"status":{"state":"Shutdown"}}""");

        var after = await fleet.UntilAsync(servers => servers.Count(server => SuiteFleet.StateOf(server) == "Ready") == 2 && servers.All(server => SuiteFleet.NameOf(server) != gone));
        Assert.Equal(2, after.Count);
    }

    // A label that was just patched is seen by the allocator about a second later: asked again until then, one selector alone.
    private static async Task SeenByAllocatorAsync(SuiteFleet fleet, string selector, string expected)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250), TimeProvider.System);
        for (var attempt = 0; attempt < 40; attempt++)
        {
            var status = await fleet.AllocateAsync($"[{selector.Replace("FLEET", fleet.Name, StringComparison.Ordinal)}]");
            if ((string?)status["state"] == "Allocated")
            {
                Assert.Equal(expected, (string?)status["gameServerName"]);
                return;
            }

            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        Assert.Fail("the allocator never saw the label");
    }
}
