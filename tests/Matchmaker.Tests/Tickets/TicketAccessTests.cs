using System.Text.Json.Nodes;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Tickets;
using FleetSystem.Matchmaker.Tests.Access;

namespace FleetSystem.Matchmaker.Tests.Tickets;

/// <summary>A player sees and changes the tickets that he is in, and no others; a backend all.</summary>
public sealed class TicketAccessTests : IAsyncLifetime
{
    private GuardedApi _api = null!;

    private FakeQueue Queue => _api.Api.Queue;

    public async ValueTask InitializeAsync() => _api = await GuardedApi.StartAsync();

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task Create_ByAPlayer_OnlyWithHimselfAmongThePlayersAndUnderHisOwnKeys()
    {
        var (status, problem, _) = await CreateAsync(_api.Token("mallory"), "key", "alice");
        Assert.Equal((403, ErrorCodes.Forbidden), (status, (string?)problem!["code"]));
        Assert.Empty(Queue.Requests);
        var (_, alices, _) = await CreateAsync(_api.Token("alice"), "key", "alice");
        var (_, bobs, _) = await CreateAsync(_api.Token("bob"), "key", "bob");
        Assert.NotEqual((string?)alices!["ticketId"], (string?)bobs!["ticketId"]);
    }

    [Fact]
    public async Task Any_ATicketOfOthers_AnsweredAsOneThatDoesNotExist()
    {
        var (_, ticket, _) = await CreateAsync(_api.Token("alice"), "key", "alice", "bob");
        var (real, none) = ((string)ticket!["ticketId"]!, TicketIds.Ticket("duel", "", "never"));
        foreach (var (method, path) in new[] { ("GET", ""), ("DELETE", ""), ("GET", "/events"), ("POST", "/acceptance") })
        {
            var body = method == "POST" ? new JsonObject { ["playerIds"] = new JsonArray("alice"), ["acceptance"] = "accept" } : null;
            var (status, hidden, _) = await _api.SendAsync(method, $"/v1/tickets/{real}{path}", _api.Token("mallory"), body?.DeepClone());
            var (_, missing, _) = await _api.SendAsync(method, $"/v1/tickets/{none}{path}", _api.Token("mallory"), body);
            Assert.Equal(404, status);
            Assert.Equal(WithoutTrace(missing!), WithoutTrace(hidden!));
        }

        Assert.Equal("queued", (string?)(await _api.SendAsync("GET", $"/v1/tickets/{real}", _api.Token("bob"))).Body!["status"]);
        Assert.Equal("queued", (string?)(await _api.SendAsync("GET", $"/v1/tickets/{real}", GuardedApi.BackendKey)).Body!["status"]);

        static string WithoutTrace(JsonObject problem)
        {
            problem.Remove("traceId");
            return problem.ToJsonString();
        }
    }

    [Fact]
    public async Task Get_TeamsOfAMatch_ToABackendAlone()
    {
        var (_, ticket, _) = await CreateAsync(_api.Token("alice"), "key", "alice");
        var id = (string)ticket!["ticketId"]!;
        Queue.Become(id, TicketStatus.Placing, FakeQueue.Match("m-1", "alice"));
        var own = (await _api.SendAsync("GET", $"/v1/tickets/{id}", _api.Token("alice"))).Body!;
        Assert.Equal("red", (string?)own["players"]![0]!["team"]);
        Assert.DoesNotContain("stranger", own.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("stranger", (await _api.SendAsync("GET", $"/v1/tickets/{id}", GuardedApi.BackendKey)).Body!.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accept_ForAnotherPlayerOfTheTicket_ForbiddenToAPlayer()
    {
        var (_, ticket, _) = await CreateAsync(_api.Token("alice"), "key", "alice", "bob");
        var id = (string)ticket!["ticketId"]!;
        Queue.Become(id, TicketStatus.RequiresAcceptance, FakeQueue.Match("m-1", "alice", "bob"));
        var both = new JsonObject { ["playerIds"] = new JsonArray("alice", "bob"), ["acceptance"] = "accept" };
        Assert.Equal(403, (await _api.SendAsync("POST", $"/v1/tickets/{id}/acceptance", _api.Token("alice"), both.DeepClone())).Status);
        Assert.Equal(200, (await _api.SendAsync("POST", $"/v1/tickets/{id}/acceptance", GuardedApi.BackendKey, both)).Status);
        var own = new JsonObject { ["playerIds"] = new JsonArray("alice"), ["acceptance"] = "accept" };
        Assert.Equal(200, (await _api.SendAsync("POST", $"/v1/tickets/{id}/acceptance", _api.Token("alice"), own)).Status);
    }

    [Fact]
    public async Task Create_AnotherTicketStandsInTheWay_NamedToThoseInIt()
    {
        var (_, ticket, _) = await CreateAsync(_api.Token("alice"), "key", "alice", "bob");
        var other = (string)ticket!["ticketId"]!;
        Queue.Refusal = new TicketReply(TicketOutcome.PlayerHasTicket, null, [], "alice", other);

        // Bob is in it too, mallory is not.
        Assert.Equal(other, (string?)(await CreateAsync(_api.Token("bob"), "next", "bob", "alice")).Body!["ticketId"]);
        var (status, problem, _) = await CreateAsync(_api.Token("mallory"), "next", "mallory", "alice");
        Assert.Equal((409, ErrorCodes.PlayerHasTicket, null), (status, (string?)problem!["code"], (string?)problem["ticketId"]));
        Assert.DoesNotContain(other, problem.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task BackendsOnly_CalledByAPlayer_Forbidden()
    {
        foreach (var (method, path) in new[] { ("POST", "/v1/backfills"), ("GET", "/v1/backfills/b-1"), ("DELETE", "/v1/backfills/b-1"), ("GET", "/v1/queues/duel/events") })
        {
            var (status, problem, _) = await _api.SendAsync(method, path, _api.Token("alice"), method == "POST" ? new JsonObject() : null, "key");
            Assert.Equal((403, ErrorCodes.Forbidden), (status, (string?)problem!["code"]));
        }
    }

    private Task<(int Status, JsonObject? Body, HttpResponseMessage Answer)> CreateAsync(string bearer, string key, params string[] players) => _api.SendAsync(
        "POST", "/v1/tickets", bearer, new JsonObject { ["queue"] = "duel", ["players"] = new JsonArray([.. players.Select(player => (JsonNode)new JsonObject { ["id"] = player })]) }, key);
}
