namespace FleetSystem.FleetModel.Clusters;

/// <summary>One thing that an informer has seen in a cluster.</summary>
public abstract record ClusterChange
{
    private ClusterChange()
    {
    }

    /// <summary>A full list of GameServers: what is not in it exists no more.</summary>
    public sealed record GameServersListed(IReadOnlyList<GameServerSnapshot> Items) : ClusterChange;

    /// <summary>A GameServer was added or changed.</summary>
    public sealed record GameServerChanged(GameServerSnapshot Item) : ClusterChange;

    /// <summary>A GameServer is gone.</summary>
    public sealed record GameServerDeleted(string Name, string Uid) : ClusterChange;

    /// <summary>A full list of Nodes.</summary>
    public sealed record NodesListed(IReadOnlyList<NodeSnapshot> Items) : ClusterChange;

    /// <summary>A Node was added or changed.</summary>
    public sealed record NodeChanged(NodeSnapshot Item) : ClusterChange;

    /// <summary>A Node is gone.</summary>
    public sealed record NodeDeleted(string Name) : ClusterChange;

    /// <summary>A full list of Fleets.</summary>
    public sealed record FleetsListed(IReadOnlyList<AgonesFleetSnapshot> Items) : ClusterChange;

    /// <summary>A Fleet was added or changed.</summary>
    public sealed record FleetChanged(AgonesFleetSnapshot Item) : ClusterChange;

    /// <summary>A Fleet is gone.</summary>
    public sealed record FleetDeleted(string Name) : ClusterChange;

    /// <summary>The watch of one kind has been lost; what is known stays, and ages from now on.</summary>
    /// <param name="Kind">Plural of the kind, for example <c>gameservers</c>.</param>
    /// <param name="Reason">What happened, for people.</param>
    public sealed record SourceLost(string Kind, string Reason) : ClusterChange;

    /// <summary>The watch of one kind runs (again).</summary>
    public sealed record SourceRestored(string Kind) : ClusterChange;
}
