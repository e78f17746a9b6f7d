namespace FleetSystem.LocalCloud.Sdk;

/// <summary>Changes to a counter that are not written yet.</summary>
internal sealed record PendingCounter(long? Capacity = null, long? Count = null, long Difference = 0)
{
    /// <summary>The counter with the changes, kept within 0 and its capacity.</summary>
    public (long Count, long Capacity) ApplyTo(long count, long capacity)
    {
        var most = Capacity ?? capacity;
        return (Math.Min(Math.Max((Count ?? count) + Difference, 0), most), most);
    }

    /// <summary>Adds a request's changes, or says why they are out of range.</summary>
    public PendingCounter? Add(long? capacity, long? countSet, long difference, long storedCount, long storedCapacity, out string? fault)
    {
        fault = null;
        var next = this;
        if (capacity is { } newCapacity)
        {
            if (newCapacity < 0)
            {
                fault = $"out of range. Capacity must be greater than or equal to 0. Found Capacity: {newCapacity}";
                return null;
            }

            next = next with { Capacity = newCapacity };
        }

        var most = next.Capacity ?? storedCapacity;
        if (countSet is { } set)
        {
            if ((fault = OutOfRange(set, most)) is not null)
                return null;
            next = next with { Count = set, Difference = 0 };
        }

        if (difference != 0)
        {
            if ((fault = OutOfRange((next.Count ?? storedCount) + next.Difference + difference, most)) is not null)
                return null;
            next = next with { Difference = next.Difference + difference };
        }

        return next;
    }

    private static string? OutOfRange(long count, long capacity) => count < 0 || count > capacity
        ? $"out of range. Count must be within range [0,Capacity]. Found Count: {count}, Capacity: {capacity}"
        : null;
}
