using System.Net;
using System.Net.Sockets;
using System.Text;

namespace FleetSystem.LocalCloud.Tests.LoadBalancing;

/// <summary>A UDP socket of a player or a server, as the tests need it.</summary>
internal sealed class UdpPeer : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);

    public UdpPeer(string address = "127.0.0.1", int port = 0)
    {
        _socket.Bind(new IPEndPoint(IPAddress.Parse(address), port));
        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
    }

    public IPEndPoint EndPoint { get; }

    public Task SendAsync(string text, IPEndPoint to) => SendAsync(Encoding.UTF8.GetBytes(text), to);

    public async Task SendAsync(byte[] datagram, IPEndPoint to) =>
        await _socket.SendToAsync(datagram, SocketFlags.None, to, TestContext.Current.CancellationToken);

    /// <summary>The next datagram and who sent it.</summary>
    public async Task<(string Text, IPEndPoint From)> ReceiveAsync()
    {
        var (datagram, from) = await ReceiveBytesAsync();
        return (Encoding.UTF8.GetString(datagram), from);
    }

    public async Task<(byte[] Datagram, IPEndPoint From)> ReceiveBytesAsync()
    {
        var buffer = new byte[65_536];
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var received = _socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), deadline.Token).AsTask();
        try
        {
            var result = await received.WaitAsync(Deadline, TimeProvider.System, TestContext.Current.CancellationToken);
            return (buffer[..result.ReceivedBytes], (IPEndPoint)result.RemoteEndPoint);
        }
        catch (TimeoutException)
        {
            await deadline.CancelAsync();
            throw new TimeoutException($"No datagram reached {EndPoint} within {Deadline}.");
        }
    }

    /// <summary>Sends and waits for the answer of an echo.</summary>
    public async Task<(string Text, IPEndPoint From)> AskAsync(string text, IPEndPoint to)
    {
        await SendAsync(text, to);
        return await ReceiveAsync();
    }

    public int Waiting => _socket.Available;

    public void Dispose() => _socket.Dispose();
}
