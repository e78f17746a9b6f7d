namespace FleetSystem.LocalCloud.Kubernetes;

internal sealed partial class ObjectStore
{
    /// <summary>Begins to watch a kind after a version that a list or an event has given.</summary>
    /// <exception cref="ApiException">410 when events since that version are no longer kept.</exception>
    public StoreWatch Watch(ResourceKind kind, long afterVersion)
    {
        lock (_gate)
        {
            var collection = Of(kind);
            if (!collection.History.TrySeek(afterVersion, out var sequence))
            {
                throw ApiException.Expired(afterVersion, collection.History.ForgottenVersion);
            }

            return Add(collection, kind, sequence, afterVersion);
        }
    }

    /// <summary>Begins to watch a kind now: what exists, and every event after it.</summary>
    public StoreWatch Watch(ResourceKind kind, out StoreSnapshot snapshot)
    {
        lock (_gate)
        {
            var collection = Of(kind);
            snapshot = new StoreSnapshot(collection.Objects, _version);
            return Add(collection, kind, collection.History.NextSequence, _version);
        }
    }

    /// <summary>Forgets the events of the past, as a restarted API server has: watches that resume are told to list again.</summary>
    public void ForgetHistory()
    {
        lock (_gate)
        {
            foreach (var collection in _collections.Values) collection.History.Forget(_version);
        }
    }

    internal long Read(StoreWatch watch, List<StoreEvent> into, int count)
    {
        lock (_gate)
        {
            var collection = Of(watch.Kind);
            if (!collection.History.TryRead(ref watch.Sequence, into, count))
            {
                throw ApiException.Expired(watch.Version, collection.History.ForgottenVersion);
            }

            if (watch.Sequence < collection.History.NextSequence) watch.Signal();
            return watch.Version = watch.Sequence < collection.History.NextSequence ? into[^1].Object.ResourceVersion : _version;
        }
    }

    internal void Remove(StoreWatch watch)
    {
        lock (_gate)
        {
            var collection = Of(watch.Kind);
            collection.Watches = [.. collection.Watches.Where(other => other != watch)];
        }
    }

    private StoreWatch Add(Collection collection, ResourceKind kind, long sequence, long version)
    {
        var watch = new StoreWatch(this, kind, sequence) { Version = version };
        collection.Watches = [.. collection.Watches, watch];
        if (sequence < collection.History.NextSequence) watch.Signal();
        return watch;
    }
}
