using System.Text.Json.Nodes;
using FleetSystem.FleetModel.Grains;
using FleetSystem.Matchmaker.Allocator.Protocol;
using Google.Protobuf;
using Grpc.Core;

namespace FleetSystem.Matchmaker.Tests.Allocator;

public sealed class AllocatorApiTests
{
    private const string Body = """{"namespace":"default","gameServerSelectors":[{"matchLabels":{"agones.dev/fleet":"arena"}}],"metadata":{"labels":{"via":"rest"}}}""";

    [Fact]
    public async Task Post_RecordedRequest_AnswersInTheRecordedForm()
    {
        await using var api = await AllocatorApi.StartAsync();

        var (status, body, response) = await api.PostAsync(Body);

        Assert.Equal((200, "application/json"), (status, response.Content.Headers.ContentType?.MediaType));
        Assert.Equal(
            ["address", "addresses", "counters", "gameServerName", "lists", "metadata", "nodeName", "ports", "source"],
            body.Select(field => field.Key).Order(StringComparer.Ordinal));
        Assert.Equal(("gs-1", "127.0.10.1", "node-1", "blue"), ((string?)body["gameServerName"], (string?)body["address"], (string?)body["nodeName"], (string?)body["source"]));
        AssertJson("""[{"name":"game","port":7188}]""", body["ports"]);
        AssertJson("""[{"type":"InternalIP","address":"127.0.10.1"},{"type":"Hostname","address":"node-1"}]""", body["addresses"]);

        // 64-bit numbers are text, as protobuf's JSON has them.
        AssertJson("""{"rooms":{"count":"1","capacity":"3"}}""", body["counters"]);
        AssertJson("""{"players":{"values":["p1"],"capacity":"4"}}""", body["lists"]);
        Assert.Equal("rest", (string?)body["metadata"]!["labels"]!["via"]);
    }

    [Fact]
    public async Task Post_NothingToTell_HasEveryFieldAllTheSame()
    {
        await using var api = await AllocatorApi.StartAsync();
        api.Allocator.OnAllocate = (_, _) => new DirectorOutcome { Result = DirectorResult.Claimed, Cluster = "blue", Server = new() { Name = "gs" } };

        var (_, body, _) = await api.PostAsync(Body);

        AssertJson("""{"gameServerName":"gs","ports":[],"address":"","nodeName":"","source":"blue","metadata":{"labels":{},"annotations":{}},"addresses":[],"counters":{},"lists":{}}""", body);
    }

    [Fact]
    public async Task Allocate_SameRequest_AnswersTheSameOverGrpc()
    {
        await using var api = await AllocatorApi.StartAsync();

        var call = api.Allocate(Request());
        var response = await call;

        Assert.Equal(("gs-1", "blue", 7188), (response.GameServerName, response.Source, response.Ports[0].Port));
        Assert.Equal((1L, 3L, 4L), (response.Counters["rooms"].Count, response.Counters["rooms"].Capacity, response.Lists["players"].Capacity));
        var headers = await call.ResponseHeadersAsync;
        Assert.Equal(("seoul", "seoul-a", "1"), (headers.GetValue("fleetsystem-region"), headers.GetValue("fleetsystem-zone"), headers.GetValue("fleetsystem-preference-served")));
    }

    [Theory]
    [InlineData(DirectorResult.NoServer, StatusCode.ResourceExhausted, 429, "there is no available GameServer to allocate")]
    [InlineData(DirectorResult.Contention, StatusCode.Aborted, 409, "too many concurrent requests have overwhelmed the system")]
    [InlineData(DirectorResult.Unavailable, StatusCode.Unavailable, 503, "no cluster could be asked")]
    [InlineData(DirectorResult.Refused, StatusCode.Internal, 500, "the request was refused")]
    [InlineData(DirectorResult.Unknown, StatusCode.DeadlineExceeded, 504, "it is not known")]
    public async Task Allocate_NoServer_IsToldByBothProtocols(DirectorResult result, StatusCode code, int http, string message)
    {
        await using var api = await AllocatorApi.StartAsync();
        api.Allocator.OnAllocate = (_, _) => DirectorOutcome.Without(result, "blue", "why");

        var (status, body, _) = await api.PostAsync(Body);
        var fault = await api.FaultOf(Request());

        Assert.Equal((http, (int)code), (status, (int?)body["code"]));
        Assert.Equal(["code", "message", "details"], body.Select(field => field.Key));
        Assert.StartsWith(message, (string?)body["message"]);
        Assert.Empty(body["details"]!.AsArray());
        Assert.Equal(code, fault.StatusCode);
        Assert.StartsWith(message, fault.Detail);
    }

    [Fact]
    public async Task Allocate_UnallocatedStatusConfigured_IsTold()
    {
        await using var api = await AllocatorApi.StartAsync(settings: ("Matchmaker:Allocator:UnallocatedStatus", "404"));
        api.Allocator.OnAllocate = (_, _) => DirectorOutcome.Without(DirectorResult.NoServer, "blue", "why");

        Assert.Equal(404, (await api.PostAsync(Body)).Status);
        Assert.Equal(StatusCode.NotFound, (await api.FaultOf(Request())).StatusCode);
    }

    [Theory]
    [InlineData("{", "body")]
    [InlineData("[]", "body")]
    [InlineData("", "namespace")]
    [InlineData("""{"namespace":"default","namespace":"other"}""", "body")]
    [InlineData("""{"namespace":"default","fleet":"arena"}""", "fleet is not known")]
    [InlineData("""{"namespace":"default","gameServerSelectors":[{},{"matchLabel":{}}]}""", "gameServerSelectors[1].matchLabel is not known")]
    [InlineData("""{"namespace":"default","gameServerSelectors":[{"counters":{"rooms":{"least":1}}}]}""", "gameServerSelectors[0].counters[rooms].least is not known")]
    [InlineData("""{"namespace":"default","gameServerSelectors":{}}""", "gameServerSelectors is {}; it must be an array")]
    [InlineData("""{"namespace":7}""", "namespace is 7; it must be a text")]
    [InlineData("""{"namespace":"default","scheduling":"Sideways"}""", "scheduling is 'Sideways'")]
    [InlineData("""{"namespace":"default","scheduling":7}""", "scheduling is '7'")]
    [InlineData("""{"namespace":"default","counters":{"rooms":{"amount":"many"}}}""", "counters[rooms].amount is")]
    [InlineData("""{"namespace":"default","counters":{"rooms":{"action":"Explode","amount":1}}}""", "counters[rooms].action is 'Explode'")]
    [InlineData("""{"namespace":"default","gameServerSelectors":[{"matchLabels":{"agones.dev/fleet":"not valid!"}}]}""", "gameServerSelectors[0].matchLabels[agones.dev/fleet] is 'not valid!'")]
    [InlineData("""{"namespace":"default","preferredGameServerSelectors":[{"matchLabels":{"a":"!"}}]}""", "preferredGameServerSelectors[0].matchLabels[a]")]
    [InlineData("""{"namespace":"default","requiredGameServerSelector":{"counters":{"rooms":{"minCount":-1}}}}""", "requiredGameServerSelector.counters[rooms].minCount is -1")]
    [InlineData("""{"namespace":"default","gameServerSelectors":[{"players":{"minAvailable":1}}]}""", "gameServerSelectors[0].players is not supported")]
    [InlineData("""{"namespace":"default","multiClusterSetting":{"enabled":true,"policySelector":{"matchLabels":{"a":"b"}}}}""", "multiClusterSetting.policySelector is not supported")]
    [InlineData("""{"namespace":"default","metadata":{"labels":{"x":"!"}}}""", "metadata.labels[x]")]
    [InlineData("""{"namespace":"default","metaPatch":{"labels":{"x":"!"}}}""", "metaPatch.labels[x]")]
    [InlineData("""{"namespace":"default","metadata":{"labels":{"fleetsystem.dev/session":"s-1"}}}""", "metadata.labels[fleetsystem.dev/session] begins with fleetsystem.dev/")]
    public async Task Post_BadRequest_IsToldWithItsPath(string body, string told)
    {
        await using var api = await AllocatorApi.StartAsync();

        var (status, answer, _) = await api.PostAsync(body);

        Assert.Equal((400, 3), (status, (int?)answer["code"]));
        Assert.Contains(told, (string?)answer["message"]);
        Assert.Empty(api.Allocator.Claims);
    }

    [Fact]
    public async Task Post_TooLarge_IsRefused()
    {
        await using var api = await AllocatorApi.StartAsync();

        Assert.Equal(400, (await api.PostAsync($$"""{"namespace":"{{new string('x', 70_000)}}"}""")).Status);
    }

    [Theory]
    [InlineData("GET", "/gameserverallocation", 501, 12)]
    [InlineData("POST", "/v1/sessions", 404, 5)]
    [InlineData("GET", "/livez", 404, 5)]
    public async Task Send_NothingServed_IsToldAsTheGatewayDoes(string method, string path, int status, int code)
    {
        await using var api = await AllocatorApi.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await api.Http.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(code, (int?)JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["code"]);

        // The gateway's own "method not allowed" has gRPC's code for what is not implemented.
        Assert.Equal(status == 501 ? 501 : 404, (int)response.StatusCode);
    }

    [Fact]
    public async Task Allocate_UnknownProtobufField_IsInvalid()
    {
        await using var api = await AllocatorApi.StartAsync();

        // Field 99, a varint.
        var fault = await api.FaultOf(AllocationRequest.Parser.ParseFrom([.. Request().ToByteArray(), 0x98, 0x06, 0x01]));

        Assert.Equal(StatusCode.InvalidArgument, fault.StatusCode);
        Assert.Empty(api.Allocator.Claims);
    }

    [Fact]
    public async Task Allocate_FieldsOfTheWire_AreAgonesOwn()
    {
        await using var api = await AllocatorApi.StartAsync();
        var order = """
            {"namespace":"default","scheduling":"Distributed",
             "gameServerSelectors":[{"matchLabels":{"a":"b"},"gameServerState":"ALLOCATED","counters":{"rooms":{"minAvailable":"1"}},"lists":{"players":{"containsValue":"p","maxAvailable":2}}}, {}],
             "priorities":[{"type":"List","key":"players","order":"Descending"}],
             "counters":{"rooms":{"action":"Increment","amount":"1"}},"lists":{"players":{"addValues":["p1"],"deleteValues":["p0"],"capacity":"9"}},
             "metadata":{"annotations":{"round":"2"}}}
            """;

        Assert.Equal(200, (await api.PostAsync(order)).Status);

        var claim = Assert.Single(api.Allocator.Claims).Claim;
        Assert.Equal("default", claim.Namespace);
        var asked = claim.Order;
        Assert.Equal(FleetModel.Clusters.Allocation.SchedulingStrategy.Distributed, asked.Scheduling);
        Assert.Equal(FleetModel.Clusters.GameServerState.Allocated, asked.Selectors[0].State);
        Assert.Equal(("b", 1L, "p", 2L), (asked.Selectors[0].MatchLabels["a"], asked.Selectors[0].Counters["rooms"].MinAvailable, asked.Selectors[0].Lists["players"].ContainsValue, asked.Selectors[0].Lists["players"].MaxAvailable));
        Assert.Equal(FleetModel.Clusters.GameServerState.Ready, asked.Selectors[1].State);
        Assert.Equal(new(FleetModel.Clusters.Allocation.CapacityType.List, "players", FleetModel.Clusters.Allocation.CapacityOrder.Descending), Assert.Single(asked.Priorities));
        Assert.Equal(new(FleetModel.Clusters.Allocation.CounterDirection.Increment, 1, null), asked.Counters["rooms"]);
        Assert.Equal(new(["p1"], ["p0"], 9), asked.Lists["players"]);
        Assert.Equal("2", asked.Annotations["round"]);
    }

    [Fact]
    public async Task Allocate_OlderFields_AreReadWhereTheNewerAreNotSet()
    {
        await using var api = await AllocatorApi.StartAsync();

        await api.PostAsync("""{"namespace":"default","preferredGameServerSelectors":[{"matchLabels":{"a":"1"}}],"requiredGameServerSelector":{"matchLabels":{"a":"2"}},"metaPatch":{"labels":{"l":"old"}}}""");
        await api.PostAsync("""{"namespace":"default","gameServerSelectors":[{"matchLabels":{"a":"3"}}],"requiredGameServerSelector":{"matchLabels":{"a":"2"}},"metaPatch":{"labels":{"l":"old"}},"metadata":{"labels":{"l":"new"}}}""");
        await api.PostAsync("""{"namespace":"default","preferredGameServerSelectors":[{"matchLabels":{"a":"4"}}],"multiClusterSetting":{"enabled":true}}""");

        Assert.Equal(
            ["1,2 old", "3 new", "4,* "],
            api.Allocator.Claims.Select(each => $"{string.Join(',', each.Claim.Order.Selectors.Select(selector => selector.MatchLabels.GetValueOrDefault("a", "*")))} {each.Claim.Order.Labels.GetValueOrDefault("l")}"));
    }

    [Fact]
    public async Task Allocate_SameKeyOverBothProtocols_AnswersTheSameServer()
    {
        await using var api = await AllocatorApi.StartAsync();
        var first = await api.PostAsync(Body, ("Idempotency-Key", "k-1"));

        var again = await api.PostAsync(Body, ("Idempotency-Key", "k-1"));
        var over = await api.Allocate(Request("rest"), ("idempotency-key", "k-1"));
        var other = await api.PostAsync(Body, ("Idempotency-Key", "k-2"));
        var none = await api.PostAsync(Body);

        Assert.Equal(["gs-1", "gs-1", "gs-1", "gs-2", "gs-3"], [Name(first), Name(again), over.GameServerName, Name(other), Name(none)]);
        Assert.Equal("true", again.Response.Headers.GetValues("fleetsystem-repeated").Single());
        Assert.False(first.Response.Headers.Contains("fleetsystem-repeated"));

        static string? Name((int, JsonObject Body, HttpResponseMessage) answer) => (string?)answer.Body["gameServerName"];
    }

    [Fact]
    public async Task Allocate_KeyOfAnotherRequest_IsAConflict()
    {
        await using var api = await AllocatorApi.StartAsync();
        await api.PostAsync(Body, ("Idempotency-Key", "k-1"));

        var (status, body, _) = await api.PostAsync("""{"namespace":"default"}""", ("Idempotency-Key", "k-1"));

        Assert.Equal((409, 6), (status, (int?)body["code"]));
        Assert.Single(api.Allocator.Claims);
    }

    [Fact]
    public async Task Allocate_Hints_DecideRegionsAndZone()
    {
        await using var api = await AllocatorApi.StartAsync(settings: [("Matchmaker:Allocator:Regions:0", "tokyo"), ("Matchmaker:Allocator:Regions:1", "seoul")]);
        api.Allocator.OnAllocate = (_, _) => DirectorOutcome.Without(DirectorResult.NoServer, "blue", "why");

        await api.PostAsync(Body);
        await api.PostAsync(Body, ("fleetsystem-region", "seoul"), ("fleetsystem-zone", "seoul-b"));
        await api.PostAsync(Body, ("fleetsystem-zone", "seoul-b"));

        Assert.Equal(
            ["tokyo ", "seoul ", "seoul seoul-b", "seoul seoul-b", "tokyo "],
            api.Allocator.Claims.Select(each => $"{each.Region} {each.Claim.PreferredZone}"));
    }

    [Fact]
    public async Task Allocate_AnotherZoneOrRegionServes_TheAnswerSaysWhichPreference()
    {
        await using var api = await AllocatorApi.StartAsync();
        Assert.Equal("1", await PreferenceAsync(("fleetsystem-zone", "seoul-b")));
        var serve = api.Allocator.OnAllocate;
        api.Allocator.OnAllocate = (region, claim) => serve(region, claim) with { Zone = "seoul-a" };
        Assert.Equal("2", await PreferenceAsync(("fleetsystem-zone", "seoul-b")));
        api.Allocator.OnAllocate = (region, claim) => region == "seoul" ? DirectorOutcome.Without(DirectorResult.Unavailable, "blue", "away") : serve(region, claim);
        Assert.Equal("3", await PreferenceAsync());

        async Task<string> PreferenceAsync(params (string, string)[] headers) =>
            (await api.PostAsync(Body, headers)).Response.Headers.GetValues("fleetsystem-preference-served").Single();
    }

    [Theory]
    [InlineData("fleetsystem-region", "mars")]
    [InlineData("fleetsystem-zone", "mars-a")]
    [InlineData("Idempotency-Key", "two words")]
    [InlineData("Grpc-Timeout", "soon")]
    public async Task Allocate_BadHint_IsToldWithItsName(string name, string value)
    {
        await using var api = await AllocatorApi.StartAsync();

        var (status, body, _) = await api.PostAsync(Body, (name, value));

        Assert.Equal(400, status);
        Assert.Contains(name, (string?)body["message"], StringComparison.OrdinalIgnoreCase);
        Assert.Empty(api.Allocator.Claims);
    }

    [Fact]
    public async Task Allocate_RegionDoesNotAnswer_TheTagIsLookedFor()
    {
        await using var api = await AllocatorApi.StartAsync();
        var serve = api.Allocator.OnAllocate;
        api.Allocator.OnAllocate = (region, claim) =>
        {
            api.Allocator.Remember(region, claim, serve(region, claim));
            throw new TimeoutException("The silo died.");
        };

        Assert.Equal("gs-1", (await api.Allocate(Request())).GameServerName);
        Assert.Single(api.Allocator.Claims);
    }

    private static AllocationRequest Request(string? via = null)
    {
        var request = new AllocationRequest { Namespace = "default", GameServerSelectors = { new GameServerSelector { MatchLabels = { ["agones.dev/fleet"] = "arena" } } } };
        if (via is not null) request.Metadata = new MetaPatch { Labels = { ["via"] = via } };
        return request;
    }

    private static void AssertJson(string expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), actual?.ToJsonString());
}
