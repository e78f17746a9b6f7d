using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace FleetSystem.LocalCloud.LoadBalancing;

/// <summary>
/// UDP listeners that share limits, counters and the expiry of idle sessions. Each (player, server) has a socket of its own towards the
/// server, so that the server's answers find the player again, from the socket that the player sent to.
/// </summary>
internal sealed class UdpRelay : IAsyncDisposable
{
    private readonly ConcurrentDictionary<RelayListener, byte> _listeners = new();
    private readonly ITimer _sweeper;
    private long _forwarded, _returned, _faulted, _unrouted, _oversized, _refused, _unsent;
    private int _sessions, _delayed, _disposed;

    /// <exception cref="ArgumentException">The options are not valid; the message names every fault.</exception>
    public UdpRelay(RelayOptions options, TimeProvider timeProvider)
    {
        var faults = options.Validate("Relay").ToList();
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(' ', faults), nameof(options));

        Options = options;
        Time = timeProvider;
        var period = options.IdleTimeout / 4;
        _sweeper = timeProvider.CreateTimer(static relay => ((UdpRelay)relay!).EndIdleSessions(), this, period, period);
    }

    public RelayOptions Options { get; }

    public TimeProvider Time { get; }

    public int Listeners => _listeners.Count;

    public RelayCounters Counters => new(
        Interlocked.Read(ref _forwarded),
        Interlocked.Read(ref _returned),
        Interlocked.Read(ref _faulted),
        Interlocked.Read(ref _unrouted),
        Interlocked.Read(ref _oversized),
        Interlocked.Read(ref _refused),
        Interlocked.Read(ref _unsent),
        Volatile.Read(ref _sessions));

    /// <summary>Starts to listen.</summary>
    /// <exception cref="SocketException">The address cannot be bound.</exception>
    /// <exception cref="InvalidOperationException">The limit of sockets is reached.</exception>
    public RelayListener Listen(IPEndPoint endPoint, IDatagramRouter router, RelayFaults faults)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        if (_listeners.Count >= Options.SocketsMax)
            throw new InvalidOperationException($"The relay has {Options.SocketsMax} listening sockets; raise {nameof(RelayOptions.SocketsMax)} for more.");

        var listener = new RelayListener(this, endPoint, router, faults);
        _listeners.TryAdd(listener, 0);
        listener.Start();
        return listener;
    }

    /// <summary>Ends the sessions that nothing used for the idle time.</summary>
    public void EndIdleSessions()
    {
        foreach (var (listener, _) in _listeners)
            listener.EndIdleSessions();
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;

        await _sweeper.DisposeAsync();
        foreach (var (listener, _) in _listeners)
            await listener.DisposeAsync();
    }

    internal void Closed(RelayListener listener) => _listeners.TryRemove(listener, out _);

    internal void CountForwarded() => Interlocked.Increment(ref _forwarded);

    internal void CountReturned() => Interlocked.Increment(ref _returned);

    internal void CountFaulted() => Interlocked.Increment(ref _faulted);

    internal void CountUnrouted() => Interlocked.Increment(ref _unrouted);

    internal void CountOversized() => Interlocked.Increment(ref _oversized);

    internal void CountRefused() => Interlocked.Increment(ref _refused);

    internal void CountUnsent() => Interlocked.Increment(ref _unsent);

    internal bool TryEnterSession() => TryEnter(ref _sessions, Options.SessionsMax);

    internal void LeaveSession() => Interlocked.Decrement(ref _sessions);

    internal bool TryHold() => TryEnter(ref _delayed, Options.DelayedDatagramsMax);

    internal void Release() => Interlocked.Decrement(ref _delayed);

    private bool TryEnter(ref int count, int limit)
    {
        if (Interlocked.Increment(ref count) <= limit)
            return true;

        Interlocked.Decrement(ref count);
        CountRefused();
        return false;
    }
}
