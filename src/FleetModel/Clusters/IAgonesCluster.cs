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

    /// <summary>Lists the GameServers that carry the session's label, from the API server, not from a cache.</summary>
    /// <exception cref="ClusterUnreachableException">The API server gave no usable answer.</exception>
    Task<IReadOnlyList<GameServerSnapshot>> FindBySessionAsync(string session, CancellationToken cancellationToken);

    /// <summary>Asks the API server for as little as it can be asked for, to learn whether it answers.</summary>
    /// <exception cref="ClusterUnreachableException">The API server gave no usable answer.</exception>
    Task ProbeAsync(CancellationToken cancellationToken);

    /// <summary>Adds labels to a GameServer by merge patch.</summary>
    /// <returns>False when the server does not exist any more.</returns>
    /// <exception cref="ClusterUnreachableException">The API server gave no usable answer.</exception>
    Task<bool> LabelAsync(string gameServer, IReadOnlyDictionary<string, string> labels, CancellationToken cancellationToken);

    /// <summary>Deletes a GameServer, if it is still the one with that uid (an empty uid means whichever bears the name).</summary>
    /// <returns>False when there was none such.</returns>
    /// <exception cref="ClusterUnreachableException">The API server gave no usable answer.</exception>
    Task<bool> DeleteAsync(string gameServer, string uid, CancellationToken cancellationToken);
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

/// <summary>A GameServerAllocation to post.</summary>
/// <param name="Selectors">Ordered: the first that matches a server wins.</param>
/// <param name="Labels">Labels that the claimed server gets.</param>
/// <param name="Annotations">Annotations that the claimed server gets.</param>
/// <param name="Distributed">Spread over nodes instead of packing them.</param>
public sealed record AllocationOrder(
    IReadOnlyList<ServerSelector> Selectors,
    IReadOnlyDictionary<string, string> Labels,
    IReadOnlyDictionary<string, string> Annotations,
    bool Distributed = false);

/// <summary>One selector of an allocation: exact labels, and labels whose values exclude a server.</summary>
public sealed record ServerSelector(
    IReadOnlyDictionary<string, string> MatchLabels,
    IReadOnlyList<LabelExclusion> Exclusions)
{
    /// <summary>Order by content: two selectors with the same terms are equal.</summary>
    public bool Equals(ServerSelector? other) =>
        other is not null
        && MatchLabels.Count == other.MatchLabels.Count
        && MatchLabels.All(pair => other.MatchLabels.TryGetValue(pair.Key, out var value) && value == pair.Value)
        && Exclusions.SequenceEqual(other.Exclusions);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(MatchLabels.Count, Exclusions.Count);
}

/// <summary>A <c>NotIn</c> requirement: servers whose label has one of the values are left out; servers without the label are not.</summary>
public sealed record LabelExclusion(string Key, IReadOnlyList<string> Values)
{
    /// <inheritdoc/>
    public bool Equals(LabelExclusion? other) => other is not null && Key == other.Key && Values.SequenceEqual(other.Values);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Key, Values.Count);
}

/// <summary>What came of posting a GameServerAllocation.</summary>
public abstract record AllocationAnswer
{
    private AllocationAnswer()
    {
    }

    /// <summary>A server was claimed.</summary>
    public sealed record Allocated(GameServerSnapshot Server) : AllocationAnswer;

    /// <summary>No server matches (<c>UnAllocated</c>), or all were taken meanwhile (<c>Contention</c>).</summary>
    public sealed record NoServer(bool Contention) : AllocationAnswer;

    /// <summary>Refused before anything was claimed. Trying the same again is sensible only when <paramref name="Transient"/>.</summary>
    public sealed record Refused(string Reason, bool Transient) : AllocationAnswer;

    /// <summary>No answer: time-out, broken connection, 5xx. A server may or may not have been claimed.</summary>
    public sealed record Unknown(string Reason) : AllocationAnswer;
}
