using System.Net;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetManager.Tests.Ops;

/// <summary>Sessions, servers and silos in the operators' API.</summary>
public sealed class OpsSessionTests(OpsApiTests.Fixture fixture) : IClassFixture<OpsApiTests.Fixture>
{
    [Fact]
    public async Task GetSession_HoldsAServer_HistoryAndWaysInWithoutAnySecret()
    {
        var session = await CreateAsync("shown");

        var (status, body) = await fixture.Send(HttpMethod.Get, $"/ops/v1/sessions/{session.Id}");

        Assert.Equal((HttpStatusCode.OK, "allocated", session.Server!.Name), (status, (string)body!["state"]!, (string)body["server"]!["name"]!));
        Assert.Equal(["allocating", "allocated"], body["events"]!.AsArray().Select(happened => (string)happened!["state"]!));
        Assert.Equal(["p1", "p2"], body["connections"]!.AsArray().Select(connection => (string)connection!["playerId"]!));
        Assert.DoesNotContain(session.RoutingToken, body.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("oken", body.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("s-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task GetSession_None_NotFoundAndSoAreItsActions(string id)
    {
        foreach (var (method, path) in new[] { (HttpMethod.Get, ""), (HttpMethod.Post, "/end"), (HttpMethod.Post, "/move") })
        {
            var (status, problem) = await fixture.Send(method, $"/ops/v1/sessions/{id}{path}", method == HttpMethod.Get ? null : """{"reason": "why"}""");
            Assert.Equal((HttpStatusCode.NotFound, ErrorCodes.SessionNotFound), (status, (string)problem!["code"]!));
        }
    }

    [Fact]
    public async Task FindSessions_ByPlayerAndByServer_TheOneAndHowManyWereLookedAt()
    {
        var session = await CreateAsync("found", "needle");
        await CreateAsync("other");

        var (_, byPlayer) = await fixture.Send(HttpMethod.Get, "/ops/v1/sessions?player=needle");
        var (_, byServer) = await fixture.Send(HttpMethod.Get, $"/ops/v1/sessions?server={session.Server!.Name}");
        var (_, none) = await fixture.Send(HttpMethod.Get, "/ops/v1/sessions?server=nobody");

        Assert.Equal(session.Id, (string)Assert.Single(byPlayer!["sessions"]!.AsArray())!["id"]!);
        Assert.True((int)byPlayer["looked"]! >= 2);
        Assert.Null(byPlayer["next"]);
        Assert.Equal(session.Id, (string)Assert.Single(byServer!["sessions"]!.AsArray())!["id"]!);
        Assert.Empty(none!["sessions"]!.AsArray());
    }

    [Theory]
    [InlineData("?player=", "player")]
    [InlineData("?server=", "server")]
    [InlineData("?after=x", "after")]
    public async Task FindSessions_BadQuery_ProblemNamesTheParameter(string query, string parameter)
    {
        var (status, problem) = await fixture.Send(HttpMethod.Get, "/ops/v1/sessions" + query);
        Assert.Equal((HttpStatusCode.BadRequest, parameter), (status, (string)problem!["errors"]![0]!["path"]!));
    }

    [Fact]
    public async Task EndSession_WithAReason_EndedAndInTheAuditBefore()
    {
        var session = await CreateAsync("ended");

        var (refused, problem) = await fixture.Send(HttpMethod.Post, $"/ops/v1/sessions/{session.Id}/end", "{}");
        var (status, body) = await fixture.Send(HttpMethod.Post, $"/ops/v1/sessions/{session.Id}/end", """{"reason": "a cheater"}""");
        var (_, again) = await fixture.Send(HttpMethod.Post, $"/ops/v1/sessions/{session.Id}/end", """{"reason": "once more"}""");

        Assert.Equal((HttpStatusCode.BadRequest, "$.reason"), (refused, (string)problem!["errors"]![0]!["path"]!));
        Assert.Equal((HttpStatusCode.OK, "ended"), (status, (string)body!["state"]!));
        Assert.Contains("127.0.0.1: a cheater", (string)body["events"]!.AsArray()[^1]!["reason"]!, StringComparison.Ordinal);
        Assert.Equal("ended", (string)again!["state"]!);
        var (_, audit) = await fixture.Send(HttpMethod.Get, "/ops/v1/audit?region=r0");
        var entry = Assert.Single(audit!["entries"]!.AsArray(), entry => (string)entry!["subject"]! == session.Id)!;
        Assert.Equal(("session", "a cheater", "allocated", "ended"), ((string)entry["kind"]!, (string)entry["reason"]!, (string)entry["before"]!["state"]!, (string)entry["after"]!["act"]!));
    }

    [Fact]
    public async Task MoveSession_AServerIsFree_AnotherServerUnderTheSameId()
    {
        var session = await CreateAsync("moved");

        var (status, _) = await fixture.Send(HttpMethod.Post, $"/ops/v1/sessions/{session.Id}/move", """{"reason": "noisy neighbour"}""");

        Assert.Equal(HttpStatusCode.OK, status);
        var moved = await fixture.Lane.Until("moved", known => known is { HoldsServer: true, Incarnation: 2 });
        Assert.NotEqual(session.Server!.Name, moved.Server!.Name);
        Assert.Contains(moved.Events, happened => happened.State == SessionState.Lost && happened.Reason!.Contains("noisy neighbour", StringComparison.Ordinal));
    }

    [Fact]
    public async Task MoveSession_Ended_ConflictThatSaysWhy()
    {
        var session = await CreateAsync("over");
        await fixture.Send(HttpMethod.Post, $"/ops/v1/sessions/{session.Id}/end", """{"reason": "done"}""");

        var (status, problem) = await fixture.Send(HttpMethod.Post, $"/ops/v1/sessions/{session.Id}/move", """{"reason": "why"}""");

        Assert.Equal((HttpStatusCode.Conflict, ErrorCodes.SessionHoldsNoServer), (status, (string)problem!["code"]!));
    }

    [Fact]
    public async Task GetServers_Filtered_ThoseAloneWithZoneAndNode()
    {
        var (status, body) = await fixture.Send(HttpMethod.Get, $"/ops/v1/fleets/arena/servers?cluster={fixture.Lane.Green.Id}&state=Ready");
        var (_, nowhere) = await fixture.Send(HttpMethod.Get, "/ops/v1/fleets/arena/servers?zone=nowhere");
        var (unknown, problem) = await fixture.Send(HttpMethod.Get, "/ops/v1/fleets/nothing/servers");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.NotEmpty(body!["servers"]!.AsArray());
        Assert.All(body["servers"]!.AsArray(), server => Assert.Equal((fixture.Lane.Green.Id, "r0a", "green-node", "ready"), ((string)server!["cluster"]!, (string)server["zone"]!, (string)server["node"]!, (string)server["state"]!)));
        Assert.Empty(nowhere!["servers"]!.AsArray());
        Assert.Equal((HttpStatusCode.NotFound, ErrorCodes.UnknownFleet), (unknown, (string)problem!["code"]!));
    }

    [Fact]
    public async Task GetNodes_OfAZone_ServersAndSessionsByNode()
    {
        var (status, body) = await fixture.Send(HttpMethod.Get, $"/ops/v1/fleets/arena/nodes?cluster={fixture.Lane.Green.Id}&zone=r0a");
        var (bad, problem) = await fixture.Send(HttpMethod.Get, "/ops/v1/fleets/arena/nodes?after=nonsense");
        var (unknown, _) = await fixture.Send(HttpMethod.Get, "/ops/v1/fleets/nothing/nodes");

        Assert.Equal(HttpStatusCode.OK, status);
        var node = Assert.Single(body!["nodes"]!.AsArray())!;
        Assert.Equal((fixture.Lane.Green.Id, "r0a", "green-node"), ((string)node["cluster"]!, (string)node["zone"]!, (string)node["node"]!));
        Assert.Equal((int)node["servers"]!, node["states"]!.AsObject().Sum(state => (int)state.Value!));
        Assert.Equal(fixture.Lane.Green.Servers.Count(server => server.Node == "green-node"), (int)node["servers"]!);
        Assert.Equal((HttpStatusCode.BadRequest, "after"), (bad, (string)problem!["errors"]![0]!["path"]!));
        Assert.Equal(HttpStatusCode.NotFound, unknown);
    }

    [Fact]
    public async Task GetServers_PartOfAName_ThoseAlone()
    {
        var name = fixture.Lane.Green.Servers[0].Name;

        var (_, body) = await fixture.Send(HttpMethod.Get, $"/ops/v1/fleets/arena/servers?name={name.ToUpperInvariant()}");

        Assert.Contains(name, body!["servers"]!.AsArray().Select(server => (string)server!["name"]!));
        Assert.All(body["servers"]!.AsArray(), server => Assert.Contains(name, (string)server!["name"]!, StringComparison.Ordinal));
    }

    [Fact]
    public async Task GetServers_MoreThanAPage_EveryServerOnceOverThePages()
    {
        await fixture.Lane.AddServers(fixture.Lane.ZoneC, 150, node: "many");
        var seen = new List<string>();
        string? next = null;
        var pages = 0;
        do
        {
            var (_, body) = await fixture.Send(HttpMethod.Get, $"/ops/v1/fleets/arena/servers?region=r0{(next is null ? "" : $"&after={Uri.EscapeDataString(next)}")}");
            seen.AddRange(body!["servers"]!.AsArray().Select(server => (string)server!["name"]!));
            next = (string?)body["next"];
            pages++;
        }
        while (next is not null);

        Assert.True(pages > 1);
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Equal(fixture.Lane.Blue.Servers.Concat(fixture.Lane.Green.Servers).Where(server => server.Fleet == "arena").Select(server => server.Name).Order(), seen.Order());
    }

    [Fact]
    public async Task GetSilos_OneSilo_ItsNameAndStatus()
    {
        var (status, body) = await fixture.Send(HttpMethod.Get, "/ops/v1/silos?status=Active");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("active", (string)Assert.Single(body!["silos"]!.AsArray())!["status"]!);
    }

    private async Task<SessionRecord> CreateAsync(string key, string? player = null)
    {
        await fixture.Lane.AddServers(fixture.Lane.ZoneA, 2);
        var request = fixture.Lane.Request();
        if (player is not null) request = request with { Players = [new SessionPlayer(player, new Dictionary<string, int>())] };
        return (await fixture.Lane.Create(key, request)).View!.Session;
    }
}
