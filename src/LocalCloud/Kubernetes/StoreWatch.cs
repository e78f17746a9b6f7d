using System.Threading.Channels;

namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>
/// A reader's place in the events of one kind. It holds no events of its own: however many watch, an event exists once, and a reader
/// that falls behind the history's limit is told so (<c>Expired</c>) instead of growing a queue.
/// </summary>
internal sealed class StoreWatch : IDisposable
{
    private readonly ObjectStore _store;
    private readonly Channel<byte> _signal = Channel.CreateBounded<byte>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    internal StoreWatch(ObjectStore store, ResourceKind kind, long sequence)
    {
        _store = store;
        Kind = kind;
        Sequence = sequence;
    }

    public ResourceKind Kind { get; }

    internal long Sequence;

    /// <summary>Wakes the reader, also when nothing happened (bookmarks, cuts).</summary>
    public void Signal() => _signal.Writer.TryWrite(0);

    /// <summary>Returns when there may be something to read.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken) => await _signal.Reader.ReadAsync(cancellationToken);

    /// <summary>Reads what has happened since the last call, at most <paramref name="count"/> events.</summary>
    /// <returns>The version up to which the reader now is current.</returns>
    /// <exception cref="ApiException">410 when the reader has fallen behind the history.</exception>
    public long Read(List<StoreEvent> into, int count) => _store.Read(this, into, count);

    public void Dispose() => _store.Remove(this);
}
