using System.Net;
using System.Net.Sockets;

namespace FleetSystem.LocalCloud.LoadBalancing;

/// <summary>One socket that players send to, and its sessions.</summary>
internal sealed class RelayListener : IAsyncDisposable
{
    private readonly UdpRelay _relay;
    private readonly Socket _socket;
    private readonly IDatagramRouter _router;
    private readonly RelayFaults _faults;
    private readonly Dictionary<(ulong Player, ulong Target), RelaySession> _sessions = [];
    private readonly Lock _lock = new();
    private Task _receiving = Task.CompletedTask;
    private bool _closed;

    public RelayListener(UdpRelay relay, IPEndPoint endPoint, IDatagramRouter router, RelayFaults faults)
    {
        _relay = relay;
        _router = router;
        _faults = faults;
        _socket = RelaySockets.Bind(endPoint);
        LocalEndPoint = (IPEndPoint)_socket.LocalEndPoint!;
    }

    public IPEndPoint LocalEndPoint { get; }

    public void Start() => _receiving = ReceiveAsync();

    public void EndIdleSessions()
    {
        List<RelaySession>? idle = null;
        lock (_lock)
        {
            foreach (var (key, session) in _sessions)
            {
                if (_relay.Time.GetElapsedTime(session.LastUsed) < _relay.Options.IdleTimeout)
                    continue;
                _sessions.Remove(key);
                (idle ??= []).Add(session);
            }
        }

        idle?.ForEach(session => session.Dispose());
    }

    public async ValueTask DisposeAsync()
    {
        List<RelaySession> sessions;
        lock (_lock)
        {
            if (_closed)
                return;
            _closed = true;
            sessions = [.. _sessions.Values];
            _sessions.Clear();
        }

        _relay.Closed(this);
        _socket.Dispose();
        sessions.ForEach(session => session.Dispose());
        await _receiving;
    }

    /// <summary>Sends an answer to the player, through the socket that the player knows.</summary>
    public void Return(ReadOnlySpan<byte> datagram, SocketAddress player)
    {
        if (RelaySockets.TrySend(_socket, datagram, player))
            _relay.CountReturned();
        else
            _relay.CountUnsent();
    }

    private async Task ReceiveAsync()
    {
        // One byte more than the limit tells a datagram at the limit from a truncated one.
        var buffer = GC.AllocateUninitializedArray<byte>(_relay.Options.DatagramBytesMax + 1, pinned: true);
        var player = new SocketAddress(AddressFamily.InterNetwork);
        while (true)
        {
            int received;
            try
            {
                received = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, player);
            }
            catch (Exception e) when (RelaySockets.IsClosed(e))
            {
                return;
            }
            catch (SocketException e)
            {
                if (e.SocketErrorCode == SocketError.MessageSize)
                    _relay.CountOversized();
                continue;
            }

            Forward(buffer.AsSpan(0, received), player);
        }
    }

    private void Forward(ReadOnlySpan<byte> datagram, SocketAddress player)
    {
        if (datagram.Length > _relay.Options.DatagramBytesMax)
        {
            _relay.CountOversized();
            return;
        }

        if (_router.Route(datagram, out var length) is not { } target)
        {
            _relay.CountUnrouted();
            return;
        }

        if (_faults.Drops())
            _relay.CountFaulted();
        else if (SessionOf(player, target) is { } session)
            session.Forward(datagram[..length]);
    }

    private RelaySession? SessionOf(SocketAddress player, RelayTarget target)
    {
        var key = (RelayTarget.KeyOf(player), target.Key);
        lock (_lock)
        {
            if (_sessions.TryGetValue(key, out var session))
                return session;
            if (_closed || !_relay.TryEnterSession())
                return null;

            try
            {
                session = new RelaySession(_relay, this, _faults, player, target);
            }
            catch (SocketException)
            {
                // Out of ports or descriptors: this player has no way through now, the others keep theirs.
                _relay.LeaveSession();
                _relay.CountUnsent();
                return null;
            }

            _sessions.Add(key, session);
            session.Start();
            return session;
        }
    }
}
