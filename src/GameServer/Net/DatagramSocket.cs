using System.Net;
using System.Net.Sockets;
using FleetSystem.GameServer.Protocol;
using FleetSystem.GameServer.Sessions;

namespace FleetSystem.GameServer.Net;

/// <summary>The game's UDP socket: one datagram in, at most one no longer than it out, plus the server's own notices.</summary>
internal sealed class DatagramSocket : IDisposable
{
    // Windows reports an ICMP "port unreachable" for an earlier answer on the next receive, and would end the loop with it.
    private const int WindowsConnectionReset = -1744830452;

    private readonly Socket _socket;

    /// <exception cref="SocketException">The address or port cannot be bound.</exception>
    public DatagramSocket(IPAddress address, int port)
    {
        _socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (OperatingSystem.IsWindows())
                _socket.IOControl(WindowsConnectionReset, [0], null);
            _socket.Bind(new IPEndPoint(address, port));
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    public IPEndPoint LocalEndPoint => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>Answers datagrams until cancelled.</summary>
    public async Task RunAsync(SessionHost host, CancellationToken cancellationToken)
    {
        // One byte more than allowed, so that an oversized datagram shows.
        var received = new byte[Wire.DatagramLengthMax + 1];
        var reply = new byte[ServerMessage.LengthMax];
        var from = new SocketAddress(_socket.AddressFamily);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var length = await _socket.ReceiveFromAsync(received, SocketFlags.None, from, cancellationToken).ConfigureAwait(false);
                if (length > Wire.DatagramLengthMax)
                {
                    host.Traffic.CountOversized();
                    continue;
                }

                var answered = await host.AnswerAsync(received.AsMemory(0, length), from, reply).ConfigureAwait(false);

                // Whoever writes another's address into a datagram must not get more sent there than he sends himself.
                if (answered > length)
                    host.Traffic.CountUnsent();
                else if (answered > 0)
                    await _socket.SendToAsync(reply.AsMemory(0, answered), SocketFlags.None, from, cancellationToken).ConfigureAwait(false);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.MessageSize)
            {
                host.Traffic.CountOversized();
            }
            catch (SocketException)
            {
                // An unreachable player or a full buffer concerns one datagram, never the server.
                host.Traffic.CountUnsent();
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    public void Send(IReadOnlyList<Notice> notices, Traffic traffic)
    {
        foreach (var notice in notices)
        {
            try
            {
                _socket.SendTo(notice.Datagram, SocketFlags.None, notice.To);
            }
            catch (SocketException)
            {
                traffic.CountUnsent();
            }
        }
    }

    public void Dispose() => _socket.Dispose();
}
