using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.Matchmaker.Tests.Api;

/// <summary>A session's events over HTTP, as they happen and after a cut.</summary>
[Collection(ApiTests.Name)]
public sealed class EventFeedTests(ApiFixture api)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_FromTheStart_EachAsItHappensUntilTheEnd()
    {
        var id = await Create("events");
        var events = Read(id).GetAsyncEnumerator(Cancelled);
        Assert.Equal(("1", "allocating"), await Next(events));
        Assert.Equal(("2", "allocated"), await Next(events));

        // Nothing more has happened: the next one comes when it does.
        var playable = Next(events);
        Assert.False(playable.IsCompleted);
        api.Script.Change(id, session => SessionTransitions.Acknowledged(session, 1, session.CreatedAt));
        Assert.Equal(("3", "playable"), await playable);
        api.Script.Change(id, session => SessionTransitions.Ended(session, "over", session.CreatedAt));
        Assert.Equal(("4", "ended"), await Next(events));
        Assert.False(await events.MoveNextAsync());
    }

    [Theory]
    [InlineData("1", "2,3")]
    [InlineData("3", "")]
    [InlineData("99", "")]
    [InlineData("nonsense", "1,2,3")]
    [InlineData("-1", "1,2,3")]
    [InlineData(null, "1,2,3")]
    public async Task Events_AfterLastEventId_OnlyTheLaterOnes(string? last, string expected)
    {
        var id = await Create($"resume-{last}");
        api.Script.Change(id, session => SessionTransitions.Ended(session, "over", session.CreatedAt));
        var seen = new List<string>();
        await foreach (var item in Read(id, last)) seen.Add(item.EventId!);
        Assert.Equal(expected, string.Join(',', seen));
    }

    [Fact]
    public async Task Events_RoutesOrderedAnew_ToldWithoutAnIdAndWithTheSessionNow()
    {
        var id = await Create("rerouted");
        var events = Read(id).GetAsyncEnumerator(Cancelled);
        await Next(events);
        await Next(events);
        var next = Next(events);
        api.Script.Reroute(id);
        Assert.Equal("routesChanged", (await next).Type);
        var data = JsonNode.Parse(events.Current.Data)!;
        Assert.Equal((2, "allocated", "accelerator"), ((int)data["sequence"]!, (string?)data["state"], (string?)data["session"]!["connections"]![0]!["routes"]![0]!["kind"]));
        Assert.Null(events.Current.EventId);
        api.Script.Change(id, session => SessionTransitions.Ended(session, "over", session.CreatedAt));
        Assert.Equal(("3", "ended"), await Next(events));
    }

    [Fact]
    public async Task Events_AfterTheNewestOfAnOpenSession_RoutesAsTheyStandAndThenWhatHappens()
    {
        var id = await Create("resumed");
        var events = Read(id, "2").GetAsyncEnumerator(Cancelled);
        Assert.Equal("routesChanged", (await Next(events)).Type);
        api.Script.Change(id, session => SessionTransitions.Ended(session, "over", session.CreatedAt));
        Assert.Equal(("3", "ended"), await Next(events));
        Assert.False(await events.MoveNextAsync());
    }

    [Fact]
    public async Task Events_Data_SaysWhatHappenedAndTheSessionNow()
    {
        var id = await Create("data");
        api.Script.Change(id, session => SessionTransitions.Ended(session, "over", session.CreatedAt));
        SseItem<string> last = default;
        await foreach (var item in Read(id)) last = item;
        var data = JsonNode.Parse(last.Data)!.AsObject();
        Assert.Equal(["sequence", "at", "state", "incarnation", "reason", "session"], data.Select(field => field.Key));
        Assert.Equal((3, "ended", "over", id, "ended"), ((int)data["sequence"]!, (string?)data["state"], (string?)data["reason"], (string?)data["session"]!["sessionId"], (string?)data["session"]!["state"]));
    }

    [Fact]
    public async Task Events_NothingHappens_AHeartbeatAtEveryInterval()
    {
        var id = await Create("quiet");
        var events = Read(id).GetAsyncEnumerator(Cancelled);
        await Next(events);
        await Next(events);
        for (var beat = 0; beat < 3; beat++)
        {
            var next = Next(events);
            while (!next.IsCompleted)
            {
                api.FeedClock.Advance(TimeSpan.FromSeconds(1));
                await Task.WhenAny(next, Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, Cancelled));
            }

            Assert.Equal("heartbeat", (await next).Type);
        }
    }

    [Fact]
    public async Task Events_ClientGone_TheNextOneIsServed()
    {
        var id = await Create("gone");
        for (var i = 0; i < 20; i++)
        {
            await using var events = Read(id).GetAsyncEnumerator(Cancelled);
            Assert.Equal(("1", "allocating"), await Next(events));
        }
    }

    private async Task<string> Create(string key)
    {
        var answer = await api.Post($"feed-{key}", """{"fleet":"arena","players":[{"id":"p1"}]}""");
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        return (string)answer.Body!["sessionId"]!;
    }

    private async IAsyncEnumerable<SseItem<string>> Read(string id, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/sessions/{id}/events");
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        using var response = await api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        await using var stream = await response.Content.ReadAsStreamAsync(Cancelled);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(Cancelled)) yield return item;
    }

    private static async Task<(string? Id, string Type)> Next(IAsyncEnumerator<SseItem<string>> events)
    {
        Assert.True(await events.MoveNextAsync());
        return (events.Current.EventId, events.Current.EventType);
    }
}
