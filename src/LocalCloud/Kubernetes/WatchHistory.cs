namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>The latest events of one kind, up to a limit. Guarded by the store's lock.</summary>
internal sealed class WatchHistory(int limit)
{
    private readonly StoreEvent?[] _ring = new StoreEvent?[limit];
    private long _first;
    private long _next;

    /// <summary>The newest version whose event is gone: a watch must start at it or later.</summary>
    public long ForgottenVersion { get; private set; }

    /// <summary>Where the next event will stand.</summary>
    public long NextSequence => _next;

    public void Append(StoreEvent change)
    {
        if (_next - _first == limit)
        {
            ForgottenVersion = At(_first).Object.ResourceVersion;
            _first++;
        }

        _ring[_next++ % limit] = change;
    }

    /// <summary>Finds the first event after a version; false when events since then are gone.</summary>
    public bool TrySeek(long version, out long sequence)
    {
        sequence = _next;
        if (version < ForgottenVersion) return false;
        long low = _first, high = _next;
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (At(middle).Object.ResourceVersion > version) high = middle;
            else low = middle + 1;
        }

        sequence = low;
        return true;
    }

    /// <summary>Copies events from a position on; false when the position has been overwritten.</summary>
    public bool TryRead(ref long sequence, List<StoreEvent> into, int count)
    {
        if (sequence < _first) return false;
        for (; count > 0 && sequence < _next; count--) into.Add(At(sequence++));
        return true;
    }

    /// <summary>Drops everything, as a restart of an API server does; readers that were not done are told at their next read.</summary>
    public void Forget(long version)
    {
        Array.Clear(_ring);
        _first = ++_next;
        ForgottenVersion = version;
    }

    private StoreEvent At(long sequence) => _ring[sequence % limit]!;
}
