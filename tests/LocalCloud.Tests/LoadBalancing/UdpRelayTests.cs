using System.Net;
using System.Net.Sockets;
using FleetSystem.LocalCloud.LoadBalancing;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.LocalCloud.Tests.LoadBalancing;

public sealed class UdpRelayTests
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    [Fact]
    public async Task Forward_TwoPlayers_EachGetsItsOwnAnswersFromTheSocketItSentTo()
    {
        using var server = new UdpPeer();
        await using var relay = new UdpRelay(new RelayOptions(), TimeProvider.System);
        var way = Listen(relay, server).LocalEndPoint;
        using var first = new UdpPeer();
        using var second = new UdpPeer();

        await first.SendAsync("first", way);
        var (firstText, firstFrom) = await server.ReceiveAsync();
        await second.SendAsync("second", way);
        var (secondText, secondFrom) = await server.ReceiveAsync();
        await server.SendAsync("to second", secondFrom);
        await server.SendAsync("to first", firstFrom);

        Assert.Equal(("first", "second"), (firstText, secondText));
        Assert.NotEqual(firstFrom, secondFrom);
        Assert.Equal(("to first", way), await first.ReceiveAsync());
        Assert.Equal(("to second", way), await second.ReceiveAsync());
        Assert.Equal(2, relay.Counters.Sessions);
    }

    [Fact]
    public async Task Forward_SamePlayerAgain_ComesFromTheSameSocket()
    {
        using var server = new UdpPeer();
        await using var relay = new UdpRelay(new RelayOptions(), TimeProvider.System);
        var way = Listen(relay, server).LocalEndPoint;
        using var player = new UdpPeer();

        await player.SendAsync("1", way);
        await player.SendAsync("2", way);

        Assert.Equal((await server.ReceiveAsync()).From, (await server.ReceiveAsync()).From);
        Assert.Equal(1, relay.Counters.Sessions);
    }

    [Fact]
    public async Task Forward_CutAndRestored_NothingPassesEitherWayMeanwhile()
    {
        using var server = new UdpPeer();
        await using var relay = new UdpRelay(new RelayOptions(), TimeProvider.System);
        var faults = new RelayFaults(1);
        var way = Listen(relay, server, faults).LocalEndPoint;
        using var player = new UdpPeer();
        await player.SendAsync("before", way);
        var (_, playerAtServer) = await server.ReceiveAsync();

        faults.IsCut = true;
        await player.SendAsync("lost on the way there", way);
        await server.SendAsync("lost on the way back", playerAtServer);
        await UntilAsync(() => relay.Counters.Faulted == 2);
        faults.IsCut = false;
        await player.SendAsync("after", way);
        await server.SendAsync("answer", playerAtServer);

        Assert.Equal("after", (await server.ReceiveAsync()).Text);
        Assert.Equal("answer", (await player.ReceiveAsync()).Text);
    }

    [Fact]
    public async Task EndIdleSessions_UnusedForTheIdleTime_EndsAndAUsedOneStays()
    {
        var clock = new FakeTimeProvider();
        using var server = new UdpPeer();
        await using var relay = new UdpRelay(new RelayOptions { IdleTimeout = TimeSpan.FromSeconds(40) }, clock);
        var way = Listen(relay, server).LocalEndPoint;
        using var idle = new UdpPeer();
        using var used = new UdpPeer();
        await idle.SendAsync("idle", way);
        await server.ReceiveAsync();
        await used.SendAsync("used", way);
        var (_, usedAtServer) = await server.ReceiveAsync();

        clock.Advance(TimeSpan.FromSeconds(30));
        await server.SendAsync("an answer counts as use", usedAtServer);
        await used.ReceiveAsync();
        clock.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(1, relay.Counters.Sessions);
        await used.SendAsync("still", way);
        Assert.Equal(("still", usedAtServer), await server.ReceiveAsync());
    }

    [Fact]
    public async Task Forward_BeyondTheLimitOfSessions_NewPlayerIsRefusedAndOldOnesStay()
    {
        using var server = new UdpPeer();
        await using var relay = new UdpRelay(new RelayOptions { SessionsMax = 1 }, TimeProvider.System);
        var way = Listen(relay, server).LocalEndPoint;
        using var first = new UdpPeer();
        using var second = new UdpPeer();
        await first.SendAsync("first", way);
        await server.ReceiveAsync();

        await second.SendAsync("second", way);
        await UntilAsync(() => relay.Counters.Refused == 1);
        await first.SendAsync("first again", way);

        Assert.Equal("first again", (await server.ReceiveAsync()).Text);
        Assert.Equal(1, relay.Counters.Sessions);
    }

    [Fact]
    public async Task Forward_DatagramOverTheLimit_DroppedWholeAndOneAtTheLimitPasses()
    {
        using var server = new UdpPeer();
        await using var relay = new UdpRelay(new RelayOptions { DatagramBytesMax = 1200 }, TimeProvider.System);
        var way = Listen(relay, server).LocalEndPoint;
        using var player = new UdpPeer();

        await player.SendAsync(new byte[1201], way);
        await player.SendAsync(new byte[65_507], way);
        await player.SendAsync(new byte[1200], way);

        Assert.Equal(1200, (await server.ReceiveBytesAsync()).Datagram.Length);
        Assert.Equal(2, relay.Counters.Oversized);
        Assert.Equal(0, server.Waiting);
    }

    [Fact]
    public async Task Forward_HalfIsLost_SameSeedLosesTheSameDatagrams()
    {
        async Task<List<string>> RunAsync(int seed)
        {
            using var server = new UdpPeer();
            await using var relay = new UdpRelay(new RelayOptions(), TimeProvider.System);
            var faults = new RelayFaults(seed) { LossRatio = 0.5 };
            var way = Listen(relay, server, faults).LocalEndPoint;
            using var player = new UdpPeer();
            for (var i = 0; i < 100; i++)
                await player.SendAsync($"{i}", way);
            await UntilAsync(() => relay.Counters.Faulted + relay.Counters.Forwarded == 100);

            var arrived = new List<string>();
            while (server.Waiting > 0)
                arrived.Add((await server.ReceiveAsync()).Text);
            return arrived;
        }

        var first = await RunAsync(seed: 7);

        Assert.InRange(first.Count, 30, 70);
        Assert.Equal(first, await RunAsync(seed: 7));
        Assert.NotEqual(first, await RunAsync(seed: 8));
    }

    [Fact]
    public async Task Forward_Delayed_ArrivesOnlyWhenTheClockSays()
    {
        var clock = new FakeTimeProvider();
        using var server = new UdpPeer();
        await using var relay = new UdpRelay(new RelayOptions { DelayedDatagramsMax = 1 }, clock);
        var faults = new RelayFaults(1) { Delay = TimeSpan.FromMilliseconds(80) };
        var way = Listen(relay, server, faults).LocalEndPoint;
        using var player = new UdpPeer();

        await player.SendAsync("late", way);
        await player.SendAsync("beyond the limit", way);
        await UntilAsync(() => relay.Counters.Refused == 1);
        clock.Advance(TimeSpan.FromMilliseconds(79));
        Assert.Equal(0, relay.Counters.Forwarded);
        clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal("late", (await server.ReceiveAsync()).Text);
        Assert.Equal(0, server.Waiting);
    }

    [Fact]
    public async Task Forward_ServerGoneAndBack_SameSessionCarriesOn()
    {
        var server = new UdpPeer();
        await using var relay = new UdpRelay(new RelayOptions(), TimeProvider.System);
        var way = Listen(relay, server).LocalEndPoint;
        using var player = new UdpPeer();
        await player.SendAsync("one", way);
        var (_, before) = await server.ReceiveAsync();

        server.Dispose();
        await player.SendAsync("nobody listens", way);
        await UntilAsync(() => relay.Counters.Unsent == 1);
        using var again = new UdpPeer(port: server.EndPoint.Port);
        await player.SendAsync("two", way);

        Assert.Equal(("two", before), await again.ReceiveAsync());
    }

    [Fact]
    public async Task Dispose_WithSessions_EveryPortIsFreeAgain()
    {
        using var server = new UdpPeer();
        var relay = new UdpRelay(new RelayOptions(), TimeProvider.System);
        var way = Listen(relay, server).LocalEndPoint;
        using var player = new UdpPeer();
        await player.SendAsync("one", way);
        var (_, session) = await server.ReceiveAsync();

        await relay.DisposeAsync();

        using var front = new UdpPeer(port: way.Port);
        using var upstream = new UdpPeer(session.Address.ToString(), session.Port);
        Assert.Equal(0, relay.Counters.Sessions);
        Assert.Equal(0, relay.Listeners);
    }

    [Fact]
    public async Task Listen_PortInUse_ErrorNamesTheAddressAndWhatToDo()
    {
        using var busy = new UdpPeer();
        await using var relay = new UdpRelay(new RelayOptions(), TimeProvider.System);

        var error = Assert.Throws<SocketException>(() => relay.Listen(busy.EndPoint, new FixedRouter(new RelayTarget(busy.EndPoint)), new RelayFaults(1)));

        Assert.Contains(busy.EndPoint.ToString(), error.Message);
        Assert.Contains("configure another", error.Message);
    }

    /// <summary>Waits for what another thread does; a condition that never holds ends with the test's deadline.</summary>
    internal static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10), TimeProvider.System);
        while (!condition())
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static RelayListener Listen(UdpRelay relay, UdpPeer server, RelayFaults? faults = null) =>
        relay.Listen(AnyPort, new FixedRouter(new RelayTarget(server.EndPoint)), faults ?? new RelayFaults(1));
}
