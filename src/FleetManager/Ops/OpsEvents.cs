using FleetSystem.FleetManager.Dashboard.Views;
using FleetSystem.FleetManager.Events;
using FleetSystem.FleetModel.Operations;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Where an event is known from.</summary>
internal enum EventSource
{
    /// <summary>This host saw that it is so, from its start on.</summary>
    Seen,

    /// <summary>The audit log: a person or a policy did it.</summary>
    Audit,
}

/// <summary>Answer of <c>GET /ops/v1/events</c>.</summary>
/// <param name="Events">Events, newest first. With a filter there may be few, or none, although <paramref name="Next"/> goes on.</param>
/// <param name="Next">What gives the next page as <c>after</c>, or null when this is the last.</param>
/// <param name="AuditAnswered">False when the audit log could not be read, and its events are missing.</param>
internal sealed record OpsEventPage(IReadOnlyList<OpsEvent> Events, string? Next, bool AuditAnswered);

/// <summary>Something that happened.</summary>
/// <param name="Id">What tells it from others.</param>
/// <param name="At">When it happened, or began.</param>
/// <param name="Until">Until when it went on; null for what happened at once.</param>
/// <param name="Source">Where it is known from.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Region">The region, or null for what belongs to none.</param>
/// <param name="Subject">Name of what it happened to.</param>
/// <param name="What">What happened, in a sentence.</param>
/// <param name="By">Who did it; null for what was seen.</param>
/// <param name="Reason">Why he did it; null for what was seen.</param>
/// <param name="Count">How many things it happened to; null where nothing is counted.</param>
internal sealed record OpsEvent(
    string Id, DateTimeOffset At, DateTimeOffset? Until, EventSource Source, EventKind Kind, Severity Severity, string? Region, string Subject, string What, string? By, string? Reason, int? Count)
{
    /// <summary>What was seen.</summary>
    public static OpsEvent Of(FleetEvent happened) => new(
        $"seen/{happened.At.UtcTicks}/{happened.Sequence}",
        happened.At,
        happened.Until,
        EventSource.Seen,
        happened.Kind,
        happened.Severity,
        happened.Region.Length > 0 ? happened.Region : null,
        happened.Subject,
        happened.What,
        null,
        null,
        happened.Count > 0 ? happened.Count : null);

    /// <summary>What somebody did.</summary>
    public static OpsEvent Of(OpsAuditEntry entry)
    {
        var row = AuditRow.Of(entry);
        return new OpsEvent(
            $"audit/{row.Key}", entry.At, null, EventSource.Audit, KindOf(entry.Kind), SeverityOf(entry, row.What), entry.Region.Length > 0 ? entry.Region : null, entry.Subject, row.What, entry.By, entry.Reason, null);
    }

    private static EventKind KindOf(AuditKind kind) => kind switch
    {
        AuditKind.Region => EventKind.Region,
        AuditKind.Zone or AuditKind.ZoneVerdict => EventKind.Zone,
        AuditKind.Routes => EventKind.Route,
        AuditKind.Traffic => EventKind.Accelerator,
        AuditKind.Cluster or AuditKind.ImportedCluster => EventKind.Cluster,
        AuditKind.RuleSet => EventKind.Queue,
        AuditKind.Session => EventKind.Session,
        AuditKind.FleetSize => EventKind.Fleet,
        _ => EventKind.Region,
    };

    // What a zone or region is closed by weighs; by whom says how much.
    private static Severity SeverityOf(OpsAuditEntry entry, string what) => entry.Kind switch
    {
        AuditKind.ZoneVerdict when what.EndsWith("evacuated", StringComparison.Ordinal) => Severity.Critical,
        AuditKind.ZoneVerdict when what.EndsWith("takes every session again", StringComparison.Ordinal) => Severity.Good,
        AuditKind.Zone when entry.After?["evacuate"]?.GetValue<bool>() == true => Severity.Warning,
        AuditKind.Region when entry.After?["drained"]?.GetValue<bool>() == true => Severity.Warning,
        _ => Severity.Notice,
    };
}
