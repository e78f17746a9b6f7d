namespace FleetSystem.FleetModel.Clusters.Allocation;

/// <summary>
/// What an allocation does to a counter. An amount that does not fit is cut off and never fails the allocation: ask for room by
/// <see cref="CounterSelector.MinAvailable"/>.
/// </summary>
/// <param name="Direction">Up or down, together with <paramref name="Amount"/>; null to leave the count.</param>
/// <param name="Amount">By how much; 0 or more; null together with <paramref name="Direction"/>.</param>
/// <param name="Capacity">New capacity, 0 or more; null to leave it.</param>
[GenerateSerializer, Immutable, Alias("fleet.CounterAction")]
public sealed record CounterAction(
    [property: Id(0)] CounterDirection? Direction = null,
    [property: Id(1)] long? Amount = null,
    [property: Id(2)] long? Capacity = null);

/// <summary>Agones' two actions on a counter.</summary>
public enum CounterDirection
{
    /// <summary>Up.</summary>
    Increment,

    /// <summary>Down.</summary>
    Decrement,
}
