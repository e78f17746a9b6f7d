using System;
using System.Buffers;
using System.Threading;
using System.Threading.Tasks;

namespace FleetSystem.GameClient;

/// <summary>Datagrams between the sockets and the game: bounded, in pooled buffers; a full queue loses its oldest, which matters least to a game.</summary>
internal sealed class DatagramQueue
{
    private readonly object _gate = new();
    private readonly (byte[] Buffer, int Length)[] _slots;
    private int _first, _count;
    private bool _closed;
    private TaskCompletionSource<bool>? _waiting;

    public DatagramQueue(int length) => _slots = new (byte[], int)[length];

    /// <summary>Datagrams dropped because the queue was full.</summary>
    public long Dropped { get; private set; }

    public void Enqueue(ReadOnlySpan<byte> datagram)
    {
        TaskCompletionSource<bool>? waiting;
        lock (_gate)
        {
            if (_closed) return;
            if (_count == _slots.Length)
            {
                ArrayPool<byte>.Shared.Return(Take().Buffer);
                Dropped++;
            }

            var buffer = ArrayPool<byte>.Shared.Rent(datagram.Length);
            datagram.CopyTo(buffer);
            _slots[(_first + _count++) % _slots.Length] = (buffer, datagram.Length);
            waiting = _waiting;
            _waiting = null;
        }

        waiting?.TrySetResult(true);
    }

    /// <exception cref="ArgumentException">The destination is too small for the next datagram, which stays.</exception>
    public bool TryDequeue(Span<byte> destination, out int length)
    {
        lock (_gate)
        {
            length = 0;
            if (_count == 0) return false;
            if (destination.Length < _slots[_first].Length)
                throw new ArgumentException($"The next datagram has {_slots[_first].Length} bytes, the buffer {destination.Length}.", nameof(destination));
            var (buffer, taken) = Take();
            buffer.AsSpan(0, taken).CopyTo(destination);
            ArrayPool<byte>.Shared.Return(buffer);
            length = taken;
            return true;
        }
    }

    /// <summary>Waits until there is one, or the queue is closed.</summary>
    /// <exception cref="OperationCanceledException">Cancelled first.</exception>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource<bool> waiting;
        lock (_gate)
        {
            if (_count > 0 || _closed) return;
            waiting = _waiting ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        if (!cancellationToken.CanBeCanceled)
        {
            await waiting.Task.ConfigureAwait(false);
            return;
        }

        var cancelled = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using (cancellationToken.Register(() => cancelled.TrySetCanceled(cancellationToken)))
            await (await Task.WhenAny(waiting.Task, cancelled.Task).ConfigureAwait(false)).ConfigureAwait(false);
    }

    public void Clear()
    {
        lock (_gate)
        {
            while (_count > 0) ArrayPool<byte>.Shared.Return(Take().Buffer);
        }
    }

    /// <summary>Drops what is left and lets nothing in any more.</summary>
    public void Close()
    {
        TaskCompletionSource<bool>? waiting;
        lock (_gate)
        {
            _closed = true;
            Clear();
            waiting = _waiting;
            _waiting = null;
        }

        waiting?.TrySetResult(true);
    }

    private (byte[] Buffer, int Length) Take()
    {
        var taken = _slots[_first];
        _slots[_first] = default;
        _first = (_first + 1) % _slots.Length;
        _count--;
        return taken;
    }
}
