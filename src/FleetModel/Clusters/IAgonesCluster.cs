using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.FleetModel.Placement;
using FleetSystem.FleetModel.Sizing;

namespace FleetSystem.FleetModel.Clusters;

/// <summary>The way into one Kubernetes cluster with Agones. An adapter does the I/O and decides nothing.</summary>
public interface IAgonesCluster : IAsyncDisposable
{
    /// <summary>
    /// Lists and watches GameServers, Fleets and Nodes until cancelled. Resumes after a cut, lists again after 410 Gone and backs off by
    /// itself; a lost source is told by <see cref="ClusterChange.SourceLost"/>, never by an exception.
    /// </summary>
    IAsyncEnumerable<ClusterChange> WatchAsync(CancellationToken cancellationToken);

    /// <summary>Posts one GameServerAllocation. Every failure is an answer; only cancellation throws.</summary>
    Task<AllocationAnswer> AllocateAsync(AllocationOrder order, CancellationToken cancellationToken);

    /// <summary>Lists the GameServers that bear the session's tag, alone or among others, from the API server, not from a cache.</summary>
    /// <exception cref="ClusterUnreachableException">The API server gave no usable answer.</exception>
    Task<IReadOnlyList<GameServerSnapshot>> FindBySessionAsync(string session, CancellationToken cancellationToken);

    /// <summary>Lists the GameServers that carry a label with a value, with all that an allocation's answer would tell, from the API server, not from a cache.</summary>
    /// <exception cref="ClusterUnreachableException">The API server gave no usable answer.</exception>
    Task<IReadOnlyList<AllocationAnswer.Allocated>> FindByLabelAsync(string key, string value, CancellationToken cancellationToken);

    /// <summary>Asks the API server for as little as it can be asked for, to learn whether it answers.</summary>
    /// <exception cref="ClusterUnreachableException">The API server gave no usable answer.</exception>
    Task ProbeAsync(CancellationToken cancellationToken);

    /// <summary>Lists the GameServerAllocationPolicies: the order of clusters that Agones' own multi-cluster allocation goes by.</summary>
    /// <exception cref="ClusterUnreachableException">The API server gave no usable answer, or does not know the kind.</exception>
    Task<IReadOnlyList<AllocationPolicySnapshot>> ListAllocationPoliciesAsync(CancellationToken cancellationToken);

    /// <summary>Adds labels to a GameServer by merge patch.</summary>
    /// <returns>False when the server does not exist any more.</returns>
    /// <exception cref="ClusterUnreachableException">The API server gave no usable answer.</exception>
    Task<bool> LabelAsync(string gameServer, IReadOnlyDictionary<string, string> labels, CancellationToken cancellationToken);

    /// <summary>Reads a GameServer from the API server, not from a cache.</summary>
    /// <returns>Null when there is none of that name.</returns>
    /// <exception cref="ClusterUnreachableException">The API server gave no usable answer.</exception>
    Task<ServerDetail?> ReadAsync(string gameServer, CancellationToken cancellationToken);

    /// <summary>Changes a GameServer in one write, if it is still as it was read.</summary>
    /// <returns>False when it has changed since, or is gone: nothing was written.</returns>
    /// <exception cref="ClusterUnreachableException">The API server gave no usable answer.</exception>
    Task<bool> ChangeAsync(ServerDetail read, ServerChange change, CancellationToken cancellationToken);

    /// <summary>Deletes a GameServer, if it is still the one with that uid (an empty uid means whichever bears the name).</summary>
    /// <returns>False when there was none such.</returns>
    /// <exception cref="ClusterUnreachableException">The API server gave no usable answer.</exception>
    Task<bool> DeleteAsync(string gameServer, string uid, CancellationToken cancellationToken);

    /// <summary>Reads the sizes of the namespace's Agones Fleets and what scales them, from the API server, not from a cache.</summary>
    /// <exception cref="ClusterUnreachableException">The API server gave no usable answer.</exception>
    Task<IReadOnlyList<FleetSize>> ReadFleetSizesAsync(CancellationToken cancellationToken);

    /// <summary>Changes a Fleet's size in one write, if what is written is still as it was read. Every failure is an answer; only cancellation throws.</summary>
    Task<FleetSizeAnswer> ChangeFleetSizeAsync(FleetSizePatch patch, CancellationToken cancellationToken);
}

/// <summary>Connects to clusters by their configuration.</summary>
public interface IAgonesClusterFactory
{
    /// <summary>Opens the way into a cluster. Nothing is called before the first use.</summary>
    /// <param name="cluster">Id of the cluster in the configuration.</param>
    IAgonesCluster Connect(string cluster);
}

/// <summary>The API server of a cluster could not be reached or refused in a way that says nothing about the object asked for.</summary>
public sealed class ClusterUnreachableException(string message, Exception? inner = null) : Exception(message, inner);
