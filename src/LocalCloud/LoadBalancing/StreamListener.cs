using System.Net;
using System.Net.Sockets;

namespace FleetSystem.LocalCloud.LoadBalancing;

/// <summary>Takes in streams, as many at a time as it may; whoever comes beyond that is turned away.</summary>
internal sealed class StreamListener : IAsyncDisposable
{
    /// <summary>Most streams at a time.</summary>
    public const int StreamsMax = 256;

    private readonly Socket _socket;
    private readonly Func<Socket, CancellationToken, Task> _serve;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _accepting;
    private int _streams;

    /// <summary>Starts to listen.</summary>
    /// <param name="endPoint">Where.</param>
    /// <param name="serve">Serves one stream until it or the listener ends; the socket is closed after it.</param>
    /// <exception cref="SocketException">The address cannot be bound; the message names it.</exception>
    public StreamListener(IPEndPoint endPoint, Func<Socket, CancellationToken, Task> serve)
    {
        _serve = serve;
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _socket.Bind(endPoint);
            _socket.Listen();
        }
        catch (SocketException e)
        {
            _socket.Dispose();
            throw new SocketException((int)e.SocketErrorCode, $"TCP {endPoint} cannot be bound: {e.Message}. End what uses it, or configure another address or port.");
        }

        LocalEndPoint = (IPEndPoint)_socket.LocalEndPoint!;
        _accepting = AcceptAsync();
    }

    public IPEndPoint LocalEndPoint { get; }

    public async ValueTask DisposeAsync()
    {
        if (_ending.IsCancellationRequested) return;
        await _ending.CancelAsync();
        _socket.Dispose();
        await _accepting;
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                var stream = await _socket.AcceptAsync(_ending.Token);
                serving.RemoveAll(task => task.IsCompleted);
                if (Interlocked.Increment(ref _streams) <= StreamsMax)
                {
                    serving.Add(ServeAsync(stream));
                }
                else
                {
                    Interlocked.Decrement(ref _streams);
                    stream.Dispose();
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                // One that was given up before it was taken in, or the end.
            }
        }

        await Task.WhenAll(serving);
    }

    private async Task ServeAsync(Socket stream)
    {
        try
        {
            using (stream) await _serve(stream, _ending.Token);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Its end.
        }
        finally
        {
            Interlocked.Decrement(ref _streams);
        }
    }
}
