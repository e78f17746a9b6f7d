using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace FleetSystem.LocalCloud.Tests.Bots;

/// <summary>
/// A way to a game server for bots: it passes datagrams both ways, each client over a socket of its own as a load balancer does, and can be cut.
/// With a token, only datagrams that end with it pass, and the server does not see it.
/// </summary>
internal sealed class SwitchableRelay : IDisposable
{
    private readonly Socket _front = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly ConcurrentDictionary<IPEndPoint, Socket> _clients = new();
    private readonly IPEndPoint _server;
    private readonly byte[] _token;
    private int _passed;

    public SwitchableRelay(IPAddress address, int port, int serverPort, byte[]? token = null)
    {
        _server = new IPEndPoint(IPAddress.Loopback, serverPort);
        _token = token ?? [];
        _front.Bind(new IPEndPoint(address, port));
        _ = PumpAsync();
    }

    public int Port => ((IPEndPoint)_front.LocalEndPoint!).Port;

    public bool IsCut { get; set; }

    /// <summary>Datagrams that went to the server.</summary>
    public int Passed => Volatile.Read(ref _passed);

    public void Dispose()
    {
        _front.Dispose();
        foreach (var client in _clients.Values)
            client.Dispose();
    }

    private async Task PumpAsync()
    {
        var buffer = new byte[2048];
        try
        {
            while (true)
            {
                var from = await _front.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0));
                var length = from.ReceivedBytes - _token.Length;
                if (IsCut || length < 0 || !buffer.AsSpan(length, _token.Length).SequenceEqual(_token))
                    continue;
                Interlocked.Increment(ref _passed);
                var back = _clients.GetOrAdd((IPEndPoint)from.RemoteEndPoint, Connect);
                await back.SendToAsync(buffer.AsMemory(0, length), _server);
            }
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
        }
    }

    private Socket Connect(IPEndPoint client)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _ = ReturnAsync(socket, client);
        return socket;
    }

    private async Task ReturnAsync(Socket socket, IPEndPoint client)
    {
        var buffer = new byte[2048];
        try
        {
            while (true)
            {
                var from = await socket.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0));
                if (!IsCut)
                    await _front.SendToAsync(buffer.AsMemory(0, from.ReceivedBytes), client);
            }
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
        }
    }
}
