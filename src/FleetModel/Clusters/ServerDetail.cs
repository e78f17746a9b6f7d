using FleetSystem.FleetModel.Clusters.Allocation;

namespace FleetSystem.FleetModel.Clusters;

/// <summary>A GameServer as the API server itself has it, with what it takes to change it.</summary>
/// <param name="Server">What decisions need of it.</param>
/// <param name="ResourceVersion">Its version: a change is made to this one or not at all.</param>
/// <param name="Status">Its labels, annotations, counters and lists.</param>
public sealed record ServerDetail(GameServerSnapshot Server, string ResourceVersion, AllocationStatus Status);

/// <summary>A change to a GameServer, made in one write to the version that it was planned for.</summary>
public abstract record ServerChange
{
    private ServerChange()
    {
    }

    /// <summary>It is deleted.</summary>
    public sealed record Deletion : ServerChange;

    /// <summary>Some of its fields get other values; what is not named stays.</summary>
    public sealed record Edit : ServerChange
    {
        /// <summary>Labels to set; null takes one away.</summary>
        public IReadOnlyDictionary<string, string?> Labels { get; init; } = new Dictionary<string, string?>();

        /// <summary>Annotations to set; null takes one away.</summary>
        public IReadOnlyDictionary<string, string?> Annotations { get; init; } = new Dictionary<string, string?>();

        /// <summary>Counts of counters.</summary>
        public IReadOnlyDictionary<string, long> Counts { get; init; } = new Dictionary<string, long>();

        /// <summary>Values of lists.</summary>
        public IReadOnlyDictionary<string, IReadOnlyList<string>> Values { get; init; } = new Dictionary<string, IReadOnlyList<string>>();
    }
}
