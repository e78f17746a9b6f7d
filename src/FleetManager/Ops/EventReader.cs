using System.Globalization;
using FleetSystem.FleetManager.Events;
using FleetSystem.SiloHost.Listening;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Reads what happened on one line of time: what this host has seen change, and what the audit log says that people and policies did. Newest first, in pages.</summary>
internal sealed class EventReader(EventLog seen, AuditReader audit, RegionReader regions)
{
    // Of the cursor's two parts the audit log's is the longer.
    private const int MaxCursorLength = 4096 + 64;

    /// <summary>A page.</summary>
    /// <param name="kind">What they are about, or null for all.</param>
    /// <param name="region">Their region, or null for all.</param>
    /// <param name="source">Where they are known from, or null for both.</param>
    /// <param name="after">What an earlier page gave as next, or null for the first.</param>
    /// <param name="limit">Most of them, or null.</param>
    public async Task<Results<Ok<OpsEventPage>, ProblemHttpResult>> ReadAsync(EventKind? kind, string? region, EventSource? source, string? after, int? limit = null)
    {
        if (OpsPaging.Check(limit, [("region", region)], out var most) is { } fault) return fault;
        if (region is not null && regions.UnknownRegion(region) is { } unknown) return unknown;
        if (Parse(after) is not { } cursor) return OpsPaging.NoCursor();
        var observed = new Queue<FleetEvent>(source == EventSource.Audit ? [] : seen.Read(kind, region).Where(happened => IsAfter(happened, cursor.Seen)));
        var (log, answered) = source == EventSource.Seen ? (new OpsAuditPage([], null), true) : await ReadAuditAsync(region, cursor.Audit);
        if (log is null) return OpsPaging.NoCursor();

        // The audit log's page is looked through, and where it ends while there is more nothing older can be told yet.
        var (events, entries, at) = (new List<OpsEvent>(), new Queue<OpsAuditEntry>(log.Entries), cursor.Seen);
        var told = new List<OpsAuditEntry>();
        while (events.Count < most && (observed.Count > 0 || entries.Count > 0) && (entries.Count > 0 || log.Next is null))
        {
            if (entries.Count > 0 && (observed.Count == 0 || entries.Peek().At >= observed.Peek().At))
            {
                told.Add(entries.Dequeue());
                if (OpsEvent.Of(told[^1]) is var done && (kind ?? done.Kind) == done.Kind) events.Add(done);
            }
            else
            {
                var happened = observed.Dequeue();
                at = (happened.At.UtcTicks, happened.Sequence);
                events.Add(OpsEvent.Of(happened));
            }
        }

        var hasMore = observed.Count > 0 || entries.Count > 0 || log.Next is not null;
        return TypedResults.Ok(new OpsEventPage(
            events, hasMore ? string.Create(CultureInfo.InvariantCulture, $"{at.Ticks}.{at.Sequence};{AuditReader.CursorAfter(cursor.Audit, told)}") : null, answered));
    }

    /// <summary>A page of the audit log; null when its cursor is none. Without an answer there is none of it, and what was seen is told all the same.</summary>
    private async Task<(OpsAuditPage? Page, bool Answered)> ReadAuditAsync(string? region, string? after)
    {
        try
        {
            return ((await audit.ReadAsync(region, after)).Result is Ok<OpsAuditPage> { Value: { } page } ? page : null, true);
        }
        catch (Exception fault) when (FaultAnswers.IsPassing(fault))
        {
            return (new OpsAuditPage([], null), false);
        }
    }

    private static bool IsAfter(FleetEvent happened, (long Ticks, long Sequence) cursor) =>
        happened.At.UtcTicks < cursor.Ticks || (happened.At.UtcTicks == cursor.Ticks && happened.Sequence < cursor.Sequence);

    /// <summary>The place in what was seen, by time, so that another host can go on from there; and in the audit log.</summary>
    private static ((long Ticks, long Sequence) Seen, string? Audit)? Parse(string? cursor)
    {
        if (cursor is null) return ((long.MaxValue, long.MaxValue), null);
        if (cursor.Length > MaxCursorLength || cursor.IndexOf(';', StringComparison.Ordinal) is not (> 0 and var end)) return null;
        var numbers = cursor[..end].Split('.');
        if (numbers.Length != 2 || !Number(numbers[0], out var ticks) || !Number(numbers[1], out var sequence)) return null;
        return ((ticks, sequence), end + 1 < cursor.Length ? cursor[(end + 1)..] : null);

        static bool Number(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }
}
