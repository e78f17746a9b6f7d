using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.RuleSets;
using FleetSystem.FleetModel.Matching.Tickets;
using FleetSystem.Matchmaker.Grpc;
using FleetSystem.Matchmaker.Grpc.V1;
using FleetSystem.Matchmaker.Tests.Grpc;
using Grpc.Core;
using MatchStatus = FleetSystem.FleetModel.Matching.Tickets.MatchStatus;
using TicketStatus = FleetSystem.FleetModel.Matching.Tickets.TicketStatus;

namespace FleetSystem.Matchmaker.Tests.Tickets;

/// <summary>Tickets over HTTP and gRPC: what reaches the queue, and what its answers become.</summary>
public sealed class TicketApiTests : IAsyncLifetime
{
    private const string Good = """{"queue":"duel","players":[{"id":"alice","latencyMilliseconds":{"seoul":20},"attributes":{"skill":1500.5,"mode":"ranked","maps":["a","b"],"roles":{"tank":1,"healer":0.5}}}],"timeoutSeconds":60}""";

    private TestApi _api = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string, string> BadBodies { get; } = new()
    {
        { "no JSON", "queue=duel", ErrorCodes.MalformedRequest, "$" },
        { "null", "null", ErrorCodes.MalformedRequest, "$" },
        { "NaN", """{"queue":"duel","players":[{"id":"p","attributes":{"skill":NaN}}]}""", ErrorCodes.MalformedRequest, "$.players[0].attributes.skill" },
        { "Infinity", """{"queue":"duel","players":[{"id":"p","attributes":{"skill":1e999}}]}""", ErrorCodes.InvalidRequest, "$.players[0].attributes['skill']" },
        { "boolean", """{"queue":"duel","players":[{"id":"p","attributes":{"skill":true}}]}""", ErrorCodes.InvalidRequest, "$.players[0].attributes['skill']" },
        { "null attribute", """{"queue":"duel","players":[{"id":"p","attributes":{"skill":null}}]}""", ErrorCodes.InvalidRequest, "$.players[0].attributes['skill']" },
        { "list of numbers", """{"queue":"duel","players":[{"id":"p","attributes":{"maps":["a",1,{"b":[2]}]}}]}""", ErrorCodes.InvalidRequest, "$.players[0].attributes['maps']" },
        { "map of strings", """{"queue":"duel","players":[{"id":"p","attributes":{"skill":{"S":"1500"}}}]}""", ErrorCodes.InvalidRequest, "$.players[0].attributes['skill']" },
        { "name twice in a map", """{"queue":"duel","players":[{"id":"p","attributes":{"roles":{"tank":1,"tank":2}}}]}""", ErrorCodes.InvalidRequest, "$.players[0].attributes['roles']" },
        { "infinite number in a map", """{"queue":"duel","players":[{"id":"p","attributes":{"roles":{"tank":-1e999}}}]}""", ErrorCodes.InvalidRequest, "$.players[0].attributes['roles']" },
        { "list of 101 strings", $$$"""{"queue":"duel","players":[{"id":"p","attributes":{"maps":[{{{string.Join(',', Enumerable.Repeat("\"a\"", 101))}}}]}}]}""", ErrorCodes.InvalidRequest, "$.players[0].attributes['maps']" },
        { "string of 1,025 characters", $$$"""{"queue":"duel","players":[{"id":"p","attributes":{"mode":"{{{new string('x', 1025)}}}"}}]}""", ErrorCodes.InvalidRequest, "$.players[0].attributes['mode']" },
        { "101 attributes", $$$"""{"queue":"duel","players":[{"id":"p","attributes":{{{{string.Join(',', Enumerable.Range(0, 101).Select(index => $"\"a{index}\":1"))}}}}}]}""", ErrorCodes.InvalidRequest, "$.players[0].attributes" },
        { "attribute without a name", """{"queue":"duel","players":[{"id":"p","attributes":{"":1}}]}""", ErrorCodes.InvalidRequest, "$.players[0].attributes" },
        { "attribute twice", """{"queue":"duel","players":[{"id":"p","attributes":{"skill":1,"skill":2}}]}""", ErrorCodes.MalformedRequest, "$.players[0].attributes.skill" },
        { "field twice", """{"queue":"duel","queue":"duel","players":[{"id":"p"}]}""", ErrorCodes.MalformedRequest, "$.queue" },
        { "unknown field", """{"queue":"duel","players":[{"id":"p"}],"colour":"red"}""", ErrorCodes.MalformedRequest, "$.colour" },
        { "nested without end", $$"""{"queue":"duel","players":[{"id":"p","attributes":{"maps":{{new string('[', 5000)}}""", ErrorCodes.MalformedRequest, "$.players[0].attributes.maps" },
        { "half a surrogate", """{"queue":"duel","players":[{"id":"p","attributes":{"mode":"\ud800"}}]}""", ErrorCodes.MalformedRequest, "$.players[0].attributes.mode" },
        { "players missing", """{"queue":"duel"}""", ErrorCodes.InvalidRequest, "$.players" },
        { "no players", """{"queue":"duel","players":[]}""", ErrorCodes.InvalidRequest, "$.players" },
        { "player null", """{"queue":"duel","players":[null]}""", ErrorCodes.InvalidRequest, "$.players[0].id" },
        { "player twice", """{"queue":"duel","players":[{"id":"p"},{"id":"p"}]}""", ErrorCodes.InvalidRequest, "$.players[1].id" },
        { "201 players", $$"""{"queue":"duel","players":[{{string.Join(',', Enumerable.Range(0, 201).Select(index => $$"""{"id":"p{{index}}"}"""))}}]}""", ErrorCodes.InvalidRequest, "$.players" },
        { "unknown region", """{"queue":"duel","players":[{"id":"p","latencyMilliseconds":{"mars":3}}]}""", ErrorCodes.UnknownRegion, "$.players[0].latencyMilliseconds['mars']" },
        { "negative latency", """{"queue":"duel","players":[{"id":"p","latencyMilliseconds":{"seoul":-1}}]}""", ErrorCodes.InvalidRequest, "$.players[0].latencyMilliseconds['seoul']" },
        { "fraction of a millisecond", """{"queue":"duel","players":[{"id":"p","latencyMilliseconds":{"seoul":1.5}}]}""", ErrorCodes.MalformedRequest, "$.players[0].latencyMilliseconds.seoul" },
        { "no wait", """{"queue":"duel","players":[{"id":"p"}],"timeoutSeconds":0}""", ErrorCodes.InvalidRequest, "$.timeoutSeconds" },
        { "wait of a day", """{"queue":"duel","players":[{"id":"p"}],"timeoutSeconds":86400}""", ErrorCodes.InvalidRequest, "$.timeoutSeconds" },
    };

    public async ValueTask InitializeAsync() => _api = await TestApi.StartAsync();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task Create_GoodRequest_ReachesTheQueueWithEveryKindOfAttribute()
    {
        var (status, ticket) = await PostAsync("key", Good);
        Assert.Equal((201, "queued", "duel"), (status, (string?)ticket["status"], (string?)ticket["queue"]));
        var request = Assert.Single(_api.Queue.Requests);
        Assert.Equal(TicketIds.Ticket("duel", "", "key"), request.Id);
        Assert.Equal((request.Id, TimeSpan.FromSeconds(60)), ((string?)ticket["ticketId"], request.Timeout));
        var player = Assert.Single(request.Players);
        Assert.Equal(("alice", 20), (player.Id, player.LatencyMilliseconds["seoul"]));
        Assert.Equal((1500.5, "ranked"), (player.Attributes["skill"].Number, player.Attributes["mode"].Text));
        Assert.Equal(["a", "b"], player.Attributes["maps"].Texts!);
        Assert.Equal((1, 0.5), (player.Attributes["roles"].Numbers!["tank"], player.Attributes["roles"].Numbers!["healer"]));
    }

    [Fact]
    public async Task Create_SameKeyAgain_ExistingWhateverTheOrderAndConflictWithAnotherRequest()
    {
        Assert.Equal(201, (await PostAsync("key", """{"queue":"duel","players":[{"id":"p","attributes":{"a":1,"b":{"x":1,"y":2}}}]}""")).Status);
        Assert.Equal(200, (await PostAsync("key", """{ "players":[{"attributes":{"b":{"y":2,"x":1.0},"a":1},"id":"p"}], "queue":"duel" }""")).Status);
        var (status, problem) = await PostAsync("key", """{"queue":"duel","players":[{"id":"p","attributes":{"a":2,"b":{"x":1,"y":2}}}]}""");
        Assert.Equal((409, ErrorCodes.IdempotencyConflict), (status, (string?)problem["code"]));
    }

    [Theory]
    [MemberData(nameof(BadBodies), DisableDiscoveryEnumeration = true)]
    public async Task Create_BadBody_ProblemNamingThePlaceAndTheQueueIsNotAsked(string what, string body, string code, string path)
    {
        var (status, problem) = await PostAsync("bad", body);
        Assert.True((400, code, path) == (status, (string?)problem["code"], (string?)problem["errors"]?[0]?["path"]), $"{what}: {status} {problem.ToJsonString()}");
        Assert.InRange(problem["errors"]!.AsArray().Count, 1, 20);
        Assert.Empty(_api.Queue.Requests);
    }

    [Fact]
    public async Task Create_SeveralFaults_AllToldAtOnce()
    {
        var (_, problem) = await PostAsync("many", """{"queue":"duel","players":[{"id":"p","attributes":{"a":false,"b":[1]}},{"id":"p","latencyMilliseconds":{"mars":1}}],"timeoutSeconds":-1}""");
        Assert.Equal(
            ["$.players[0].attributes['a']", "$.players[0].attributes['b']", "$.players[1].id", "$.players[1].latencyMilliseconds['mars']", "$.timeoutSeconds"],
            problem["errors"]!.AsArray().Select(fault => (string?)fault!["path"]));
    }

    [Fact]
    public async Task Create_BodyOfOneMegabyte_TooLargeAndTheQueueGoesOn()
    {
        var (status, problem) = await PostAsync("large", $$$"""{"queue":"duel","players":[{"id":"p","attributes":{"mode":"{{{new string('x', 1_000_000)}}}"}}]}""");
        Assert.Equal((413, ErrorCodes.RequestTooLarge), (status, (string?)problem["code"]));
        Assert.Equal(201, (await PostAsync("next", Good)).Status);
    }

    [Theory]
    [InlineData("""{"players":[{"id":"p"}]}""")]
    [InlineData("""{"queue":"nope","players":[{"id":"p"}]}""")]
    public async Task Create_UnknownQueue_NotFoundNamingThoseThereAre(string body)
    {
        var (status, problem) = await PostAsync("key", body);
        Assert.Equal((404, ErrorCodes.UnknownQueue), (status, (string?)problem["code"]));
        Assert.Contains("Queues: duel.", (string?)problem["detail"], StringComparison.Ordinal);
        Assert.Equal((StatusCode.NotFound, ErrorCodes.UnknownQueue), CodeOf(await RefusedAsync(() => CreateOverGrpcAsync("key", new CreateTicketRequest { Queue = "nope", Players = { new TicketPlayer { Id = "p" } } }))));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("two words")]
    public async Task Create_MissingOrOddKey_Problem(string? key)
    {
        var (status, problem) = await PostAsync(key, Good);
        Assert.Equal((400, ErrorCodes.InvalidIdempotencyKey), (status, (string?)problem["code"]));
    }

    [Fact]
    public async Task Create_TheQueueRefuses_EachOutcomeHasItsCodeOverBoth()
    {
        var faults = new RuleSetFault[] { new("players[0].attributes.skill", "is missing: the queue's rules look at it, and it has no default.") };
        (TicketReply Reply, int Http, StatusCode Grpc, string Code)[] cases =
        [
            (new(TicketOutcome.Full, null, []), 503, StatusCode.ResourceExhausted, ErrorCodes.QueueFull),
            (new(TicketOutcome.Conflict, null, []), 409, StatusCode.AlreadyExists, ErrorCodes.IdempotencyConflict),
            (new(TicketOutcome.Invalid, null, faults), 400, StatusCode.InvalidArgument, ErrorCodes.InvalidRequest),
            (new(TicketOutcome.PlayerHasTicket, null, [], "alice", "t-other.duel"), 409, StatusCode.AlreadyExists, ErrorCodes.PlayerHasTicket),
        ];
        foreach (var (reply, http, grpc, code) in cases)
        {
            _api.Queue.Refusal = reply;
            var (status, problem) = await PostAsync("key", Good);
            Assert.Equal((http, code), (status, (string?)problem["code"]));
            if (reply.Outcome == TicketOutcome.Invalid) Assert.Equal("$.players[0].attributes.skill", (string?)problem["errors"]![0]!["path"]);
            if (reply.Outcome == TicketOutcome.PlayerHasTicket) Assert.Equal("t-other.duel", (string?)problem["ticketId"]);
            var fault = await RefusedAsync(() => CreateOverGrpcAsync("key", Request("alice")));
            Assert.Equal((grpc, code), CodeOf(fault));
            Assert.Equal((string?)problem["detail"], fault.Status.Detail);
            Assert.Equal((string?)problem["ticketId"], fault.Trailers.GetValue(GrpcFault.TicketTrailer));
        }
    }

    [Fact]
    public async Task Create_TheQueueMoves_AnsweredAllTheSame()
    {
        _api.Queue.FailNext(new QueueUnavailableException("it is being read"));
        Assert.Equal(201, (await PostAsync("key", Good)).Status);
        Assert.Equal(2, _api.Queue.Requests.Count);
    }

    [Fact]
    public async Task Create_MoreAtOnceThanMayBe_OverloadedAtOnce()
    {
        await using var api = await TestApi.StartAsync(("Matchmaker:MaxTicketCreations", "1"));
        var hold = new TaskCompletionSource();
        api.Queue.Holding = hold.Task;
        var first = PostAsync("first", Good, api);
        while (api.Queue.Requests.IsEmpty) await Task.Yield();
        var (status, problem) = await PostAsync("second", Good, api);
        Assert.Equal((503, ErrorCodes.Overloaded), (status, (string?)problem["code"]));
        hold.SetResult();
        Assert.Equal(201, (await first).Status);
    }

    [Fact]
    public async Task Get_InAMatch_TeamAndSessionOverBoth()
    {
        var id = await CreateAsync("key");
        _api.Queue.Become(id, TicketStatus.Searching);
        _api.Queue.Become(id, TicketStatus.Placing, FakeQueue.Match("m-1", "alice"));
        var ticket = await GetAsync(id);
        Assert.Equal(("placing", "m-1", null), ((string?)ticket["status"], (string?)ticket["match"]!["matchId"], (string?)ticket["match"]!["sessionId"]));
        _api.Queue.Become(id, TicketStatus.Completed, FakeQueue.Match("m-1", "alice") with { Status = MatchStatus.Completed, SessionId = "s-1" });
        ticket = await GetAsync(id);
        Assert.Equal(("completed", "s-1", "red", null), ((string?)ticket["status"], (string?)ticket["match"]!["sessionId"], (string?)ticket["players"]![0]!["team"], (string?)ticket["failure"]));
        Assert.Equal(["red", "blue"], ticket["match"]!["teams"]!.AsArray().Select(team => (string?)team!["name"]));

        var told = await _api.Tickets.GetTicketAsync(new GetTicketRequest { TicketId = id }, cancellationToken: Cancelled);
        Assert.Equal((id, Matchmaker.Grpc.V1.TicketStatus.Completed, "s-1", "red"), (told.TicketId, told.Status, told.Match.SessionId, told.Players[0].Team));
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("t-uyez2uxari6oa523p3qkb35c6v5p5crl.duel")]
    [InlineData("t-uyez2uxari6oa523p3qkb35c6v5p5crl.nope")]
    public async Task Any_NoSuchTicket_NotFoundOverBoth(string id)
    {
        foreach (var (method, path, body) in new[] { ("GET", "", null), ("DELETE", "", null), ("GET", "/events", null), ("POST", "/acceptance", """{"playerIds":["p"],"acceptance":"accept"}""") })
        {
            var (status, problem) = await SendAsync(method, $"/v1/tickets/{id}{path}", body);
            Assert.Equal((404, ErrorCodes.TicketNotFound), (status, (string?)problem["code"]));
        }

        Assert.Equal((StatusCode.NotFound, ErrorCodes.TicketNotFound), CodeOf(await RefusedAsync(async () => await _api.Tickets.GetTicketAsync(new GetTicketRequest { TicketId = id }, cancellationToken: Cancelled))));
        Assert.Equal((StatusCode.NotFound, ErrorCodes.TicketNotFound), CodeOf(await RefusedAsync(async () => await _api.Tickets.CancelTicketAsync(new CancelTicketRequest { TicketId = id }, cancellationToken: Cancelled))));
    }

    [Fact]
    public async Task Cancel_Waiting_CancelledAndAgainTheSame()
    {
        var id = await CreateAsync("key");
        for (var times = 0; times < 2; times++)
        {
            var (status, ticket) = await SendAsync("DELETE", $"/v1/tickets/{id}");
            Assert.Equal((200, "cancelled", "cancelled by its caller"), (status, (string?)ticket["status"], (string?)ticket["failure"]!["message"]));
        }
    }

    [Fact]
    public async Task Cancel_Placing_Conflict()
    {
        var id = await CreateAsync("key");
        _api.Queue.Become(id, TicketStatus.Placing, FakeQueue.Match("m-1", "alice"));
        var (status, problem) = await SendAsync("DELETE", $"/v1/tickets/{id}");
        Assert.Equal((409, ErrorCodes.TicketNotOpen), (status, (string?)problem["code"]));
        Assert.Equal((StatusCode.FailedPrecondition, ErrorCodes.TicketNotOpen), CodeOf(await RefusedAsync(async () => await _api.Tickets.CancelTicketAsync(new CancelTicketRequest { TicketId = id }, cancellationToken: Cancelled))));
    }

    [Fact]
    public async Task Accept_ItsMatch_TakenOverBoth()
    {
        var id = await CreateAsync("key");
        _api.Queue.Become(id, TicketStatus.RequiresAcceptance, FakeQueue.Match("m-1", "alice") with { AcceptBy = FakeQueue.Start.AddSeconds(30) });
        Assert.False((bool)(await GetAsync(id))["players"]![0]!["accepted"]!);
        var (status, ticket) = await SendAsync("POST", $"/v1/tickets/{id}/acceptance", """{"matchId":"m-1","playerIds":["alice"],"acceptance":"accept"}""");
        Assert.Equal((200, true), (status, (bool?)ticket["players"]![0]!["accepted"]));
        var told = await _api.Tickets.AcceptMatchAsync(new AcceptMatchRequest { TicketId = id, PlayerIds = { "alice" }, Acceptance = Acceptance.Reject }, cancellationToken: Cancelled);
        Assert.Equal((Matchmaker.Grpc.V1.TicketStatus.Cancelled, ErrorCodes.MatchRejected), (told.Status, told.Failure.Code));
    }

    [Theory]
    [InlineData("""{"playerIds":["alice"]}""", 400, ErrorCodes.InvalidRequest, "$.acceptance")]
    [InlineData("""{"playerIds":[],"acceptance":"accept"}""", 400, ErrorCodes.InvalidRequest, "$.playerIds")]
    [InlineData("""{"playerIds":["mallory"],"acceptance":"accept"}""", 400, ErrorCodes.InvalidRequest, "$.playerIds[0]")]
    [InlineData("""{"playerIds":["alice"],"acceptance":"maybe"}""", 400, ErrorCodes.MalformedRequest, "$.acceptance")]
    [InlineData("""{"matchId":"m-0","playerIds":["alice"],"acceptance":"accept"}""", 409, ErrorCodes.TicketNotOpen, null)]
    public async Task Accept_WhatCannotBe_Problem(string body, int expected, string code, string? path)
    {
        var id = await CreateAsync("key");
        _api.Queue.Become(id, TicketStatus.RequiresAcceptance, FakeQueue.Match("m-1", "alice"));
        var (status, problem) = await SendAsync("POST", $"/v1/tickets/{id}/acceptance", body);
        Assert.Equal((expected, code, path), (status, (string?)problem["code"], (string?)problem["errors"]?[0]?["path"]));
    }

    [Fact]
    public async Task OpenApi_HasEveryPathOfTickets()
    {
        var (_, document) = await SendAsync("GET", "/openapi/v1.json");
        var paths = document["paths"]!.AsObject().Select(path => path.Key).ToHashSet();
        Assert.Superset(new HashSet<string> { "/v1/tickets", "/v1/tickets/{id}", "/v1/tickets/{id}/acceptance", "/v1/tickets/{id}/events", "/v1/backfills", "/v1/backfills/{id}", "/v1/queues/{queue}/events" }, paths);
        Assert.NotNull(document["components"]!["schemas"]!["TicketPlayerRequest"]);
    }

    private static CreateTicketRequest Request(string player) => new() { Queue = "duel", Players = { new TicketPlayer { Id = player } } };

    private async Task<string> CreateAsync(string key) => (string)(await PostAsync(key, Good)).Body["ticketId"]!;

    private async Task<JsonObject> GetAsync(string id) => (await SendAsync("GET", $"/v1/tickets/{id}")).Body;

    private async Task<CreateTicketResponse> CreateOverGrpcAsync(string key, CreateTicketRequest request) =>
        await _api.Tickets.CreateTicketAsync(request, new Metadata { { "idempotency-key", key } }, cancellationToken: Cancelled);

    private async Task<(int Status, JsonObject Body)> PostAsync(string? key, string body, TestApi? api = null) => await SendAsync("POST", "/v1/tickets", body, key, api);

    private async Task<(int Status, JsonObject Body)> SendAsync(string method, string path, string? body = null, string? key = null, TestApi? api = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        if (key is not null) request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var response = await (api ?? _api).Http.SendAsync(request, Cancelled);
        return ((int)response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonObject>(Cancelled))!);
    }

    private static (StatusCode, string?) CodeOf(RpcException fault) => (fault.StatusCode, fault.Trailers.GetValue(GrpcFault.CodeTrailer));

    private static async Task<RpcException> RefusedAsync(Func<Task> call) => await Assert.ThrowsAsync<RpcException>(call);
}
