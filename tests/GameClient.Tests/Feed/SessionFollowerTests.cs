using System.Net;
using FleetSystem.GameClient.Tests.Time;
using FleetSystem.GameClient.Tests.Transport;

namespace FleetSystem.GameClient.Tests.Feed;

public sealed class SessionFollowerTests : IDisposable
{
    private const string Second =
        """[{"playerId":"p1","routes":[{"kind":"direct","addresses":["198.51.100.9"],"port":9}],"joinToken":"other"},{"playerId":"p2","routes":[{"kind":"direct","addresses":["198.51.100.9"],"port":7002}],"joinToken":"second"}]""";

    private readonly TransportFixture _player = new();
    private readonly FakeService _service = new();
    private readonly HttpClient _http;
    private readonly ManualClock _clock = new();
    private readonly SessionFollower _follower;
    private readonly SemaphoreSlim _changed = new(0);

    public SessionFollowerTests()
    {
        _http = new HttpClient(_service);
        _follower = new SessionFollower(_player.Transport, new SessionEventFeed(_http, FakeService.Api, "s-1", null, _clock, seed: 1));
        _follower.Changed += (_, _) => _changed.Release();
    }

    public void Dispose()
    {
        _follower.Dispose();
        _player.Dispose();
        _http.Dispose();
        _changed.Dispose();
    }

    [Fact]
    public async Task Follow_SessionIsReplaced_PlayerJoinsTheNextServerWithItsOwnToken()
    {
        _player.Play(1);
        var stream = (await _service.NextAsync()).Stream();

        stream.Event(4, "allocated", 2, Second);
        await _changed.WaitAsync(TestContext.Current.CancellationToken);
        _player.Play(1);

        Assert.Equal((TransportState.Joined, 2, 7002), (_player.Status.State, _player.Status.Connection.Incarnation, _player.Status.Current.Port));
        Assert.Equal("second", _player.Server.Joins[^1].Token);
        Assert.Equal(("allocated", 4), (_follower.Last!.State, _follower.Last.Sequence));
    }

    [Fact]
    public async Task Follow_SessionHoldsNoServer_PlayerGoesOnAsItCan()
    {
        _player.Play(1);
        (await _service.NextAsync()).Stream().Event(3, "lost");
        await _changed.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal((TransportState.Joined, "lost"), (_player.Status.State, _follower.Last!.State));
    }

    [Fact]
    public async Task Follow_ServiceRefuses_PlayerGoesOnWithWhatItHas()
    {
        (await _service.NextAsync()).Refuse(HttpStatusCode.NotFound);

        Assert.Equal(FeedEnd.Refused, await _follower.Completion);
        _player.Play(1);
        Assert.Equal(TransportState.Joined, _player.Transport.State);
    }

    [Fact]
    public async Task Follow_TransportIsGone_Ends()
    {
        var stream = (await _service.NextAsync()).Stream();
        _player.Transport.Dispose();

        stream.Event(4, "allocated", 2, Second);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _follower.Completion);
        await stream.Closed;
    }

    [Fact]
    public async Task Dispose_Following_EndsTheStreamAndLeavesTheTransport()
    {
        var stream = (await _service.NextAsync()).Stream();
        stream.Event(1);
        await _changed.WaitAsync(TestContext.Current.CancellationToken);

        _follower.Dispose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _follower.Completion);
        await stream.Closed;
        _player.Play(1);
        Assert.Equal(TransportState.Joined, _player.Transport.State);
    }
}
