namespace FleetSystem.FleetModel.Routing;

/// <summary>The destinations that an accelerator lets players through to, and for which server each was opened. Immutable; sixteen bytes each.</summary>
[GenerateSerializer, Immutable, Alias("fleet.AcceleratorOpenings")]
public sealed class AcceleratorOpenings
{
    // Sorted, with the servers beside them.
    [Id(0)] private readonly ulong[] _destinations;
    [Id(1)] private readonly ulong[] _servers;

    private AcceleratorOpenings(long version, ulong[] destinations, ulong[] servers) => (Version, _destinations, _servers) = (version, destinations, servers);

    /// <summary>None are open.</summary>
    public static AcceleratorOpenings None { get; } = new(0, [], []);

    /// <summary>Grows with each change, also from one activation of the region's grain to the next.</summary>
    [Id(2)] public long Version { get; }

    /// <summary>Number of destinations.</summary>
    public int Count => _destinations.Length;

    /// <summary>Makes one of openings in any order.</summary>
    public static AcceleratorOpenings Of(long version, IEnumerable<ServerOpening> open)
    {
        var sorted = open.OrderBy(opening => opening.Destination.Packed).ToArray();
        return new(version, [.. sorted.Select(opening => opening.Destination.Packed)], [.. sorted.Select(opening => opening.Server)]);
    }

    /// <summary>Whether a destination was opened for this very server: what an earlier one left open at its address is not.</summary>
    public bool IsOpen(string address, int port, ulong server)
    {
        if (!Destination.TryCreate(address, port, out var destination)) return false;
        var index = Array.BinarySearch(_destinations, destination.Packed);
        return index >= 0 && _servers[index] == server;
    }

    /// <summary>Whether both let the same through, whatever their versions.</summary>
    public bool SameAs(AcceleratorOpenings other) =>
        _destinations.AsSpan().SequenceEqual(other._destinations) && _servers.AsSpan().SequenceEqual(other._servers);
}
