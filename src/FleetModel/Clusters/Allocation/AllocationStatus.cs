namespace FleetSystem.FleetModel.Clusters.Allocation;

/// <summary>What Agones tells about a claimed server that no decision needs, but its callers do.</summary>
[GenerateSerializer, Immutable, Alias("fleet.AllocationStatus")]
public sealed record AllocationStatus
{
    /// <summary>All of its ports, in the order of its template.</summary>
    [Id(0)] public IReadOnlyList<ServerPort> Ports { get; init; } = [];

    /// <summary>All addresses of its node, and the pod's.</summary>
    [Id(1)] public IReadOnlyList<ServerAddress> Addresses { get; init; } = [];

    /// <summary>Its labels once claimed.</summary>
    [Id(2)] public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Its annotations once claimed.</summary>
    [Id(3)] public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>Its counters once claimed, by name.</summary>
    [Id(4)] public IReadOnlyDictionary<string, CounterStatus> Counters { get; init; } = new Dictionary<string, CounterStatus>();

    /// <summary>Its lists once claimed, by name.</summary>
    [Id(5)] public IReadOnlyDictionary<string, ListStatus> Lists { get; init; } = new Dictionary<string, ListStatus>();
}

/// <summary>A port of a GameServer's status.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Port">Port of the node, 1 to 65535.</param>
[GenerateSerializer, Immutable, Alias("fleet.ServerPort")]
public readonly record struct ServerPort([property: Id(0)] string Name, [property: Id(1)] int Port);

/// <summary>An address by which a GameServer can be reached.</summary>
/// <param name="Type">Kubernetes' type of address, such as <c>InternalIP</c>, <c>ExternalIP</c>, <c>Hostname</c> or <c>PodIP</c>.</param>
/// <param name="Address">An address or a name.</param>
[GenerateSerializer, Immutable, Alias("fleet.ServerAddress")]
public sealed record ServerAddress([property: Id(0)] string Type, [property: Id(1)] string Address);

/// <summary>A counter of a GameServer.</summary>
/// <param name="Count">Its value.</param>
/// <param name="Capacity">Its upper bound.</param>
[GenerateSerializer, Immutable, Alias("fleet.CounterStatus")]
public sealed record CounterStatus([property: Id(0)] long Count, [property: Id(1)] long Capacity);

/// <summary>A list of a GameServer.</summary>
/// <param name="Values">Its values.</param>
/// <param name="Capacity">How many it may have.</param>
[GenerateSerializer, Immutable, Alias("fleet.ListStatus")]
public sealed record ListStatus([property: Id(0)] IReadOnlyList<string> Values, [property: Id(1)] long Capacity)
{
    /// <inheritdoc/>
    public bool Equals(ListStatus? other) => other is not null && Capacity == other.Capacity && Values.SequenceEqual(other.Values);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Values.Count, Capacity);
}
