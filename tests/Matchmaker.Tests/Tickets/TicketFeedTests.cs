using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Grains;
using FleetSystem.Matchmaker.Grpc.V1;
using FleetSystem.Matchmaker.Tests.Grpc;
using TicketStatus = FleetSystem.FleetModel.Matching.Tickets.TicketStatus;

namespace FleetSystem.Matchmaker.Tests.Tickets;

/// <summary>Events of tickets and of whole queues, as they happen, after a cut, and while the queue moves.</summary>
public sealed class TicketFeedTests : IAsyncLifetime
{
    private TestApi _api = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _api = await TestApi.StartAsync(("Matchmaker:MaxTicketStreams", "3"), ("Matchmaker:MaxQueueStreams", "2"));

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task Events_FromTheStart_EachAsItHappensInFlexMatchsTermsUntilTheTicketIsDone()
    {
        var id = await CreateAsync("alice");
        await using var events = ReadTicket(id).GetAsyncEnumerator(Cancelled);
        Assert.Equal(("1", "queued", null), await NextAsync(events));
        await FollowedAsync();
        _api.Queue.Become(id, TicketStatus.Searching);
        Assert.Equal(("2", "searching", "MatchmakingSearching"), await NextAsync(events));
        var asked = FakeQueue.Match("m-1", "alice") with { AcceptBy = FakeQueue.Start.AddSeconds(30) };
        _api.Queue.Become(id, TicketStatus.RequiresAcceptance, asked);
        Assert.Equal(("3", "requiresAcceptance", "PotentialMatchCreated"), await NextAsync(events));
        _api.Queue.Become(id, TicketStatus.Placing, asked);
        Assert.Equal(("4", "placing", "AcceptMatchCompleted"), await NextAsync(events));
        _api.Queue.Become(id, TicketStatus.Completed, asked with { Status = FleetModel.Matching.Tickets.MatchStatus.Completed, SessionId = "s-1" });
        Assert.Equal(("5", "completed", "MatchmakingSucceeded"), await NextAsync(events));
        var data = JsonNode.Parse(events.Current.Data)!;
        Assert.Equal(("m-1", "s-1", "red"), ((string?)data["matchId"], (string?)data["ticket"]!["match"]!["sessionId"], (string?)data["ticket"]!["players"]![0]!["team"]));
        Assert.False(await events.MoveNextAsync());
    }

    [Theory]
    [InlineData("1", "2,3")]
    [InlineData("3", "")]
    [InlineData("99", "")]
    [InlineData("nonsense", "1,2,3")]
    [InlineData(null, "1,2,3")]
    public async Task Events_AfterLastEventId_OnlyTheLaterOnes(string? last, string expected)
    {
        var id = await CreateAsync("alice");
        _api.Queue.Become(id, TicketStatus.Searching);
        _api.Queue.Become(id, TicketStatus.TimedOut);
        var seen = new List<string>();
        await foreach (var item in ReadTicket(id, last))
        {
            if (item.EventType != "heartbeat") seen.Add(item.EventId!);
        }

        Assert.Equal(expected, string.Join(',', seen));
    }

    [Fact]
    public async Task Events_ResumedWithNothingNew_AnsweredAtOnce()
    {
        var id = await CreateAsync("alice");
        await using var events = ReadTicket(id, "1").GetAsyncEnumerator(Cancelled);
        Assert.Equal("heartbeat", await events.MoveNextAsync() ? events.Current.EventType : null);
        await FollowedAsync();
        _api.Queue.Become(id, TicketStatus.Searching);
        Assert.Equal(("2", "searching", "MatchmakingSearching"), await NextAsync(events));
    }

    [Fact]
    public async Task Events_TheQueueMoves_NothingIsMissingAndNothingComesTwice()
    {
        var id = await CreateAsync("alice");
        await using var events = ReadTicket(id).GetAsyncEnumerator(Cancelled);
        await NextAsync(events);
        await FollowedAsync();

        // It dies with the news of this, and its successor starts with new ones; the first questions to it fail.
        _api.Queue.Become(id, TicketStatus.Searching, isTold: false);
        _api.Queue.FailNext(new QueueUnavailableException("it is being read"));
        _api.Queue.FailNext(new Orleans.Runtime.SiloUnavailableException("dead"));
        _api.Queue.Move();
        Assert.Equal(("2", "searching", "MatchmakingSearching"), await NextAsync(events));
        await FollowedAsync();
        _api.Queue.Become(id, TicketStatus.Cancelled);
        Assert.Equal(("3", "cancelled", "MatchmakingCancelled"), await NextAsync(events));
        Assert.False(await events.MoveNextAsync());
    }

    [Fact]
    public async Task Events_OneIsMissingAmongTheNews_TheTicketItselfIsAsked()
    {
        var id = await CreateAsync("alice");
        await using var events = ReadTicket(id).GetAsyncEnumerator(Cancelled);
        await NextAsync(events);
        await FollowedAsync();
        _api.Queue.Become(id, TicketStatus.Searching, isTold: false);
        _api.Queue.Become(id, TicketStatus.Failed, code: ErrorCodes.TicketNotMatchable, reason: "no latency");
        Assert.Equal(("2", "searching", "MatchmakingSearching"), await NextAsync(events));
        Assert.Equal(("3", "failed", "MatchmakingFailed"), await NextAsync(events));
        var data = JsonNode.Parse(events.Current.Data)!;
        Assert.Equal((ErrorCodes.TicketNotMatchable, "no latency"), ((string?)data["code"], (string?)data["ticket"]!["failure"]!["message"]));
    }

    [Fact]
    public async Task Events_ManyStreams_OneQuestionForNewsAndNoneForTickets()
    {
        var ids = new[] { await CreateAsync("alice"), await CreateAsync("bob"), await CreateAsync("carol") };
        var streams = ids.Select(id => ReadTicket(id).GetAsyncEnumerator(Cancelled)).ToList();
        foreach (var stream in streams) await NextAsync(stream);
        await FollowedAsync();
        while (Volatile.Read(ref _api.Queue.Gets) < 7) await Task.Yield();
        var asked = _api.Queue.Gets;
        foreach (var id in ids) _api.Queue.Become(id, TicketStatus.Searching);
        foreach (var stream in streams) Assert.Equal("2", (await NextAsync(stream)).Id);
        await FollowedAsync();
        Assert.Equal((1, asked), (_api.Queue.Listeners, _api.Queue.Gets));
        foreach (var stream in streams) await stream.DisposeAsync();
    }

    [Fact]
    public async Task Events_MoreStreamsThanMayBe_RefusedUntilOneEnds()
    {
        var id = await CreateAsync("alice");
        var streams = Enumerable.Range(0, 3).Select(_ => ReadTicket(id).GetAsyncEnumerator(Cancelled)).ToList();
        foreach (var stream in streams) await NextAsync(stream);
        using var refused = await _api.Http.GetAsync($"/v1/tickets/{id}/events", Cancelled);
        Assert.Equal((503, ErrorCodes.Unavailable), ((int)refused.StatusCode, (string?)(await refused.Content.ReadFromJsonAsync<JsonObject>(Cancelled))!["code"]));
        foreach (var stream in streams) await stream.DisposeAsync();

        // The host sees that a reader is gone a little after he has left.
        while (true)
        {
            using var again = await _api.Http.GetAsync($"/v1/tickets/{id}/events", HttpCompletionOption.ResponseHeadersRead, Cancelled);
            if (again.IsSuccessStatusCode) break;
        }
    }

    [Fact]
    public async Task Events_TheHostStops_StreamsEnd()
    {
        var id = await CreateAsync("alice");
        await using var events = ReadTicket(id).GetAsyncEnumerator(Cancelled);
        await NextAsync(events);
        var stopping = _api.StopAsync();
        Assert.False(await events.MoveNextAsync());
        await stopping;
    }

    [Fact]
    public async Task WatchTicket_OverGrpc_TheSameEventsAndAnEnd()
    {
        var id = await CreateAsync("alice");
        _api.Queue.Become(id, TicketStatus.Searching);
        using var call = _api.Tickets.WatchTicket(new WatchTicketRequest { TicketId = id, AfterSequence = 1 }, cancellationToken: Cancelled);
        Assert.True(await call.ResponseStream.MoveNext(Cancelled));
        Assert.Equal((2, "MatchmakingSearching", id), (call.ResponseStream.Current.Sequence, call.ResponseStream.Current.Type, call.ResponseStream.Current.Ticket.TicketId));
        await FollowedAsync();
        _api.Queue.Become(id, TicketStatus.Cancelled, reason: "enough");
        Assert.True(await call.ResponseStream.MoveNext(Cancelled));
        Assert.Equal("enough", call.ResponseStream.Current.Reason);
        Assert.False(await call.ResponseStream.MoveNext(Cancelled));
    }

    [Fact]
    public async Task QueueEvents_OfAllTickets_AndAfterACutThoseBetween()
    {
        var (alice, bob) = (await CreateAsync("alice"), await CreateAsync("bob"));
        await using var events = Read("/v1/queues/duel/events", null).GetAsyncEnumerator(Cancelled);
        Assert.Equal("heartbeat", await events.MoveNextAsync() ? events.Current.EventType : null);
        var first = events.MoveNextAsync();
        await FollowedAsync();
        _api.Queue.Become(alice, TicketStatus.Searching);
        Assert.True(await first);
        Assert.Equal((alice, "searching", "MatchmakingSearching"), ((string?)JsonNode.Parse(events.Current.Data)!["tickets"]![0]!["ticketId"], events.Current.EventType, (string?)JsonNode.Parse(events.Current.Data)!["type"]));
        var cursor = events.Current.EventId!;
        await events.DisposeAsync();

        _api.Queue.Become(bob, TicketStatus.Searching);
        _api.Queue.Become(bob, TicketStatus.Placing, FakeQueue.Match("m-1", "bob"));
        using var call = _api.Tickets.WatchQueue(new WatchQueueRequest { Queue = "duel", AfterCursor = cursor }, cancellationToken: Cancelled);
        var seen = new List<(string, long, string)>();
        while (seen.Count < 2)
        {
            Assert.True(await call.ResponseStream.MoveNext(Cancelled));
            var happened = call.ResponseStream.Current;
            seen.Add((happened.Tickets.Single().TicketId, happened.Tickets.Single().Sequence, happened.Match?.Teams[0].PlayerIds[0] ?? ""));
        }

        Assert.Equal([(bob, 2, ""), (bob, 3, "bob")], seen);
    }

    [Fact]
    public async Task QueueEvents_TicketsOfAMatch_OneEvent()
    {
        var (alice, bob, carol) = (await CreateAsync("alice"), await CreateAsync("bob"), await CreateAsync("carol"));
        await using var events = Read("/v1/queues/duel/events", null).GetAsyncEnumerator(Cancelled);
        Assert.Equal("heartbeat", await events.MoveNextAsync() ? events.Current.EventType : null);
        var first = events.MoveNextAsync();
        await FollowedAsync();
        _api.Queue.Tell(
            (alice, TicketStatus.Placing, FakeQueue.Match("m-1", "alice")), (bob, TicketStatus.Placing, FakeQueue.Match("m-1", "alice")), (carol, TicketStatus.Placing, FakeQueue.Match("m-2", "carol")));
        Assert.True(await first);
        var data = JsonNode.Parse(events.Current.Data)!;
        Assert.Equal(["m-1", alice, bob], data["tickets"]!.AsArray().Select(ticket => (string)ticket!["ticketId"]!).Prepend((string)data["matchId"]!));
        Assert.Null(events.Current.EventId);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal("m-2", (string?)JsonNode.Parse(events.Current.Data)!["matchId"]);
        Assert.Equal("1-3", events.Current.EventId);
    }

    [Fact]
    public async Task QueueEvents_TheQueueMoves_GapIsTold()
    {
        var alice = await CreateAsync("alice");
        await using var events = Read("/v1/queues/duel/events", null).GetAsyncEnumerator(Cancelled);
        Assert.Equal("heartbeat", await events.MoveNextAsync() ? events.Current.EventType : null);
        var first = events.MoveNextAsync();
        await FollowedAsync();
        _api.Queue.Move();
        Assert.True(await first);
        Assert.Equal("gap", events.Current.EventType);
        await FollowedAsync();
        _api.Queue.Become(alice, TicketStatus.Searching);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal("searching", events.Current.EventType);
    }

    [Fact]
    public async Task QueueEvents_UnknownQueue_NotFound()
    {
        using var refused = await _api.Http.GetAsync("/v1/queues/nope/events", Cancelled);
        Assert.Equal((404, ErrorCodes.UnknownQueue), ((int)refused.StatusCode, (string?)(await refused.Content.ReadFromJsonAsync<JsonObject>(Cancelled))!["code"]));
    }

    /// <summary>Waits until the host has asked for news and waits for them.</summary>
    private async Task FollowedAsync()
    {
        while (Volatile.Read(ref _api.Queue.Listeners) < 1)
        {
            Cancelled.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private async Task<string> CreateAsync(string player)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/tickets") { Content = JsonContent.Create(new { queue = "duel", players = new[] { new { id = player } } }) };
        request.Headers.Add("Idempotency-Key", player);
        using var response = await _api.Http.SendAsync(request, Cancelled);
        Assert.Equal(201, (int)response.StatusCode);
        return (string)(await response.Content.ReadFromJsonAsync<JsonObject>(Cancelled))!["ticketId"]!;
    }

    private IAsyncEnumerable<SseItem<string>> ReadTicket(string id, string? last = null) => Read($"/v1/tickets/{id}/events", last);

    private async IAsyncEnumerable<SseItem<string>> Read(string path, string? last)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (last is not null) request.Headers.Add("Last-Event-ID", last);
        using var response = await _api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        Assert.Equal((200, "text/event-stream"), ((int)response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        await using var stream = await response.Content.ReadAsStreamAsync(Cancelled);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(Cancelled)) yield return item;
    }

    private static async Task<(string? Id, string Status, string? Type)> NextAsync(IAsyncEnumerator<SseItem<string>> events)
    {
        Assert.True(await events.MoveNextAsync());
        return (events.Current.EventId, events.Current.EventType, (string?)JsonNode.Parse(events.Current.Data)!["type"]);
    }
}
