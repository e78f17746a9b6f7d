using System.Net;
using System.Net.Sockets;

namespace FleetSystem.LocalCloud.LoadBalancing;

/// <summary>One player's socket towards one server.</summary>
internal sealed class RelaySession : IDisposable
{
    private readonly UdpRelay _relay;
    private readonly RelayListener _listener;
    private readonly RelayFaults _faults;
    private readonly SocketAddress _player;
    private readonly Socket _socket;
    private long _lastUsed;
    private int _disposed;

    public RelaySession(UdpRelay relay, RelayListener listener, RelayFaults faults, SocketAddress player, RelayTarget target)
    {
        _relay = relay;
        _listener = listener;
        _faults = faults;
        _player = new SocketAddress(player.Family, player.Size);
        player.Buffer.Span[..player.Size].CopyTo(_player.Buffer.Span);
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        _socket.Connect(target.EndPoint);
        _lastUsed = relay.Time.GetTimestamp();
    }

    public long LastUsed => Volatile.Read(ref _lastUsed);

    public void Start() => _ = ReceiveAsync();

    public void Forward(ReadOnlySpan<byte> datagram)
    {
        Volatile.Write(ref _lastUsed, _relay.Time.GetTimestamp());
        if (_faults.Delay is { Ticks: > 0 } delay)
            Hold(datagram, delay, Send);
        else
            Send(datagram);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;

        _socket.Dispose();
        _relay.LeaveSession();
    }

    private void Send(ReadOnlySpan<byte> datagram)
    {
        if (RelaySockets.TrySend(_socket, datagram))
            _relay.CountForwarded();
        else
            _relay.CountUnsent();
    }

    private async Task ReceiveAsync()
    {
        var buffer = GC.AllocateUninitializedArray<byte>(_relay.Options.DatagramBytesMax + 1, pinned: true);
        while (true)
        {
            int received;
            try
            {
                // As memory: the overload for arrays makes a Task for each datagram.
                received = await _socket.ReceiveAsync(buffer.AsMemory());
            }
            catch (Exception e) when (RelaySockets.IsClosed(e))
            {
                return;
            }
            catch (SocketException)
            {
                // The server's host rejected what was sent before: nobody listens there now. The session stays, for a server that starts again.
                _relay.CountUnsent();
                continue;
            }

            Return(buffer.AsSpan(0, received));
        }
    }

    private void Return(ReadOnlySpan<byte> datagram)
    {
        Volatile.Write(ref _lastUsed, _relay.Time.GetTimestamp());
        if (datagram.Length > _relay.Options.DatagramBytesMax)
            _relay.CountOversized();
        else if (_faults.Drops())
            _relay.CountFaulted();
        else if (_faults.Delay is { Ticks: > 0 } delay)
            Hold(datagram, delay, held => _listener.Return(held, _player));
        else
            _listener.Return(datagram, _player);
    }

    private void Hold(ReadOnlySpan<byte> datagram, TimeSpan delay, DatagramSender send)
    {
        if (_relay.TryHold())
            _ = SendLaterAsync(datagram.ToArray(), delay, send);
    }

    private async Task SendLaterAsync(byte[] datagram, TimeSpan delay, DatagramSender send)
    {
        await Task.Delay(delay, _relay.Time);
        _relay.Release();
        if (_faults.IsCut)
            _relay.CountFaulted();
        else
            send(datagram);
    }

    private delegate void DatagramSender(ReadOnlySpan<byte> datagram);
}
