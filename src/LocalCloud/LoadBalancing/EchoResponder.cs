using System.Net;
using System.Net.Sockets;

namespace FleetSystem.LocalCloud.LoadBalancing;

/// <summary>
/// What probes of a region talk to: it returns each datagram of up to <see cref="DatagramBytesMax"/> bytes unchanged. A larger one is
/// dropped, so that it cannot be used to multiply traffic.
/// </summary>
internal sealed class EchoResponder : IAsyncDisposable
{
    public const int DatagramBytesMax = 64;

    private readonly Socket _socket;
    private readonly Task _answering;
    private long _answered, _dropped;

    /// <summary>Starts to answer.</summary>
    /// <exception cref="SocketException">The address cannot be bound; the message names it.</exception>
    public EchoResponder(IPEndPoint endPoint)
    {
        _socket = RelaySockets.Bind(endPoint);
        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        _answering = AnswerAsync();
    }

    public IPEndPoint EndPoint { get; }

    public long Answered => Interlocked.Read(ref _answered);

    public long Dropped => Interlocked.Read(ref _dropped);

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _answering;
    }

    private async Task AnswerAsync()
    {
        var buffer = GC.AllocateUninitializedArray<byte>(DatagramBytesMax + 1, pinned: true);
        var sender = new SocketAddress(AddressFamily.InterNetwork);
        while (true)
        {
            try
            {
                var received = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, sender);
                if (received > DatagramBytesMax)
                {
                    Interlocked.Increment(ref _dropped);
                    continue;
                }

                // Counted first: whoever has the answer finds it counted.
                Interlocked.Increment(ref _answered);
                RelaySockets.TrySend(_socket, buffer.AsSpan(0, received), sender);
            }
            catch (Exception e) when (RelaySockets.IsClosed(e))
            {
                return;
            }
            catch (SocketException)
            {
                Interlocked.Increment(ref _dropped);
            }
        }
    }
}
