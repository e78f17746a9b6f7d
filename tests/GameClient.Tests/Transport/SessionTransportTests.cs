using FleetSystem.GameClient.Tests.Time;
using static FleetSystem.GameClient.Tests.Transport.TransportFixture;

namespace FleetSystem.GameClient.Tests.Transport;

/// <summary>Joining, sending and receiving.</summary>
public sealed class SessionTransportTests
{
    [Fact]
    public void Join_FirstRouteWorks_JoinsThereAndNowhereElse()
    {
        using var player = new TransportFixture();
        Assert.Equal(TransportState.Joining, player.Transport.State);
        Assert.False(player.Transport.TrySend("G"u8));

        player.Play(1);

        var join = Assert.Single(player.Server.Joins);
        Assert.Equal("join-token", join.Token);
        Assert.Contains(join.Host, new[] { First, Second });
        Assert.Equal((TransportState.Joined, RouteKind.Accelerator, 0), (player.Status.State, player.Status.Current.Kind, player.Status.PathChanges));
        Assert.True(player.Answers > 40);
    }

    [Fact]
    public void Join_ManyPlayers_AreSpreadOverARoutesAddresses()
    {
        var clock = new ManualClock();
        var network = new FakeNetwork(clock, 1) { Server = new FakeGameServer().Answer };
        for (var i = 0; i < 100; i++)
        {
            using var transport = new SessionTransport(Connection(player: $"player-{i}"), new FakeHandshake(), null, clock, network, () => 1);
            clock.Advance(100);
            Assert.Equal(TransportState.Joined, transport.State);
        }

        Assert.InRange(network[First].Sent.Count(sent => sent.Datagram[0] == 'J'), 30, 70);
        Assert.Equal(0, network.Open);
    }

    [Fact]
    public void Join_NotAnswered_IsRepeatedSlowerWithTheSameNonce()
    {
        using var player = new TransportFixture(server: new FakeGameServer { JoinAnswer = "r\u0001"u8.ToArray() });

        player.Play(10);

        Assert.Equal((TransportState.Joining, 1), (player.Status.State, player.Status.Code));
        Assert.Single(player.Server.Joins.Select(join => join.Nonce).Distinct());
        Assert.InRange(player.Server.Joins.Count, 10, 13);

        player.Server.JoinAnswer = null;
        player.Play(1.1);
        Assert.Equal(TransportState.Joined, player.Status.State);
    }

    [Fact]
    public void Join_RefusedForGood_StopsUntilAFreshTokenComes()
    {
        using var player = new TransportFixture(server: new FakeGameServer { JoinAnswer = "r\u0004"u8.ToArray() });
        player.Play(10);
        Assert.Equal((TransportState.Refused, 4), (player.Status.State, player.Status.Code));
        Assert.Single(player.Server.Joins);
        var sent = player.Status.Sent;
        player.Play(10);
        Assert.Equal(sent, player.Status.Sent);

        player.Server.JoinAnswer = null;
        Assert.True(player.Transport.Apply(Connection(token: "fresh")));
        player.Play(1);

        Assert.Equal(TransportState.Joined, player.Status.State);
        Assert.Equal("fresh", player.Server.Joins[^1].Token);
        Assert.NotEqual(player.Server.Joins[0].Nonce, player.Server.Joins[1].Nonce);
    }

    [Fact]
    public void Receive_ServerForgotThePlayer_JoinsAnew()
    {
        using var player = new TransportFixture();
        player.Play(1);

        player.Server.InputAnswer = "u"u8.ToArray();
        player.Play(1);

        Assert.Equal(TransportState.Joined, player.Status.State);
        Assert.Equal(2, player.Server.Joins.Select(join => join.Nonce).Distinct().Count());
    }

    [Fact]
    public void Receive_ServerCloses_SendsNothingAnyMore()
    {
        using var player = new TransportFixture();
        player.Play(1);

        player.Server.InputAnswer = "c\u0002"u8.ToArray();
        player.Play(1);

        Assert.Equal((TransportState.Closed, 2), (player.Status.State, player.Status.Code));
        var sent = player.Status.Sent;
        player.Play(10);
        Assert.Equal((sent, 0), (player.Status.Sent, player.Status.PathChanges));
    }

    [Fact]
    public void Receive_ForeignDatagrams_AreNeitherHandedOnNorASignOfLife()
    {
        using var player = new TransportFixture();
        player.Play(1);
        player.Network.Server = (address, datagram) => address.Host is First or Second ? [(byte)'x', .. new byte[20]] : player.Server.Answer(address, datagram);

        player.Play(2);

        Assert.Equal(RouteKind.NetworkLoadBalancer, player.Status.Current.Kind);
    }

    [Fact]
    public void Send_LoadBalancer_CarriesTheRoutingTokenBehindEachDatagramAndOthersDoNot()
    {
        using var player = new TransportFixture();
        player.Play(1);
        player.CutAccelerator();
        player.Play(3);

        Assert.All(player.Network[LoadBalancer].Sent, sent => Assert.Equal(RoutingToken, sent.Datagram[^8..]));
        Assert.Contains(player.Network[LoadBalancer].Sent, sent => sent.Datagram.AsSpan(..^8).SequenceEqual("G input"u8));
        Assert.Contains(player.Network[First].Sent.Concat(player.Network[Second].Sent), sent => sent.Datagram.AsSpan().SequenceEqual("G input"u8));
    }

    [Fact]
    public void Send_TooLongOrEmpty_Throws()
    {
        using var player = new TransportFixture();
        player.Play(0.1);
        Assert.True(player.Transport.TrySend(new byte[1200]));
        Assert.Throws<ArgumentException>(() => player.Transport.TrySend(new byte[1201]));
        Assert.Throws<ArgumentException>(() => player.Transport.TrySend([]));
    }

    [Fact]
    public void TryReceive_GameDoesNotTakeThem_KeepsTheNewestAndCounts()
    {
        using var player = new TransportFixture(options: new SessionTransportOptions { ReceiveQueueLength = 3 });
        player.Play(0.2);
        player.Settle();
        var dropped = player.Status.Dropped;
        foreach (var number in "12345") player.Transport.TrySend([(byte)'G', (byte)number]);
        player.Clock.Advance(100);

        var buffer = new byte[2];
        var received = new List<char>();
        while (player.Transport.TryReceive(buffer, out var length)) received.Add((char)buffer[length - 1]);

        Assert.Equal(['3', '4', '5'], received);
        Assert.Equal(2, player.Status.Dropped - dropped);
    }

    [Fact]
    public void TryReceive_BufferTooSmall_ThrowsAndKeepsTheDatagram()
    {
        using var player = new TransportFixture();
        player.Play(0.2);
        player.Settle();
        player.Transport.TrySend("Gabc"u8);
        player.Clock.Advance(100);

        Assert.Throws<ArgumentException>(() => player.Transport.TryReceive(new byte[3], out _));
        Assert.True(player.Transport.TryReceive(new byte[4], out var length));
        Assert.Equal(4, length);
    }

    [Fact]
    public async Task ReceiveAsync_DatagramCancellationAndEnd_EachWakeIt()
    {
        using var player = new TransportFixture();
        player.Play(0.2);
        player.Settle();
        var buffer = new byte[1200];

        var waiting = player.Transport.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        player.Transport.TrySend("Gabc"u8);
        player.Clock.Advance(100);
        Assert.Equal(4, await waiting);

        using var cancelled = new CancellationTokenSource();
        waiting = player.Transport.ReceiveAsync(buffer, cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);

        waiting = player.Transport.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        player.Transport.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await waiting);
    }

    [Fact]
    public async Task Changed_StateAndPath_AreToldOfOnTheContextOfTheMaker()
    {
        var context = new RecordingContext();
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(context);
        TransportFixture player;
        try
        {
            player = new TransportFixture();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        var states = new List<(TransportState, RouteKind)>();
        player.Transport.Changed += (_, _) => states.Add((player.Status.State, player.Status.Current.Kind));
        player.Play(1);
        Assert.Empty(states);
        context.Run();
        player.CutAccelerator();
        player.Play(2);
        context.Run();
        player.Dispose();
        context.Run();

        Assert.Equal(
            [(TransportState.Joined, RouteKind.Accelerator), (TransportState.Joined, RouteKind.NetworkLoadBalancer), (TransportState.Disposed, RouteKind.NetworkLoadBalancer)],
            states);
        await Task.CompletedTask;
    }

    [Fact]
    public void Dispose_Always_ClosesEverySocketAndTheTimer()
    {
        var player = new TransportFixture();
        player.Play(1);
        Assert.Equal(4, player.Network.Open);

        player.Transport.Dispose();
        player.Transport.Dispose();

        Assert.Equal(0, player.Network.Open);
        player.Clock.Advance(10_000);
        Assert.Equal(TransportState.Disposed, player.Transport.State);
        Assert.False(player.Transport.TrySend("G"u8));
        Assert.Throws<ObjectDisposedException>(() => player.Transport.Apply(Connection(2)));
    }

    [Fact]
    public void Constructor_OptionsOutOfRange_SaysAllOfThem()
    {
        var fault = Assert.Throws<ArgumentException>(() => new TransportFixture(options: new SessionTransportOptions
        {
            SilenceTimeout = TimeSpan.FromSeconds(3),
            ProbeInterval = TimeSpan.Zero,
            ReceiveQueueLength = 0,
        }));
        Assert.Contains(nameof(SessionTransportOptions.SilenceTimeout), fault.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(SessionTransportOptions.ProbeInterval), fault.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(SessionTransportOptions.ReceiveQueueLength), fault.Message, StringComparison.Ordinal);
    }

    /// <summary>As Unity's: what is posted runs when the main thread gets to it.</summary>
    private sealed class RecordingContext : SynchronizationContext
    {
        private readonly Queue<(SendOrPostCallback, object?)> _posted = new();

        public override void Post(SendOrPostCallback d, object? state) => _posted.Enqueue((d, state));

        public void Run()
        {
            while (_posted.TryDequeue(out var posted)) posted.Item1(posted.Item2);
        }
    }
}
