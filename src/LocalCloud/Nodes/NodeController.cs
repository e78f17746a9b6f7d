using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Nodes;

/// <summary>How long a cluster takes to notice a dead node.</summary>
internal sealed class NodeTimings
{
    /// <summary>Silence after which a node turns Unknown. The default value is 40 seconds, as in Kubernetes.</summary>
    public TimeSpan UnknownAfter { get; init; } = TimeSpan.FromSeconds(40);

    /// <summary>Time after that until its Pods are told to go. The default value is 300 seconds, as in Kubernetes.</summary>
    public TimeSpan EvictAfter { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>Time from the deletion of a Node object until its Pods are removed. The default value is 40 seconds.</summary>
    public TimeSpan CollectPodsAfter { get; init; } = TimeSpan.FromSeconds(40);
}

/// <summary>
/// What the cluster does about nodes that fall silent: Unknown, taints, and much later the eviction of Pods, which nobody confirms while
/// the node is away. GameServers stay as they are all the while.
/// </summary>
internal sealed class NodeController(ObjectStore store, Placement placement, ControlLoop loop, TimeProvider time, NodeTimings timings) : IReconciler
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, DateTimeOffset> _silentSince = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _missingSince = new(StringComparer.Ordinal);

    public void Silence(string node)
    {
        lock (_gate) _silentSince.TryAdd(node, time.GetUtcNow());
        loop.Enqueue(this, node);
    }

    public void Restore(string node)
    {
        lock (_gate) _silentSince.Remove(node);
        store.Update(CoreKinds.Node, node, body => NodeObjects.MarkReady(body, time.GetUtcNow()));
    }

    public void Reconcile(string key)
    {
        placement.Retry();
        if (store.Get(CoreKinds.Node, key) is null)
        {
            CollectPods(key);
            return;
        }

        DateTimeOffset since;
        lock (_gate)
        {
            _missingSince.Remove(key);
            if (!_silentSince.TryGetValue(key, out since)) return;
        }

        var now = time.GetUtcNow();
        if (!IsDue(since + timings.UnknownAfter, now, key)) return;
        if (IsKnown(key))
        {
            store.Update(CoreKinds.Node, key, body => NodeObjects.MarkUnknown(body, now));
            store.Update(CoreKinds.Node, key, body => NodeObjects.AddUnreachableTaint(body, "NoSchedule", now));
            store.Update(CoreKinds.Node, key, body => NodeObjects.AddUnreachableTaint(body, "NoExecute", now));
        }

        if (!IsDue(since + timings.UnknownAfter + timings.EvictAfter, now, key)) return;
        foreach (var pod in PodsOn(key)) store.Delete(CoreKinds.Pod, pod.Key);
    }

    private bool IsKnown(string node) => store.Get(CoreKinds.Node, node) is { } stored
        && stored.ToJson().Child("status").Items("conditions")!.Any(condition =>
            condition is System.Text.Json.Nodes.JsonObject entry && entry.Text("type") == "Ready" && entry.Text("status") != "Unknown");

    private bool IsDue(DateTimeOffset due, DateTimeOffset now, string key)
    {
        if (now >= due) return true;
        loop.EnqueueAfter(this, key, due - now);
        return false;
    }

    private void CollectPods(string node)
    {
        DateTimeOffset since;
        lock (_gate)
        {
            _silentSince.Remove(node);
            if (!_missingSince.TryGetValue(node, out since)) _missingSince[node] = since = time.GetUtcNow();
        }

        if (!IsDue(since + timings.CollectPodsAfter, time.GetUtcNow(), node)) return;
        lock (_gate) _missingSince.Remove(node);
        foreach (var pod in PodsOn(node)) store.Delete(CoreKinds.Pod, pod.Key, new DeletionOptions(0));
    }

    private List<StoredObject> PodsOn(string node) =>
        [.. store.List(CoreKinds.Pod).Objects.Values.Where(pod => PodFacts.Of(pod).NodeName == node)];
}
