using System.Threading.Channels;

namespace FleetSystem.Matchmaker.Tickets;

/// <summary>
/// What a stream has not read yet of a queue's news. It is bounded: whoever does not keep up is told that some are missing, and holds up nobody.
/// </summary>
/// <param name="capacity">Most entries.</param>
/// <param name="close">Called once the stream is over.</param>
internal sealed class NewsInbox<T>(int capacity, Action<NewsInbox<T>> close) : IDisposable
    where T : class
{
    private readonly Channel<T?> _entries = Channel.CreateBounded<T?>(new BoundedChannelOptions(capacity) { SingleReader = true });
    private int _isLossy;

    /// <summary>Adds an entry, or notes that there was no room for it.</summary>
    public void Put(T entry)
    {
        if (!_entries.Writer.TryWrite(entry)) Lose();
    }

    /// <summary>Notes that entries are missing.</summary>
    public void Lose()
    {
        Volatile.Write(ref _isLossy, 1);

        // Only wakes the reader; where there is no room he is awake.
        _entries.Writer.TryWrite(null);
    }

    /// <summary>Whether entries were missing since this was asked last.</summary>
    public bool TookLoss() => Interlocked.Exchange(ref _isLossy, 0) != 0;

    /// <summary>Waits until there is an entry, or entries are missing.</summary>
    /// <returns>The entry, or null when it only says that some are missing.</returns>
    public ValueTask<T?> ReadAsync(CancellationToken cancellationToken) => _entries.Reader.ReadAsync(cancellationToken);

    /// <summary>Ends it.</summary>
    public void Dispose() => close(this);
}
