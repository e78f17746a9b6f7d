using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Kubernetes;
using FleetSystem.LocalCloud.Sdk;

namespace FleetSystem.LocalCloud.Nodes;

/// <summary>A GameServer object as the sidecar beside its process sees it. A successor of the same name is another object.</summary>
internal sealed class GameServerResource(ObjectStore store, GameServerWatches watches, string key, string uid) : IGameServerResource
{
    public JsonObject? Current => Find()?.ToJson();

    public JsonObject? Update(Func<JsonObject, bool> change)
    {
        if (Find() is null) return null;
        return store.Update(AgonesKinds.GameServer, key, body => body.Child("metadata").Text("uid") == uid && change(body)) is { } stored && stored.Uid == uid
            ? stored.ToJson()
            : null;
    }

    public async IAsyncEnumerable<JsonObject> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var watch = watches.Begin(key);
        if (Find() is not { } newest) yield break;
        var version = newest.ResourceVersion;
        yield return newest.ToJson();
        await foreach (var change in watch.Events.ReadAllAsync(cancellationToken))
        {
            if (change.Object.Uid != uid || change.Object.ResourceVersion <= version) continue;
            if (change.Type == StoreEventType.Deleted) yield break;
            version = change.Object.ResourceVersion;
            yield return change.Object.ToJson();
        }
    }

    private StoredObject? Find() => store.Get(AgonesKinds.GameServer, key) is { } stored && stored.Uid == uid ? stored : null;
}

/// <summary>Watches of single GameServers: a change wakes the one sidecar that it concerns.</summary>
internal sealed class GameServerWatches
{
    /// <summary>Versions kept for a reader that is slow; older ones are dropped, the newest stays.</summary>
    public const int PendingLimit = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<Watch>> _watches = new(StringComparer.Ordinal);

    public GameServerWatches(ObjectStore store) => store.Observe(OnChange);

    public Watch Begin(string key)
    {
        var watch = new Watch(this, key);
        lock (_gate)
        {
            if (!_watches.TryGetValue(key, out var watches)) _watches[key] = watches = [];
            watches.Add(watch);
        }

        return watch;
    }

    private void OnChange(StoreEvent change, StoredObject? previous)
    {
        if (change.Object.Kind != AgonesKinds.GameServer) return;
        lock (_gate)
        {
            if (!_watches.TryGetValue(change.Object.Key, out var watches)) return;
            foreach (var watch in watches) watch.Offer(change);
        }
    }

    private void End(Watch watch)
    {
        lock (_gate)
        {
            if (_watches.TryGetValue(watch.Key, out var watches) && watches.Remove(watch) && watches.Count == 0) _watches.Remove(watch.Key);
        }
    }

    internal sealed class Watch(GameServerWatches owner, string key) : IDisposable
    {
        private readonly Channel<StoreEvent> _events = Channel.CreateBounded<StoreEvent>(
            new BoundedChannelOptions(PendingLimit) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

        public string Key { get; } = key;

        public ChannelReader<StoreEvent> Events => _events.Reader;

        public void Offer(StoreEvent change) => _events.Writer.TryWrite(change);

        public void Dispose() => owner.End(this);
    }
}
