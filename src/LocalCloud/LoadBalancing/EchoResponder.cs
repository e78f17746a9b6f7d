using System.Net;
using System.Net.Sockets;

namespace FleetSystem.LocalCloud.LoadBalancing;

/// <summary>
/// What probes of a region talk to: it returns each datagram of up to <see cref="DatagramBytesMax"/> bytes unchanged. A larger one is
/// dropped, so that it cannot be used to multiply traffic. Streams get as many bytes back, for as long as <see cref="StreamTime"/>.
/// </summary>
internal sealed class EchoResponder : IAsyncDisposable
{
    public const int DatagramBytesMax = 64;

    /// <summary>Longest time that a stream is answered.</summary>
    public static readonly TimeSpan StreamTime = TimeSpan.FromSeconds(5);

    private readonly Socket _socket;
    private readonly StreamListener _streams;
    private readonly Task _answering;
    private long _answered, _dropped;

    /// <summary>Starts to answer.</summary>
    /// <exception cref="SocketException">The address cannot be bound; the message names it.</exception>
    public EchoResponder(IPEndPoint endPoint, TimeProvider? time = null)
    {
        _socket = RelaySockets.Bind(endPoint);
        EndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        try
        {
            _streams = new StreamListener(EndPoint, (stream, ending) => AnswerAsync(stream, time ?? TimeProvider.System, ending));
        }
        catch (SocketException)
        {
            _socket.Dispose();
            throw;
        }

        _answering = AnswerAsync();
    }

    public IPEndPoint EndPoint { get; }

    public long Answered => Interlocked.Read(ref _answered);

    public long Dropped => Interlocked.Read(ref _dropped);

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        await _streams.DisposeAsync();
        await _answering;
    }

    private static async Task AnswerAsync(Socket stream, TimeProvider time, CancellationToken ending)
    {
        using var late = new CancellationTokenSource(StreamTime, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, ending);
        var buffer = new byte[DatagramBytesMax];
        for (var left = DatagramBytesMax; left > 0;)
        {
            var read = await stream.ReceiveAsync(buffer.AsMemory(0, left), SocketFlags.None, both.Token);
            if (read == 0) return;
            left -= read;
            for (var sent = 0; sent < read;) sent += await stream.SendAsync(buffer.AsMemory(sent, read - sent), SocketFlags.None, both.Token);
        }
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
