using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Agones;

/// <summary>Keeps as many servers in each set as are asked for. Allocated and Reserved ones are never taken away.</summary>
internal sealed class GameServerSetController(ObjectStore store, GameServerIndex index, ControlLoop loop) : IReconciler
{
    /// <summary>Servers created or shut down in one turn, so that others get theirs.</summary>
    public const int BatchLimit = 64;

    private static readonly TimeSpan StatusDelay = TimeSpan.FromMilliseconds(100);

    private readonly GameServerSetStatus _status = new(store, index);

    public void Reconcile(string key)
    {
        if (store.Get(AgonesKinds.GameServerSet, key) is not { Deleting: false } set) return;
        var difference = ReplicaFacts.Of(set).Replicas - index.OfSet(set.Uid).Up;
        if (difference > 0) CreateServers(set, Math.Min(difference, BatchLimit));
        else if (difference < 0) ShutDown(set, Math.Min(-difference, BatchLimit));
        if (Math.Abs(difference) > BatchLimit) loop.Enqueue(this, key);
        loop.EnqueueAfter(_status, key, StatusDelay);
    }

    private void CreateServers(StoredObject set, int count)
    {
        var template = set.ToJson().Child("spec");
        for (var i = 0; i < count; i++) store.Create(AgonesKinds.GameServer, NewServer(set, template!));
    }

    private static JsonObject NewServer(StoredObject set, JsonObject setSpec)
    {
        var template = setSpec.Child("template");
        var labels = template.Child("metadata").Child("labels")?.Copy() ?? [];
        labels[AgonesNames.GameServerSetLabel] = set.Name;
        if (set.Labels.TryGetValue(AgonesNames.FleetLabel, out var fleet)) labels[AgonesNames.FleetLabel] = fleet;
        var spec = template.Child("spec")?.Copy() ?? [];
        spec["scheduling"] = setSpec.Text("scheduling");
        var server = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["generateName"] = set.Name + "-",
                ["namespace"] = set.Namespace,
                ["labels"] = labels,
                ["annotations"] = template.Child("metadata").Child("annotations")?.Copy() ?? [],
                ["ownerReferences"] = PodTemplate.Owner(AgonesKinds.GameServerSet, set.Name, set.Uid),
            },
            ["spec"] = spec,
        };
        GameServerDefaults.Complete(server);
        return server;
    }

    private void ShutDown(StoredObject set, int count)
    {
        var candidates = store.Dependents(set.Uid)
            .Where(dependent => dependent.Kind == AgonesKinds.GameServer)
            .Select(dependent => store.Get(dependent.Kind, dependent.Key))
            .OfType<StoredObject>()
            .Where(server => !GameServerFacts.BeingDeleted(server) && !IsKept(GameServerFacts.Of(server).State));
        foreach (var server in InOrder(candidates, ReplicaFacts.Of(set).Scheduling).Take(count).ToList())
        {
            store.Update(AgonesKinds.GameServer, server.Key, body =>
            {
                // An allocation may have come first.
                if (IsKept(body.Child("status").Text("state"))) return false;
                body["status"]!["state"] = GameServerState.Shutdown;
                return true;
            });
        }
    }

    private static bool IsKept(string? state) => state is GameServerState.Allocated or GameServerState.Reserved or GameServerState.Unhealthy;

    /// <summary>Packed empties the emptiest nodes first, Distributed takes the newest servers.</summary>
    private IOrderedEnumerable<StoredObject> InOrder(IEnumerable<StoredObject> candidates, string scheduling)
    {
        if (scheduling == AgonesNames.Distributed) return candidates.OrderByDescending(server => server.ResourceVersion);
        return candidates
            .OrderBy(server => GameServerFacts.Of(server).NodeName.Length == 0 ? 0 : 1)
            .ThenBy(server => index.OfNode(GameServerFacts.Of(server).NodeName) is var node ? node.Ready + node.Allocated : 0)
            .ThenBy(server => GameServerFacts.Of(server).NodeName, StringComparer.Ordinal)
            .ThenByDescending(server => server.Name, StringComparer.Ordinal);
    }
}
