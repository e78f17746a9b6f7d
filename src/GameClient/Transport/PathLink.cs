using System;

namespace FleetSystem.GameClient;

/// <summary>Takes what came on a path.</summary>
internal delegate void PathReceived(PathLink link, ReadOnlySpan<byte> datagram);

/// <summary>A path with its socket. The socket is opened anew when the path stays silent: it may belong to a network that the player has left.</summary>
internal sealed class PathLink : IDisposable
{
    /// <summary>Time that a socket is given before it is opened again.</summary>
    private static readonly TimeSpan ReopenInterval = TimeSpan.FromSeconds(5);

    /// <summary>The same where sending itself fails, as it does when an interface is gone.</summary>
    private static readonly TimeSpan ReopenFailedInterval = TimeSpan.FromSeconds(1);

    private readonly IPathSockets _sockets;
    private readonly DatagramReceived _received;
    private readonly int _bytesMax;
    private readonly byte[] _sending;
    private IPathSocket _socket;
    private TimeSpan _openedAt;
    private int _attempts;
    private bool _sendFailed;

    public PathLink(NetworkPath path, IPathSockets sockets, int bytesMax, TimeSpan now, PathReceived received)
    {
        Path = path;
        _sockets = sockets;
        _bytesMax = bytesMax;
        _received = datagram => received(this, datagram);
        _openedAt = now;
        _sending = path.RoutingToken.IsEmpty ? Array.Empty<byte>() : new byte[bytesMax + path.RoutingToken.Length];
        _socket = Open();
    }

    public NetworkPath Path { get; }

    /// <summary>Sends a datagram with the path's token.</summary>
    public void Send(ReadOnlySpan<byte> datagram, TimeSpan now)
    {
        Path.Sent(now);
        var token = Path.RoutingToken.Span;
        if (!token.IsEmpty)
        {
            datagram.CopyTo(_sending);
            token.CopyTo(_sending.AsSpan(datagram.Length));
            datagram = _sending.AsSpan(0, datagram.Length + token.Length);
        }

        _sendFailed |= !_socket.TrySend(datagram);
    }

    /// <summary>Opens the socket anew where the path has been silent for long, or nothing can be sent.</summary>
    public void ReopenWhenSilent(TimeSpan now, TimeSpan silence)
    {
        var open = now - _openedAt;
        var silent = Path.WaitingSince is { } waiting && now - waiting >= silence && open >= ReopenInterval;
        if (!silent && !(_sendFailed && open >= ReopenFailedInterval)) return;
        _socket.Dispose();
        _openedAt = now;
        _sendFailed = false;
        _socket = Open();
    }

    public void Dispose() => _socket.Dispose();

    private IPathSocket Open() => _sockets.Open(Path.Address, Path.Port, _attempts++, _bytesMax, _received);
}
