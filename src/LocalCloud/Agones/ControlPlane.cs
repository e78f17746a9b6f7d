using FleetSystem.LocalCloud.Kubernetes;
using FleetSystem.LocalCloud.Nodes;

namespace FleetSystem.LocalCloud.Agones;

/// <summary>Leads every change of the store to the controllers that it concerns.</summary>
internal sealed class ControlPlane
{
    private readonly ControlLoop _loop;
    private readonly IReconciler _fleets;
    private readonly IReconciler _sets;
    private readonly IReconciler _servers;
    private readonly IReconciler _scheduler;
    private readonly IReconciler _kubelet;
    private readonly IReconciler _nodes;
    private readonly IReconciler _garbage;
    private readonly IReconciler _autoscalers;

    public ControlPlane(
        ObjectStore store, ControlLoop loop, GameServerIndex index, Placement placement, Kubelet kubelet, NodeController nodes, IReconciler autoscalers,
        TimeProvider time)
    {
        _loop = loop;
        _fleets = new FleetController(store, index);
        _sets = new GameServerSetController(store, index, loop);
        _servers = new GameServerController(store, placement);
        _scheduler = new PodScheduler(store, placement, time);
        _kubelet = kubelet;
        _nodes = nodes;
        _autoscalers = autoscalers;
        _garbage = new GarbageCollector(store, loop);
        placement.OnRoom = key =>
        {
            loop.Enqueue(_servers, key);
            loop.Enqueue(_scheduler, key);
        };
        store.Observe(OnChange);
    }

    private void OnChange(StoreEvent change, StoredObject? previous)
    {
        var stored = change.Object;
        if (stored.Kind == AgonesKinds.GameServer) OnServer(change);
        else if (stored.Kind == CoreKinds.Pod) OnPod(stored);
        else if (stored.Kind == AgonesKinds.GameServerSet) OnSet(stored);
        else if (stored.Kind == AgonesKinds.Fleet) _loop.Enqueue(_fleets, stored.Key);
        else if (stored.Kind == CoreKinds.Node) _loop.Enqueue(_nodes, stored.Key);
        // Not at its own status: an autoscaler acts at its interval.
        else if (stored.Kind == AgonesKinds.FleetAutoscaler && stored.Generation != previous?.Generation) _loop.Enqueue(_autoscalers, stored.Key);

        if (change.Type == StoreEventType.Deleted) _loop.Enqueue(_garbage, stored.Uid);
        else if (change.Type == StoreEventType.Added)
        {
            // An object may name an owner that has gone before it came.
            foreach (var owner in stored.Owners) _loop.Enqueue(_garbage, owner.Uid);
        }
    }

    // The set first: a replacement is on its way before what it replaces is taken down. A server that was told to go (deletionTimestamp)
    // is replaced when it has gone, as Agones does.
    private void OnServer(StoreEvent change)
    {
        var server = change.Object;
        if (server.ControllerOwner is { } owner && (change.Type == StoreEventType.Deleted || !server.Deleting))
        {
            _loop.Enqueue(_sets, AgonesKinds.GameServerSet.Key(server.Namespace, owner.Name));
        }

        _loop.Enqueue(_servers, server.Key);
    }

    private void OnPod(StoredObject pod)
    {
        if (PodFacts.Of(pod).NodeName.Length == 0) _loop.Enqueue(_scheduler, pod.Key);
        else _loop.Enqueue(_kubelet, pod.Key);
        _loop.Enqueue(_servers, pod.Key);
    }

    private void OnSet(StoredObject set)
    {
        _loop.Enqueue(_sets, set.Key);
        if (set.ControllerOwner is { } owner) _loop.Enqueue(_fleets, AgonesKinds.Fleet.Key(set.Namespace, owner.Name));
    }
}
