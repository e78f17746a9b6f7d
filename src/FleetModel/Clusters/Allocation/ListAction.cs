namespace FleetSystem.FleetModel.Clusters.Allocation;

/// <summary>What an allocation does to a list. Values that do not fit are left out and never fail the allocation.</summary>
/// <param name="AddValues">Values to add; those that it has already are left as they are.</param>
/// <param name="DeleteValues">Values to take out; those that it lacks are passed over.</param>
/// <param name="Capacity">New capacity, 0 to <see cref="MaxCapacity"/>; null to leave it.</param>
[GenerateSerializer, Immutable, Alias("fleet.ListAction")]
public sealed record ListAction(
    [property: Id(0)] IReadOnlyList<string> AddValues,
    [property: Id(1)] IReadOnlyList<string> DeleteValues,
    [property: Id(2)] long? Capacity = null)
{
    /// <summary>The greatest capacity that Agones gives a list; it ignores an action that asks for more.</summary>
    public const long MaxCapacity = 1000;

    /// <inheritdoc/>
    public bool Equals(ListAction? other) =>
        other is not null && Capacity == other.Capacity && AddValues.SequenceEqual(other.AddValues) && DeleteValues.SequenceEqual(other.DeleteValues);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(AddValues.Count, DeleteValues.Count, Capacity);
}
