using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>Everything of one kind at one version.</summary>
internal readonly record struct StoreSnapshot(ImmutableSortedDictionary<string, StoredObject> Objects, long ResourceVersion);

/// <summary>Limits of a store.</summary>
internal sealed class ObjectStoreOptions
{
    /// <summary>Events kept for each kind, for watches that resume. The default value is 16384.</summary>
    public int WatchHistoryLimit { get; init; } = 16_384;
}

/// <summary>
/// The objects of one cluster: one increasing version over all kinds, optimistic concurrency, finalizers, owners and events. Only here is
/// anything written. One lock orders the writers; under it nothing is parsed, and whoever reads one object or wakes a watch does without.
/// </summary>
internal sealed partial class ObjectStore
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<ResourceKind, Collection> _collections = [];
    private readonly Dictionary<string, HashSet<(ResourceKind Kind, string Key)>> _dependents = new(StringComparer.Ordinal);
    private readonly HashSet<string> _uids = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly IdSource _ids;
    private readonly ObjectStoreOptions _options;
    private ImmutableArray<Action<StoreEvent, StoredObject?>> _observers = [];
    private long _version;

    public ObjectStore(TimeProvider time, IdSource ids, ObjectStoreOptions? options = null)
    {
        _time = time;
        _ids = ids;
        _options = options ?? new ObjectStoreOptions();
    }

    public long ResourceVersion
    {
        get
        {
            lock (_gate) return _version;
        }
    }

    /// <summary>
    /// Adds an observer of every change. It runs under the store's lock, in the order of versions: it must be short, must not throw and
    /// must not call back into the store.
    /// </summary>
    public void Observe(Action<StoreEvent, StoredObject?> observer)
    {
        lock (_gate) _observers = _observers.Add(observer);
    }

    public StoredObject? Get(ResourceKind kind, string key) => Of(kind).Objects.GetValueOrDefault(key);

    public StoreSnapshot List(ResourceKind kind)
    {
        lock (_gate) return new StoreSnapshot(Of(kind).Objects, _version);
    }

    public bool Exists(string uid)
    {
        lock (_gate) return _uids.Contains(uid);
    }

    /// <summary>Objects that name <paramref name="ownerUid"/> as an owner.</summary>
    public IReadOnlyList<(ResourceKind Kind, string Key)> Dependents(string ownerUid)
    {
        lock (_gate) return _dependents.TryGetValue(ownerUid, out var dependents) ? [.. dependents] : [];
    }

    /// <summary>Stores a new object. Fills in name (from generateName), uid, times and version.</summary>
    /// <exception cref="ApiException">409 when the name is taken.</exception>
    public StoredObject Create(ResourceKind kind, JsonObject body)
    {
        var metadata = body.Ensure("metadata");
        var generated = metadata.Text("name") is null or "";
        if (generated) metadata["name"] = metadata.Text("generateName") + _ids.Suffix();
        metadata["uid"] = _ids.Uid();
        metadata["creationTimestamp"] = Rfc3339.Seconds(_time.GetUtcNow());
        metadata.Remove("deletionTimestamp");
        metadata.Remove("deletionGracePeriodSeconds");
        metadata.Remove("managedFields");
        var encoder = new ObjectEncoder(kind, body);
        var collection = Of(kind);
        StoredObject created;
        lock (_gate)
        {
            var key = kind.Key(metadata.Text("namespace"), metadata.Text("name")!);
            while (collection.Objects.ContainsKey(key))
            {
                if (!generated) throw ApiException.AlreadyExists(kind, metadata.Text("name")!);
                metadata["name"] = metadata.Text("generateName") + _ids.Suffix();
                key = kind.Key(metadata.Text("namespace"), metadata.Text("name")!);
            }

            created = encoder.Encode(null, ++_version);
            Put(collection, created, null);
        }

        Wake(collection);
        return created;
    }

    /// <summary>Changes the newest version, again on a conflict. The change returns false to leave the object as it is.</summary>
    /// <returns>The object after the change, or null when there is none.</returns>
    public StoredObject? Update(ResourceKind kind, string key, Func<JsonObject, bool> change)
    {
        while (true)
        {
            if (Get(kind, key) is not { } current) return null;
            var body = current.ToJson();
            if (!change(body)) return current;
            if (TryReplace(current, body) is { } stored) return stored;
        }
    }

    /// <summary>
    /// Puts a changed body in the place of a version, unless that has been replaced meanwhile. Removing the last finalizer of an object
    /// that is being deleted deletes it.
    /// </summary>
    /// <returns>What is stored now (the same version when nothing differs), or null on a conflict.</returns>
    public StoredObject? TryReplace(StoredObject current, JsonObject body)
    {
        var metadata = body.Ensure("metadata");
        metadata["uid"] = current.Uid;
        metadata["name"] = current.Name;
        if (current.Namespace is not null) metadata["namespace"] = current.Namespace;
        metadata.Remove("managedFields");
        var encoder = new ObjectEncoder(current.Kind, body);
        if (encoder.Deleting && !encoder.HasFinalizers && !current.Kind.GracefulDeletion) return TryRemove(current);
        var collection = Of(current.Kind);
        StoredObject stored;
        lock (_gate)
        {
            if (!collection.Objects.TryGetValue(current.Key, out var newest) || !ReferenceEquals(newest, current)) return null;
            stored = encoder.Encode(current, _version + 1);
            if (ReferenceEquals(stored, current)) return current;
            _version++;
            Put(collection, stored, current);
        }

        Wake(collection);
        return stored;
    }

    private Collection Of(ResourceKind kind) => _collections.GetOrAdd(kind, static (_, limit) => new Collection(limit), _options.WatchHistoryLimit);

    private static void Wake(Collection collection)
    {
        foreach (var watch in collection.Watches) watch.Signal();
    }

    private void Put(Collection collection, StoredObject stored, StoredObject? previous)
    {
        collection.Objects = collection.Objects.SetItem(stored.Key, stored);
        if (previous is null) _uids.Add(stored.Uid);
        if (previous is null || !ReferenceEquals(previous.Owners, stored.Owners))
        {
            if (previous is not null) Disown(previous);
            foreach (var owner in stored.Owners)
            {
                if (!_dependents.TryGetValue(owner.Uid, out var dependents)) _dependents[owner.Uid] = dependents = [];
                dependents.Add((stored.Kind, stored.Key));
            }
        }

        Publish(collection, new StoreEvent(previous is null ? StoreEventType.Added : StoreEventType.Modified, stored, previous?.Labels), previous);
    }

    private void Disown(StoredObject stored)
    {
        foreach (var owner in stored.Owners)
        {
            if (!_dependents.TryGetValue(owner.Uid, out var dependents)) continue;
            dependents.Remove((stored.Kind, stored.Key));
            if (dependents.Count == 0) _dependents.Remove(owner.Uid);
        }
    }

    private void Publish(Collection collection, StoreEvent change, StoredObject? previous)
    {
        collection.History.Append(change);
        foreach (var observer in _observers) observer(change, previous);
    }

    /// <summary>The objects of one kind. Written under the store's lock.</summary>
    private sealed class Collection(int historyLimit)
    {
        public volatile ImmutableSortedDictionary<string, StoredObject> Objects =
            ImmutableSortedDictionary.Create<string, StoredObject>(StringComparer.Ordinal);

        public readonly WatchHistory History = new(historyLimit);

        public volatile StoreWatch[] Watches = [];
    }
}
