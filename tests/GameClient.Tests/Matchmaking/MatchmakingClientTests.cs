using System.Net;
using System.Text.Json.Nodes;
using FleetSystem.GameClient.Tests.Feed;
using FleetSystem.GameClient.Tests.Time;

namespace FleetSystem.GameClient.Tests.Matchmaking;

public sealed class MatchmakingClientTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly FakeService _service = new();
    private readonly HttpClient _http;
    private readonly MatchmakingClient _client;

    public MatchmakingClientTests()
    {
        _http = new HttpClient(_service);
        _client = new MatchmakingClient(_http, FakeService.Api, new SessionEventFeedOptions { PlayerToken = _ => Task.FromResult("token") }, _clock, seed: 1);
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task CreateAsync_EveryKindOfAttribute_IsInTheBody()
    {
        var player = new MatchmakingPlayer("alice", [new RegionLatency("seoul", 5, [TimeSpan.FromMilliseconds(20.1)]), new RegionLatency("far", 5, [])])
            .With("skill", 1500.5).With("mode", "ra\"nked").With("maps", (string[])["a", "b"]).With("roles", new Dictionary<string, double> { ["tank"] = 1, ["healer"] = 0.5 });
        var creating = _client.CreateAsync(new MatchmakingRequest("arena", player, new MatchmakingPlayer("bob")) { Timeout = TimeSpan.FromSeconds(90) }, Cancelled);
        var request = await _service.NextAsync();
        Assert.Equal(("POST", "/v1/tickets", "Bearer token"), (request.Method, request.Url.AbsolutePath, request.Authorization));
        var expected = JsonNode.Parse(
            """
            {"queue":"arena","players":[
              {"id":"alice","latencyMilliseconds":{"seoul":21},"attributes":{"skill":1500.5,"mode":"ra\"nked","maps":["a","b"],"roles":{"tank":1,"healer":0.5}}},
              {"id":"bob","latencyMilliseconds":{},"attributes":{}}],"timeoutSeconds":90}
            """)!;
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(request.Body)), request.Body);
        request.Reply.SetResult(Ok("""{"ticketId":"t-1","status":"queued","expiresAt":"2026-11-26T00:00:00+00:00","match":null,"failure":null}"""));
        Assert.Equal(("t-1", "queued", false), ((await creating) is var ticket ? (ticket.TicketId, ticket.Status, ticket.IsClosed) : default));
    }

    [Fact]
    public async Task CreateAsync_ServiceIsBusyAndThenDown_AsksAgainForTheSameTicket()
    {
        var creating = _client.CreateAsync(new MatchmakingRequest("arena", new MatchmakingPlayer("alice")), Cancelled);
        (await _service.NextAsync()).Refuse(HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(5));
        await AfterPauseAsync(5);
        (await _service.NextAsync()).Reply.SetException(new HttpRequestException("down"));
        await AfterPauseAsync(0.5);
        (await _service.NextAsync()).Reply.SetResult(Ok("""{"ticketId":"t-1","status":"queued","expiresAt":"2026-11-26T00:00:00Z"}"""));
        await creating;
        Assert.Single(_service.All.Select(request => request.Key).Distinct());
        Assert.Matches("^[0-9A-F]{32}$", _service.All.First().Key);
    }

    [Fact]
    public async Task CreateAsync_Refused_ThrowsWithTheCodeAndTheOtherTicket()
    {
        var creating = _client.CreateAsync(new MatchmakingRequest("arena", new MatchmakingPlayer("alice")), Cancelled);
        (await _service.NextAsync()).Reply.SetResult(Ok("""{"code":"player-has-ticket","detail":"Player 'alice' waits.","ticketId":"t-0"}""", HttpStatusCode.Conflict));
        var refused = await Assert.ThrowsAsync<MatchmakingException>(() => creating);
        Assert.Equal((409, "player-has-ticket", "t-0", "Player 'alice' waits."), (refused.Status, refused.Code, refused.TicketId, refused.Message));
    }

    [Fact]
    public async Task FollowAsync_StreamIsCut_EachEventOnceUntilTheTicketIsDone()
    {
        var seen = new List<string>();
        var following = _client.FollowAsync("t-1", happened => seen.Add(happened.Status), Cancelled);
        var stream = (await _service.NextAsync()).Stream();
        stream.Write(Event(1, "queued"));
        stream.Write(Event(2, "searching"));
        stream.End(new IOException("cut"));
        await AfterPauseAsync(0.5);
        var again = await _service.NextAsync();
        Assert.Equal(("/v1/tickets/t-1/events", "2"), (again.Url.AbsolutePath, again.LastEventId));
        stream = again.Stream();
        stream.Write(Event(2, "searching"));
        stream.Write(Event(3, "requiresAcceptance", """{"matchId":"m-1","sessionId":null,"acceptBy":"2026-11-26T00:00:30Z"}"""));
        stream.Write(Event(4, "completed", """{"matchId":"m-1","sessionId":"s-1"}"""));
        Assert.Equal(("completed", "s-1"), ((await following) is var done ? (done.Status, done.SessionId) : default));
        Assert.Equal(["queued", "searching", "requiresAcceptance", "completed"], seen);
    }

    [Fact]
    public async Task FollowAsync_NoSuchTicket_Throws()
    {
        _service.Answer = _ => Ok("""{"code":"ticket-not-found"}""", HttpStatusCode.NotFound);
        Assert.Equal("ticket-not-found", (await Assert.ThrowsAsync<MatchmakingException>(() => _client.FollowAsync("t-1", null, Cancelled))).Code);
    }

    [Fact]
    public async Task AnswerAsync_NamesTheMatchThatThePlayerWasToldOf()
    {
        var ticket = TicketDocument.Parse("""{"ticketId":"t-1","status":"requiresAcceptance","expiresAt":"2026-11-26T00:00:00Z","match":{"matchId":"m-1"}}""");
        var answering = _client.AnswerAsync(ticket, "alice", accept: true, Cancelled);
        var request = await _service.NextAsync();
        Assert.Equal(("/v1/tickets/t-1/acceptance", """{"matchId":"m-1","playerIds":["alice"],"acceptance":"accept"}"""), (request.Url.AbsolutePath, request.Body));
        request.Reply.SetResult(Ok("""{"ticketId":"t-1","status":"placing","expiresAt":"2026-11-26T00:00:00Z"}"""));
        Assert.Equal("placing", (await answering).Status);
    }

    [Fact]
    public async Task ConnectionAsync_SessionHasNoServerYet_WaitsForIt()
    {
        var ticket = TicketDocument.Parse("""{"ticketId":"t-1","status":"completed","expiresAt":"2026-11-26T00:00:00Z","match":{"matchId":"m-1","sessionId":"s-1"}}""");
        var connecting = _client.ConnectionAsync(ticket, "alice", Cancelled);
        var request = await _service.NextAsync();
        Assert.Equal("/v1/sessions/s-1/events", request.Url.AbsolutePath);
        var stream = request.Stream();
        stream.Event(1, "allocating");
        Assert.False(connecting.IsCompleted);
        stream.Event(2, "allocated", connections: """[{"playerId":"alice","routes":[{"kind":"direct","addresses":["10.0.0.1"],"port":7}],"joinToken":"jwt"}]""");
        Assert.Equal(("s-1", "jwt"), ((await connecting) is { } connection ? (connection.SessionId, connection.JoinToken) : default));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void With_NoFiniteNumber_Throws(double number) => Assert.Throws<ArgumentException>(() => new MatchmakingPlayer("alice").With("skill", number));

    [Fact]
    public void With_TheSameNameTwice_Throws() => Assert.Throws<ArgumentException>(() => new MatchmakingPlayer("alice").With("skill", 1).With("skill", "2"));

    private static string Event(int sequence, string status, string match = "null") =>
        $$$"""
        event: {{{status}}}
        id: {{{sequence}}}
        data: {"sequence":{{{sequence}}},"at":"2026-11-26T00:00:00Z","status":"{{{status}}}","reason":null,"ticket":{"ticketId":"t-1","status":"{{{status}}}","expiresAt":"2026-11-26T00:05:00Z","match":{{{match}}}}}


        """.ReplaceLineEndings("\n");

    private static HttpResponseMessage Ok(string body, HttpStatusCode status = HttpStatusCode.OK) => new(status) { Content = new StringContent(body) };

    private async Task AfterPauseAsync(double secondsAtMost)
    {
        await _clock.UntilWaitingAsync(TimeSpan.FromSeconds(secondsAtMost), Cancelled);
        _clock.Advance(TimeSpan.FromSeconds(secondsAtMost));
    }
}
