using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Agones;

/// <summary>
/// Counts of servers by set and by node, kept current with every write: nobody walks ten thousand servers to know how many there are.
/// </summary>
internal sealed class GameServerIndex
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SetCounts> _sets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NodeCounts> _nodes = new(StringComparer.Ordinal);

    public GameServerIndex(ObjectStore store) => store.Observe(OnChange);

    /// <summary>Servers of the set with this uid.</summary>
    public SetCounts OfSet(string uid)
    {
        lock (_gate) return _sets.GetValueOrDefault(uid);
    }

    /// <summary>Ready and Allocated servers on a node.</summary>
    public NodeCounts OfNode(string name)
    {
        lock (_gate) return _nodes.GetValueOrDefault(name);
    }

    private void OnChange(StoreEvent change, StoredObject? previous)
    {
        if (change.Object.Kind != AgonesKinds.GameServer) return;
        lock (_gate)
        {
            if (previous is not null) Count(previous, -1);
            if (change.Type != StoreEventType.Deleted) Count(change.Object, 1);
        }
    }

    private void Count(StoredObject server, int by)
    {
        var facts = GameServerFacts.Of(server);
        if (server.ControllerOwner is { } owner)
        {
            var counts = _sets.GetValueOrDefault(owner.Uid).Add(server, facts, by);
            if (counts == default) _sets.Remove(owner.Uid);
            else _sets[owner.Uid] = counts;
        }

        if (facts.NodeName.Length == 0 || server.Deleting) return;
        var node = _nodes.GetValueOrDefault(facts.NodeName);
        if (facts.State == GameServerState.Ready) node = node with { Ready = node.Ready + by };
        else if (facts.State == GameServerState.Allocated) node = node with { Allocated = node.Allocated + by };
        _nodes[facts.NodeName] = node;
    }
}

/// <summary>Servers on a node by what allocation and scale-down weigh.</summary>
internal readonly record struct NodeCounts(int Ready, int Allocated);

/// <summary>Servers of a set.</summary>
/// <param name="Counts">What the set's status shows.</param>
/// <param name="Unhealthy">Of its replicas, those that are to be replaced.</param>
internal readonly record struct SetCounts(ReplicaCounts Counts, int Unhealthy)
{
    /// <summary>Servers that count toward the replicas asked for.</summary>
    public int Up => Counts.Replicas - Unhealthy;

    public SetCounts Add(StoredObject server, GameServerFacts facts, int by)
    {
        if (GameServerFacts.BeingDeleted(server)) return this with { Counts = Counts with { Shutdown = Counts.Shutdown + by } };
        var counts = Counts with { Replicas = Counts.Replicas + by };
        return facts.State switch
        {
            GameServerState.Ready => this with { Counts = counts with { Ready = counts.Ready + by } },
            GameServerState.Reserved => this with { Counts = counts with { Reserved = counts.Reserved + by } },
            GameServerState.Allocated => this with { Counts = counts with { Allocated = counts.Allocated + by } },
            GameServerState.Unhealthy or GameServerState.Error => new SetCounts(counts, Unhealthy + by),
            _ => this with { Counts = counts },
        };
    }
}
