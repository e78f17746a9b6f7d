using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Tests.Recordings;

namespace FleetSystem.Conformance.Tests;

/// <summary>The Kubernetes API on Agones' objects: lists, watches, patches and refusals.</summary>
public sealed class KubernetesConformance(AgonesTarget target) : IClassFixture<AgonesTarget>
{
    [Fact]
    public async Task List_WithLimit_PagesHoldEveryServerOnce()
    {
        await using var fleet = await SuiteFleet.CreateAsync(target, 5);
        var names = new List<string>();
        string? next = null;
        var pages = 0;
        do
        {
            var (status, page) = await target.GetAsync($"{target.GameServers}?limit=2&{fleet.Selector}" + (next is null ? "" : "&continue=" + Uri.EscapeDataString(next)));
            Assert.Equal(200, status);
            names.AddRange(page!["items"]!.AsArray().Select(server => SuiteFleet.NameOf((JsonObject)server!)));
            next = (string?)page["metadata"]!["continue"];
            pages++;
        }
        while (!string.IsNullOrEmpty(next));

        Assert.Equal(3, pages);
        Assert.Equal((await fleet.ListAsync()).Servers.Select(SuiteFleet.NameOf).Order(), names.Order());
    }

    [Fact]
    public async Task Watch_FromTheListsVersion_TellsEveryChangeAfterItInOrder()
    {
        await using var fleet = await SuiteFleet.CreateAsync(target, 1);
        var (servers, version) = await fleet.ListAsync();
        var path = $"{target.GameServers}/{SuiteFleet.NameOf(servers[0])}";
        for (var i = 1; i <= 3; i++) Assert.Equal(200, (await target.MergeAsync(path, $$$"""{"metadata":{"labels":{"conformance/step":"{{{i}}}"} } }""")).Status);

        using var late = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var timer = TimeProvider.System.CreateTimer(_ => late.Cancel(), null, target.Patience, Timeout.InfiniteTimeSpan);
        var steps = new List<string>();
        await foreach (var (type, server) in fleet.WatchAsync(version, late.Token))
        {
            Assert.Equal("MODIFIED", type);
            if ((string?)server["metadata"]!["labels"]!["conformance/step"] is { } step && (steps.Count == 0 || steps[^1] != step)) steps.Add(step);
            if (steps.Count == 3) break;
        }

        Assert.Equal(["1", "2", "3"], steps);
    }

    [Fact]
    public async Task Patch_Merge_SetsAndRemovesLabelsAndStaleWritesConflict()
    {
        await using var fleet = await SuiteFleet.CreateAsync(target, 1);
        var path = $"{target.GameServers}/{SuiteFleet.NameOf((await fleet.ListAsync()).Servers[0])}";
        var (_, before) = await target.GetAsync(path);

        var (set, with) = await target.MergeAsync(path, """{"metadata":{"labels":{"conformance/a":"b"}}}""");
        var (removed, without) = await target.MergeAsync(path, """{"metadata":{"labels":{"conformance/a":null}}}""");
        var (stale, conflict) = await target.CallAsync(HttpMethod.Put, path, before);
        var (strategic, _) = await target.CallAsync(HttpMethod.Patch, path, JsonNode.Parse("""{"metadata":{"labels":{"a":"b"}}}"""), "application/strategic-merge-patch+json");
        var (tested, _) = await target.CallAsync(HttpMethod.Patch, path, JsonNode.Parse("""[{"op":"test","path":"/status/state","value":"Shutdown"}]"""), "application/json-patch+json");
        var (invalid, _) = await target.MergeAsync(path, """{"metadata":{"labels":{"a":"not valid!"}}}""");

        Assert.Equal((200, "b"), (set, (string?)with!["metadata"]!["labels"]!["conformance/a"]));
        Assert.Equal(200, removed);
        Assert.Null(without!["metadata"]!["labels"]!["conformance/a"]);
        Assert.Equal((409, "Conflict"), (stale, (string?)conflict!["reason"]));
        Assert.Equal((415, 422, 422), (strategic, tested, invalid));
    }

    [Fact]
    public async Task Delete_WithAnotherUid_ConflictsAndTheServerStays()
    {
        await using var fleet = await SuiteFleet.CreateAsync(target, 1);
        var name = SuiteFleet.NameOf((await fleet.ListAsync()).Servers[0]);

        var (status, _) = await target.CallAsync(HttpMethod.Delete, $"{target.GameServers}/{name}", JsonNode.Parse("""{"kind":"DeleteOptions","apiVersion":"v1","preconditions":{"uid":"00000000-0000-0000-0000-000000000000"}}"""));

        Assert.Equal(409, status);
        Assert.Equal("Ready", SuiteFleet.StateOf((JsonObject)(await target.GetAsync($"{target.GameServers}/{name}")).Body!));
    }

    [Theory]
    [InlineData("12-list-refused", 0)]
    [InlineData("12-list-refused", 1)]
    [InlineData("12-list-refused", 3)]
    [InlineData("12-list-refused", 4)]
    [InlineData("18-allocate-refused", 0)]
    [InlineData("18-allocate-refused", 1)]
    [InlineData("18-allocate-refused", 2)]
    [InlineData("18-allocate-refused", 3)]
    [InlineData("18-allocate-refused", 4)]
    [InlineData("18-allocate-refused", 5)]
    [InlineData("31-fleet-refused", 0)]
    [InlineData("31-fleet-refused", 1)]
    [InlineData("31-fleet-refused", 2)]
    public async Task Refusal_RecordedRequest_IsAnsweredAsRecorded(string recording, int index)
    {
        var exchange = Recording.Load(recording)[index];
        var content = exchange.RequestBody is JsonValue raw && raw.TryGetValue<string>(out var text) ? text : exchange.RequestBody?.ToJsonString();

        using var answer = await target.SendAsync(
            exchange.Method, exchange.Path.Replace("/namespaces/default/", $"/namespaces/{target.Namespace}/", StringComparison.Ordinal),
            content?.Replace("\"namespace\":\"default\"", $"\"namespace\":\"{target.Namespace}\"", StringComparison.Ordinal), exchange.ContentType, TestContext.Current.CancellationToken);

        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal((exchange.Status, exchange.ResponseType), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.ToString()));
        JsonNode? told = answer.Content.Headers.ContentType?.MediaType == "application/json" ? JsonNode.Parse(body) : JsonValue.Create(body);
        Shape.AssertSame(WithoutParserText(exchange.ResponseBody), WithoutParserText(told), $"{exchange.Method} {exchange.Path}");
    }

    // What the API server's JSON parser says of a token that is none is nobody's contract.
    private static JsonNode? WithoutParserText(JsonNode? body)
    {
        const string Refusal = "invalid continue token: ";
        if (body is not JsonObject || (string?)body["message"] is not { } message || !message.StartsWith(Refusal, StringComparison.Ordinal)) return body;
        var copy = body.DeepClone();
        copy["message"] = Refusal;
        return copy;
    }
}
