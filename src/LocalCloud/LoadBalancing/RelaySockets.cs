using System.Net;
using System.Net.Sockets;

namespace FleetSystem.LocalCloud.LoadBalancing;

/// <summary>UDP sockets as the relays use them.</summary>
internal static class RelaySockets
{
    private const int SioUdpConnReset = unchecked((int)0x9800000C);

    /// <summary>Binds a UDP socket.</summary>
    /// <exception cref="SocketException">The address cannot be bound; the message names it.</exception>
    public static Socket Bind(IPEndPoint endPoint)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            // Windows would otherwise report a player's closed port as an error of the whole socket.
            if (OperatingSystem.IsWindows())
                socket.IOControl(SioUdpConnReset, [0], null);
            socket.Bind(endPoint);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new SocketException(
                (int)e.SocketErrorCode, $"UDP {endPoint} cannot be bound: {e.Message}. End what uses it, or configure another address or port.");
        }
    }

    public static bool TrySend(Socket socket, ReadOnlySpan<byte> datagram, SocketAddress? to = null)
    {
        try
        {
            _ = to is null ? socket.Send(datagram, SocketFlags.None) : socket.SendTo(datagram, SocketFlags.None, to);
            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Whether an error of a receive says that the socket was closed here.</summary>
    public static bool IsClosed(Exception e) =>
        e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted or SocketError.Interrupted or SocketError.NotSocket };
}
