namespace FleetSystem.FleetModel.Clusters.Allocation;

/// <summary>A GameServerAllocation to post: the whole of what Agones' <c>allocation.agones.dev/v1</c> can be asked, in its own words.</summary>
/// <param name="Selectors">Ordered: the first that matches a server wins.</param>
/// <param name="Labels">Labels that the claimed server gets.</param>
/// <param name="Annotations">Annotations that the claimed server gets.</param>
[GenerateSerializer, Immutable, Alias("fleet.AllocationOrder")]
public sealed record AllocationOrder(
    [property: Id(0)] IReadOnlyList<ServerSelector> Selectors,
    [property: Id(1)] IReadOnlyDictionary<string, string> Labels,
    [property: Id(2)] IReadOnlyDictionary<string, string> Annotations)
{
    /// <summary>Whether servers are packed on few nodes or spread over many. The default is <see cref="SchedulingStrategy.Packed"/>.</summary>
    [Id(3)] public SchedulingStrategy Scheduling { get; init; }

    /// <summary>
    /// In which order the servers that match are looked at, most important first. When packed it decides among servers that packing holds
    /// equal. Orders that alternate in it make Agones sort anew each time (field notes, trap 4).
    /// </summary>
    [Id(4)] public IReadOnlyList<CapacityPriority> Priorities { get; init; } = [];

    /// <summary>What is done to the claimed server's counters, by their names.</summary>
    [Id(5)] public IReadOnlyDictionary<string, CounterAction> Counters { get; init; } = new Dictionary<string, CounterAction>();

    /// <summary>What is done to the claimed server's lists, by their names.</summary>
    [Id(6)] public IReadOnlyDictionary<string, ListAction> Lists { get; init; } = new Dictionary<string, ListAction>();
}

/// <summary>How servers are chosen among those that match equally well.</summary>
public enum SchedulingStrategy
{
    /// <summary>On the nodes that are fullest, so that empty ones can be given up.</summary>
    Packed,

    /// <summary>On any node.</summary>
    Distributed,
}
