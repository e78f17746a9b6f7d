namespace FleetSystem.FleetModel.Operations;

/// <summary>One thing that an operator changed, or a policy.</summary>
/// <param name="Sequence">Its number in its log, that of a region or a queue, from 1, without gaps.</param>
/// <param name="At">When it was stored.</param>
/// <param name="Kind">What was changed.</param>
/// <param name="Subject">Name of the zone, cluster, queue or session, or <c>cluster/AgonesFleet</c>; of a change of the whole region the region.</param>
/// <param name="By">Who did it.</param>
/// <param name="Reason">Why.</param>
/// <param name="Before">What was wanted before, as JSON; null when nothing was.</param>
/// <param name="After">What is wanted since, as JSON.</param>
[GenerateSerializer, Immutable, Alias("fleet.AuditEntry")]
public sealed record AuditEntry(
    [property: Id(0)] long Sequence,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] AuditKind Kind,
    [property: Id(3)] string Subject,
    [property: Id(4)] string By,
    [property: Id(5)] string Reason,
    [property: Id(6)] string? Before,
    [property: Id(7)] string After);

/// <summary>What was changed.</summary>
public enum AuditKind
{
    /// <summary>A region was drained or opened.</summary>
    Region,

    /// <summary>A zone was evacuated or let in again.</summary>
    Zone,

    /// <summary>A kind of route was forced, or no longer.</summary>
    Routes,

    /// <summary>The standard accelerator's traffic was shifted.</summary>
    Traffic,

    /// <summary>A cluster's priority or weight was set.</summary>
    Cluster,

    /// <summary>A cluster's priority and weight were taken over from GameServerAllocationPolicies.</summary>
    ImportedCluster,

    /// <summary>A queue's rule set was set, or the configuration's holds again.</summary>
    RuleSet,

    /// <summary>The zone monitor evacuated a zone, or let it in again by a step.</summary>
    ZoneVerdict,

    /// <summary>A session was ended by an operator, or moved to another server.</summary>
    Session,

    /// <summary>An Agones Fleet's size was changed, or the change did not come about as told before.</summary>
    FleetSize,
}

/// <summary>Something that is done beside the region's own state, for its audit log.</summary>
/// <param name="Kind">What is changed.</param>
/// <param name="Subject">Its name.</param>
/// <param name="By">Who does it.</param>
/// <param name="Reason">Why.</param>
/// <param name="Before">How it was, as JSON.</param>
/// <param name="After">What is wanted, as JSON.</param>
[GenerateSerializer, Immutable, Alias("fleet.AuditNote")]
public sealed record AuditNote(
    [property: Id(0)] AuditKind Kind,
    [property: Id(1)] string Subject,
    [property: Id(2)] string By,
    [property: Id(3)] string Reason,
    [property: Id(4)] string? Before,
    [property: Id(5)] string After);

/// <summary>A part of an audit log.</summary>
/// <param name="Entries">Entries, newest first.</param>
/// <param name="HasMore">Whether there are older ones.</param>
[GenerateSerializer, Immutable, Alias("fleet.AuditPage")]
public sealed record AuditPage(
    [property: Id(0)] IReadOnlyList<AuditEntry> Entries,
    [property: Id(1)] bool HasMore);
