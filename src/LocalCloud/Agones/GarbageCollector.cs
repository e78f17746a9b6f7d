using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Agones;

/// <summary>Deletes what no owner is left for, in the background.</summary>
internal sealed class GarbageCollector(ObjectStore store, ControlLoop loop) : IReconciler
{
    /// <summary>Dependents deleted in one turn.</summary>
    public const int BatchLimit = 256;

    /// <param name="key">Uid of an owner that may have gone.</param>
    public void Reconcile(string key)
    {
        if (store.Exists(key)) return;
        var deleted = 0;
        foreach (var (kind, dependent) in store.Dependents(key))
        {
            if (store.Get(kind, dependent) is not { Deleting: false } stored) continue;
            if (stored.Owners.Any(owner => store.Exists(owner.Uid))) continue;
            store.Delete(kind, dependent);
            if (++deleted < BatchLimit) continue;
            loop.Enqueue(this, key);
            return;
        }
    }
}
