using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace FleetSystem.GameClient.Tests.Transport;

/// <summary>The genuine sockets, over loopback.</summary>
public sealed class UdpPathSocketsTests : IDisposable
{
    private readonly Socket _server = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Channel<byte[]> _received = Channel.CreateUnbounded<byte[]>();

    public UdpPathSocketsTests() => _server.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    private int Port => ((IPEndPoint)_server.LocalEndPoint!).Port;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task Open_Address_SendsAndReceives()
    {
        using var socket = Open("127.0.0.1");
        Assert.True(socket.TrySend("ping"u8));

        var player = await AnswerAsync("pong"u8.ToArray());

        Assert.Equal("pong"u8.ToArray(), await _received.Reader.ReadAsync(Cancelled));
        Assert.Equal(IPAddress.Loopback, player.Address);
    }

    [Fact]
    public async Task Open_Name_IsResolved()
    {
        var address = (await Dns.GetHostAddressesAsync("localhost", Cancelled))[0];
        using var server = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        server.Bind(new IPEndPoint(address, 0));
        using var socket = UdpPathSockets.Instance.Open("localhost", ((IPEndPoint)server.LocalEndPoint!).Port, 0, 1200, _ => { });
        var buffer = new byte[16];
        var receiving = server.ReceiveFromAsync(buffer, SocketFlags.None, server.LocalEndPoint, Cancelled).AsTask();
        while (!receiving.IsCompleted)
        {
            // Until the name is known, datagrams get lost.
            Assert.True(socket.TrySend("ping"u8));
            await Task.WhenAny(receiving, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancelled));
        }

        Assert.Equal(4, (await receiving).ReceivedBytes);
    }

    [Fact]
    public void Open_NoSuchName_IsAPathThatLosesDatagrams()
    {
        using var socket = Open("no-such-name.invalid");
        Assert.True(socket.TrySend("ping"u8));
    }

    [Fact]
    public async Task Receive_StrangerAndOversizedDatagram_AreDropped()
    {
        using var socket = Open("127.0.0.1", bytesMax: 8);
        socket.TrySend("ping"u8);
        var buffer = new byte[16];
        var player = (IPEndPoint)(await _server.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), Cancelled)).RemoteEndPoint;

        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        stranger.SendTo("forged"u8, player);
        _server.SendTo("123456789"u8, player);
        _server.SendTo("12345678"u8, player);

        Assert.Equal("12345678"u8.ToArray(), await _received.Reader.ReadAsync(Cancelled));
        Assert.False(_received.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Receive_NobodyListensForAWhile_GoesOnWhenSomebodyDoes()
    {
        var port = Port;
        using var socket = Open("127.0.0.1");
        _server.Dispose();
        for (var i = 0; i < 10; i++) Assert.True(socket.TrySend("anybody?"u8));

        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, port));
        var buffer = new byte[16];
        var receiving = server.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), Cancelled).AsTask();
        while (!receiving.IsCompleted)
        {
            socket.TrySend("ping"u8);
            await Task.WhenAny(receiving, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancelled));
        }

        server.SendTo("pong"u8.ToArray(), (await receiving).RemoteEndPoint);
        Assert.Equal("pong"u8.ToArray(), await _received.Reader.ReadAsync(Cancelled));
    }

    [Fact]
    public void TrySend_Disposed_IsFalse()
    {
        var socket = Open("127.0.0.1");
        socket.Dispose();
        socket.Dispose();
        Assert.False(socket.TrySend("ping"u8));
    }

    private IPathSocket Open(string host, int bytesMax = 1200) =>
        UdpPathSockets.Instance.Open(host, Port, 0, bytesMax, datagram => _received.Writer.TryWrite(datagram.ToArray()));

    private async Task<IPEndPoint> AnswerAsync(byte[] answer)
    {
        var buffer = new byte[1500];
        var from = (IPEndPoint)(await _server.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), Cancelled)).RemoteEndPoint;
        await _server.SendToAsync(answer, from, Cancelled);
        return from;
    }
}
