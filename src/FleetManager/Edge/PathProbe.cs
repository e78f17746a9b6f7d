using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace FleetSystem.FleetManager.Edge;

/// <summary>Where a probe goes.</summary>
/// <param name="EndPoint">Address and port of the path.</param>
/// <param name="Suffix">Bytes after the probe: the echo's routing token, empty where none is needed.</param>
internal sealed record ProbeTarget(IPEndPoint EndPoint, byte[] Suffix);

/// <summary>Probes a path: sends a numbered datagram to each of its addresses and waits for the same bytes to come back.</summary>
internal sealed class PathProbe(TimeSpan timeout, TimeProvider time) : IDisposable
{
    private const int ProbeBytes = sizeof(ulong);

    private readonly Socket _socket = Bind();
    private readonly byte[] _answer = new byte[256];

    // Starts anywhere, so that nobody off the path can answer for it.
    private ulong _sequence = BinaryPrimitives.ReadUInt64BigEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    /// <summary>Whether any of the addresses answered in time: a player holds them all and needs one.</summary>
    public async Task<bool> AnswersAsync(IReadOnlyList<ProbeTarget> targets, CancellationToken cancellationToken)
    {
        var sequence = ++_sequence;
        using var late = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            foreach (var target in targets)
            {
                var datagram = new byte[ProbeBytes + target.Suffix.Length];
                BinaryPrimitives.WriteUInt64BigEndian(datagram, sequence);
                target.Suffix.CopyTo(datagram, ProbeBytes);
                await SendAsync(datagram, target.EndPoint, both.Token);
            }

            var anywhere = new IPEndPoint(IPAddress.Any, 0);
            while (true)
            {
                // Late answers to earlier probes are passed over; one from elsewhere cannot know the number.
                var received = await ReceiveAsync(anywhere, both.Token);
                if (received >= ProbeBytes && BinaryPrimitives.ReadUInt64BigEndian(_answer) == sequence) return true;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task SendAsync(byte[] datagram, IPEndPoint target, CancellationToken cancellationToken)
    {
        try
        {
            await _socket.SendToAsync(datagram, SocketFlags.None, target, cancellationToken);
        }
        catch (SocketException)
        {
            // Unreachable is an answer that does not come.
        }
    }

    private async Task<int> ReceiveAsync(IPEndPoint anywhere, CancellationToken cancellationToken)
    {
        try
        {
            return (await _socket.ReceiveFromAsync(_answer, SocketFlags.None, anywhere, cancellationToken)).ReceivedBytes;
        }
        catch (SocketException)
        {
            // ICMP "port unreachable" of an earlier datagram surfaces here.
            return 0;
        }
    }

    private static Socket Bind()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Any, 0));
        return socket;
    }
}
