using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Agones;

/// <summary>Writes a set's counts, a little behind the servers: many changes become one write.</summary>
internal sealed class GameServerSetStatus(ObjectStore store, GameServerIndex index) : IReconciler
{
    public void Reconcile(string key)
    {
        if (store.Get(AgonesKinds.GameServerSet, key) is not { Deleting: false } set) return;
        var counts = index.OfSet(set.Uid).Counts;
        store.Update(AgonesKinds.GameServerSet, key, body =>
        {
            var spec = body.Child("spec").Child("template").Child("spec");
            var status = new JsonObject
            {
                ["replicas"] = counts.Replicas,
                ["readyReplicas"] = counts.Ready,
                ["reservedReplicas"] = counts.Reserved,
                ["allocatedReplicas"] = counts.Allocated,
                ["shutdownReplicas"] = counts.Shutdown,
            };
            if (spec.Child("counters") is { Count: > 0 } || spec.Child("lists") is { Count: > 0 }) AddTotals(status, set.Uid);
            body["status"] = status;
            return true;
        });
    }

    private void AddTotals(JsonObject status, string uid)
    {
        var totals = new CapacityTotals();
        foreach (var (kind, key) in store.Dependents(uid))
        {
            if (store.Get(kind, key) is { } server && server.Kind == AgonesKinds.GameServer && !GameServerFacts.BeingDeleted(server))
            {
                totals.Add(GameServerFacts.Of(server));
            }
        }

        totals.Write(status);
    }
}
