namespace FleetSystem.FleetModel.Clusters.Allocation;

/// <summary>Orders servers by the room that is left in a counter or a list. A server that lacks it is neither first nor last.</summary>
/// <param name="Type">Whether <paramref name="Key"/> names a counter or a list.</param>
/// <param name="Key">Name of the counter or list; not empty.</param>
/// <param name="Order">Least room first, or most.</param>
[GenerateSerializer, Immutable, Alias("fleet.CapacityPriority")]
public sealed record CapacityPriority(
    [property: Id(0)] CapacityType Type,
    [property: Id(1)] string Key,
    [property: Id(2)] CapacityOrder Order = CapacityOrder.Ascending);

/// <summary>The two things that a server may count, in Agones' words.</summary>
public enum CapacityType
{
    /// <summary>A number with an upper bound.</summary>
    Counter,

    /// <summary>A set of values with an upper bound on how many.</summary>
    List,
}

/// <summary>Which servers come first.</summary>
public enum CapacityOrder
{
    /// <summary>Those with the least room.</summary>
    Ascending,

    /// <summary>Those with the most room.</summary>
    Descending,
}
