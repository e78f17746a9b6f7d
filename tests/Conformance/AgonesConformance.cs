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
