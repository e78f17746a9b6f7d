using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace FleetSystem.FleetManager.Edge;

/// <summary>Probes by datagrams: sends numbered ones and takes those that come back with the same bytes.</summary>
internal sealed class UdpProbe : IPathProbe
{
    private const int ProbeBytes = sizeof(ulong);

    private readonly ProbeTarget _target;
    private readonly int _patience;
    private readonly Socket _socket;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _receiving;

    // Whether each of the last probes has been answered, by its number; one more than are waited for, so that the next never hides the oldest.
    private readonly bool[] _answered;

    // Starts anywhere, so that nobody off the path can answer for it.
    private readonly ulong _first = BinaryPrimitives.ReadUInt64BigEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    private ulong _sent;

    /// <param name="target">Where to.</param>
    /// <param name="patience">Probes sent until one counts as lost, at least 1.</param>
    public UdpProbe(ProbeTarget target, int patience)
    {
        (_target, _patience, _answered) = (target, patience, new bool[patience + 1]);
        _socket = new Socket(target.EndPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _socket.Connect(target.EndPoint);
        _receiving = ReceiveAsync();
    }

    public async ValueTask<bool?> NextAsync(CancellationToken cancellationToken)
    {
        bool? answered = null;
        if (_sent >= (ulong)_patience) answered = Volatile.Read(ref _answered[SlotOf(_sent - (ulong)_patience)]);
        Volatile.Write(ref _answered[SlotOf(_sent)], false);
        var datagram = new byte[ProbeBytes + _target.Suffix.Length];
        BinaryPrimitives.WriteUInt64BigEndian(datagram, unchecked(_first + _sent));
        _target.Suffix.CopyTo(datagram, ProbeBytes);
        Volatile.Write(ref _sent, _sent + 1);
        try
        {
            await _socket.SendAsync(datagram, SocketFlags.None, cancellationToken);
        }
        catch (SocketException)
        {
            // Unreachable is an answer that does not come.
        }

        return answered;
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _receiving;
        _socket.Dispose();
        _ending.Dispose();
    }

    private async Task ReceiveAsync()
    {
        var answer = new byte[256];
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                var received = await _socket.ReceiveAsync(answer, SocketFlags.None, _ending.Token);
                if (received < ProbeBytes) continue;

                // Late answers to earlier probes, and numbers that were never sent, fall out of the window.
                var number = unchecked(BinaryPrimitives.ReadUInt64BigEndian(answer) - _first);
                var sent = Volatile.Read(ref _sent);
                if (number < sent && sent - number <= (ulong)_patience) Volatile.Write(ref _answered[SlotOf(number)], true);
            }
            catch (SocketException)
            {
                // ICMP "port unreachable" of an earlier datagram surfaces here.
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private int SlotOf(ulong number) => (int)(number % (ulong)_answered.Length);
}
