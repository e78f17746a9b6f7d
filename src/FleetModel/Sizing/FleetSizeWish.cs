namespace FleetSystem.FleetModel.Sizing;

/// <summary>What an operator wants an Agones Fleet's size to be. What is null stays as it is.</summary>
[GenerateSerializer, Immutable, Alias("fleet.FleetSizeWish")]
public sealed record FleetSizeWish
{
    /// <summary>Name of the Agones Fleet.</summary>
    [Id(0)] public required string AgonesFleet { get; init; }

    /// <summary><see cref="FleetSize.Version"/> of what he saw: where that holds no more, nothing is changed.</summary>
    [Id(1)] public required string Version { get; init; }

    /// <summary>Replicas; only of a Fleet that no FleetAutoscaler scales.</summary>
    [Id(2)] public int? Replicas { get; init; }

    /// <summary>Fewest replicas of the Buffer policy.</summary>
    [Id(3)] public int? MinReplicas { get; init; }

    /// <summary>Most replicas of the Buffer policy.</summary>
    [Id(4)] public int? MaxReplicas { get; init; }

    /// <summary>Its buffer, as a number of servers.</summary>
    [Id(5)] public int? BufferSize { get; init; }

    /// <summary>Its buffer, as a share of all servers in percent.</summary>
    [Id(6)] public int? BufferPercent { get; init; }

    /// <summary>Who wants it.</summary>
    [Id(7)] public required string By { get; init; }

    /// <summary>Why.</summary>
    [Id(8)] public required string Reason { get; init; }
}

/// <summary>A fault of one field of a wish.</summary>
/// <param name="Field">The field, in camel case; empty for the wish as a whole.</param>
/// <param name="Message">What is wrong, and what is possible.</param>
[GenerateSerializer, Immutable, Alias("fleet.FleetSizeFault")]
public sealed record FleetSizeFault([property: Id(0)] string Field, [property: Id(1)] string Message);

/// <summary>How a wish for another size ended.</summary>
public enum FleetSizeResult
{
    /// <summary>It is changed.</summary>
    Changed,

    /// <summary>It was so already.</summary>
    Unchanged,

    /// <summary>The wish has faults; nothing was changed.</summary>
    Invalid,

    /// <summary>The cluster has no such Agones Fleet.</summary>
    NotFound,

    /// <summary>The size is not what it was when the operator looked; nothing was changed.</summary>
    Stale,

    /// <summary>It cannot be changed from here, as things stand; nothing was changed.</summary>
    NotChangeable,

    /// <summary>The cluster, or the store of the audit log, could not be asked; nothing was changed.</summary>
    Unavailable,

    /// <summary>The change was sent, and it is not known whether it was made.</summary>
    Unknown,
}

/// <summary>Answer to a wish for another size.</summary>
[GenerateSerializer, Immutable, Alias("fleet.FleetSizeOutcome")]
public sealed record FleetSizeOutcome
{
    /// <summary>How it ended.</summary>
    [Id(0)] public required FleetSizeResult Result { get; init; }

    /// <summary>The size as it was last read or written; null when it could not be read.</summary>
    [Id(1)] public FleetSize? Size { get; init; }

    /// <summary>Why it was not changed, or what is not known, for people; empty when it is changed.</summary>
    [Id(2)] public string Reason { get; init; } = "";

    /// <summary>Faults of the wish.</summary>
    [Id(3)] public IReadOnlyList<FleetSizeFault> Faults { get; init; } = [];

    /// <summary>What will come of it, for people.</summary>
    [Id(4)] public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>The sizes of a cluster's Agones Fleets.</summary>
/// <param name="Sizes">The sizes, or null when the cluster did not give them.</param>
/// <param name="Fault">Why not, for people; empty otherwise.</param>
/// <param name="At">When they were read.</param>
[GenerateSerializer, Immutable, Alias("fleet.FleetSizeList")]
public sealed record FleetSizeList(
    [property: Id(0)] IReadOnlyList<FleetSize>? Sizes,
    [property: Id(1)] string Fault,
    [property: Id(2)] DateTimeOffset At);
