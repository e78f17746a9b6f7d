using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Nodes;

/// <summary>Binds Pods to the nodes that hold their ports.</summary>
internal sealed class PodScheduler(ObjectStore store, Placement placement, TimeProvider time) : IReconciler
{
    public void Reconcile(string key)
    {
        if (store.Get(CoreKinds.Pod, key) is not { Deleting: false } pod || PodFacts.Of(pod).NodeName.Length > 0) return;
        if (store.Get(AgonesKinds.GameServer, key) is not { } server) return;
        if (placement.NodeFor(server, PortRequest.Read(server.ToJson())) is not { } name) return;
        if (store.Get(CoreKinds.Node, name) is not { } node) return;
        var facts = NodeFacts.Of(node);
        store.Update(CoreKinds.Pod, key, body =>
        {
            var labels = body.Child("metadata")!.Ensure("labels");
            labels[NodeObjects.RegionLabel] = facts.Region;
            labels[NodeObjects.ZoneLabel] = facts.Zone;
            body.Ensure("spec")["nodeName"] = name;
            body.Ensure("status")["conditions"] = new JsonArray(PodStatus.Condition("PodScheduled", "True", time.GetUtcNow()));
            return true;
        });
    }
}
