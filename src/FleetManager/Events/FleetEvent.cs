using FleetSystem.FleetManager.Dashboard.Views;

namespace FleetSystem.FleetManager.Events;

/// <summary>What an event is about.</summary>
public enum EventKind
{
    /// <summary>A region as a whole.</summary>
    Region,

    /// <summary>A Kubernetes cluster: its watch, or its API.</summary>
    Cluster,

    /// <summary>A zone.</summary>
    Zone,

    /// <summary>Nodes of a cluster.</summary>
    Node,

    /// <summary>A way in.</summary>
    Route,

    /// <summary>An accelerator.</summary>
    Accelerator,

    /// <summary>A fleet: its free servers, its size, and who waits.</summary>
    Fleet,

    /// <summary>Sessions.</summary>
    Session,

    /// <summary>A silo.</summary>
    Silo,

    /// <summary>Another cell.</summary>
    Cell,

    /// <summary>A matchmaking queue.</summary>
    Queue,
}

/// <summary>Something that changed, as it was seen: nobody's deed. What people and policies did is in the audit log.</summary>
/// <param name="At">When it changed; when it was seen where nobody says since when it is so.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Region">The region; empty for what belongs to none.</param>
/// <param name="Subject">Name of what changed.</param>
/// <param name="Describe">What happened in a sentence, given how many things it happened to.</param>
public sealed record FleetEvent(DateTimeOffset At, EventKind Kind, Severity Severity, string Region, string Subject, Func<int, string> Describe)
{
    /// <summary>An event that happened to one thing.</summary>
    public FleetEvent(DateTimeOffset at, EventKind kind, Severity severity, string region, string subject, string what)
        : this(at, kind, severity, region, subject, _ => what)
    {
    }

    /// <summary>What happened, in a sentence.</summary>
    public string What => Describe(Count);

    /// <summary>How many things it happened to; 0 where nothing is counted.</summary>
    public int Count { get; init; }

    /// <summary>
    /// Name of what goes on: an event that comes soon after another of that name is the same going on, and both become one with the sum of their counts. Null for what happens at
    /// once.
    /// </summary>
    public string? Episode { get; init; }

    /// <summary>Until when it went on; null for what happened at once.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Its number among those that this host has seen; 0 before it is in the log.</summary>
    public long Sequence { get; init; }
}
