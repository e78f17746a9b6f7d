using System.Net;
using System.Threading.Channels;
using FleetSystem.GameClient.Tests.Time;

namespace FleetSystem.GameClient.Tests.Feed;

public sealed class SessionEventFeedTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private readonly FakeService _service = new();
    private readonly HttpClient _http;
    private readonly Channel<SessionEvent> _events = Channel.CreateUnbounded<SessionEvent>();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task<FeedEnd> _running;

    public SessionEventFeedTests()
    {
        _http = new HttpClient(_service);
        var feed = new SessionEventFeed(_http, FakeService.Api, "s-1", new SessionEventFeedOptions { RetryAfterMax = TimeSpan.FromSeconds(8) }, _clock, seed: 1);
        _running = feed.RunAsync(happened => _events.Writer.TryWrite(happened), _stop.Token);
    }

    public ValueTask InitializeAsync() => default;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await ((Task)_running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _http.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task RunAsync_StreamIsCut_GoesOnBehindTheLastEvent()
    {
        var first = await _service.NextAsync();
        Assert.Equal(("GET", "/v1/sessions/s-1/events", null), (first.Method, first.Url.AbsolutePath, first.LastEventId));
        var stream = first.Stream();
        stream.Event(1, "allocated");
        stream.Event(2);
        await NextAsync();
        Assert.Equal((2, "playable"), ((await NextAsync()) is var second ? (second.Sequence, second.State) : default));
        stream.End(new IOException("cut"));

        var again = await AfterPauseAsync();
        Assert.Equal("2", again.LastEventId);
        stream = again.Stream();
        stream.Event(2);
        stream.Event(3, "lost", 2);

        Assert.Equal(3, (await NextAsync()).Sequence);
    }

    [Fact]
    public async Task RunAsync_PlayersToken_IsAskedForBeforeEachStream()
    {
        await _service.NextAsync();
        var asked = 0;
        var feed = new SessionEventFeed(_http, FakeService.Api, "s-2", new SessionEventFeedOptions { PlayerToken = _ => Task.FromResult($"token-{++asked}") }, _clock, seed: 1);
        var running = feed.RunAsync(_ => { }, _stop.Token);
        var first = await _service.NextAsync();
        Assert.Equal("Bearer token-1", first.Authorization);
        first.Stream().End(new IOException("cut"));
        Assert.Equal("Bearer token-2", (await AfterPauseAsync()).Authorization);
        await _stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task RunAsync_StreamEndedWithItsToken_GoesOnWithAFreshOneBehindTheLastEvent()
    {
        await _service.NextAsync();
        var asked = 0;
        var feed = new SessionEventFeed(_http, FakeService.Api, "s-2", new SessionEventFeedOptions { PlayerToken = _ => Task.FromResult($"token-{++asked}") }, _clock, seed: 1);
        var running = feed.RunAsync(happened => _events.Writer.TryWrite(happened), _stop.Token);
        var stream = (await _service.NextAsync()).Stream();
        stream.Event(1);
        await NextAsync();
        stream.Write("event: credentialEnded\ndata: {\"code\":\"credential-expired\"}\n\n");
        var second = await AfterPauseAsync();
        Assert.Equal(("Bearer token-2", "1"), (second.Authorization, second.LastEventId));

        // One that comes too late is asked for once more; a player who is refused again is.
        second.Refuse(HttpStatusCode.Unauthorized);
        var third = await AfterPauseAsync();
        Assert.Equal("Bearer token-3", third.Authorization);
        third.Refuse(HttpStatusCode.Unauthorized);
        Assert.Equal(FeedEnd.Refused, await running);
        await _stop.CancelAsync();
    }

    [Fact]
    public async Task RunAsync_RoutesOrderedAnew_ToldThoughItRepeatsTheNewestEvent()
    {
        var stream = (await _service.NextAsync()).Stream();
        stream.Event(1, "allocated");
        Assert.False((await NextAsync()).IsRoutesChanged);
        stream.RoutesChanged(1);
        stream.RoutesChanged(1);
        Assert.Equal((1, true), (await NextAsync()) is var told ? (told.Sequence, told.IsRoutesChanged) : default);
        Assert.True((await NextAsync()).IsRoutesChanged);
        stream.End(new IOException("cut"));

        Assert.Equal("1", (await AfterPauseAsync()).LastEventId);
    }

    [Fact]
    public async Task RunAsync_SessionIsOver_Ends()
    {
        var stream = (await _service.NextAsync()).Stream();
        stream.Event(1);
        stream.Event(2, "ended");

        Assert.Equal(FeedEnd.SessionClosed, await _running);
        await stream.Closed;
        Assert.Single(_service.All);
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.BadRequest)]
    public async Task RunAsync_Refused_EndsInsteadOfAskingForEver(HttpStatusCode status)
    {
        (await _service.NextAsync()).Refuse(status);
        Assert.Equal(FeedEnd.Refused, await _running);
    }

    [Fact]
    public async Task RunAsync_ServiceIsBusy_WaitsAsItAsks()
    {
        (await _service.NextAsync()).Refuse(HttpStatusCode.ServiceUnavailable, TimeSpan.FromSeconds(5));
        await PausedAsync(5);
        _clock.Advance(4900);
        Assert.Single(_service.All);
        _clock.Advance(100);
        (await _service.NextAsync()).Refuse(HttpStatusCode.TooManyRequests, TimeSpan.FromHours(5));
        await PausedAsync(8);
        _clock.Advance(8000);
        await _service.NextAsync();
    }

    [Fact]
    public async Task RunAsync_ServiceIsDown_WaitsLongerEachTimeUpToTheBound()
    {
        double[] bounds = [0.25, 0.5, 1, 2, 4, 8, 8, 8];
        foreach (var bound in bounds)
        {
            (await _service.NextAsync()).Reply.SetException(new HttpRequestException("down"));
            await PausedAsync(bound);
            _clock.Advance(TimeSpan.FromSeconds(bound));
        }

        await _service.NextAsync();
        Assert.Equal(bounds.Length + 1, _service.All.Count);
    }

    [Fact]
    public async Task RunAsync_StreamFallsSilent_IsOpenedAgain()
    {
        var stream = (await _service.NextAsync()).Stream();
        stream.Event(1);
        await NextAsync();
        await PausedAsync(45);

        _clock.Advance(TimeSpan.FromSeconds(45));

        await stream.Closed;
        Assert.Equal("1", (await AfterPauseAsync()).LastEventId);
    }

    [Fact]
    public async Task RunAsync_NoAnswerInTime_AsksAgain()
    {
        await _service.NextAsync();
        _clock.Advance(TimeSpan.FromSeconds(10));
        await AfterPauseAsync();
    }

    [Fact]
    public async Task RunAsync_Nonsense_AsksAgain()
    {
        (await _service.NextAsync()).Stream().Write("data: {\"sequence\":\n\n");
        await AfterPauseAsync();
    }

    [Fact]
    public async Task RunAsync_Cancelled_ClosesTheStream()
    {
        var stream = (await _service.NextAsync()).Stream();
        stream.Event(1);
        await NextAsync();

        await _stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _running);
        await stream.Closed;
    }

    private async Task<SessionEvent> NextAsync() => await _events.Reader.ReadAsync(TestContext.Current.CancellationToken);

    private async Task<FakeRequest> AfterPauseAsync()
    {
        await PausedAsync(0.5);
        _clock.Advance(500);
        return await _service.NextAsync();
    }

    /// <summary>Until the feed waits for the clock.</summary>
    private Task PausedAsync(double secondsAtMost) => _clock.UntilWaitingAsync(TimeSpan.FromSeconds(secondsAtMost), TestContext.Current.CancellationToken);
}
