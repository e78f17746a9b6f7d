using System.Globalization;
using System.Text.Json.Nodes;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Operations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Reads the audit log: of one region, one queue or of all, newest first, in pages.</summary>
internal sealed class AuditReader(IGrainFactory grains, RegionReader regions, QueueReader queues)
{
    /// <summary>Entries of a page.</summary>
    public const int PageEntries = 100;

    // Of a cursor: a number for each region and queue. No region has a colon in its id.
    private const int MaxCursorLength = 4096;
    private const string QueuePrefix = "queue:";

    /// <summary>A page.</summary>
    /// <param name="region">The region, or null for all.</param>
    /// <param name="after">What an earlier page gave as next, or null for the first.</param>
    /// <param name="queue">The queue, or null for all.</param>
    public async Task<Results<Ok<OpsAuditPage>, ProblemHttpResult>> ReadAsync(string? region, string? after, string? queue = null)
    {
        if (region is not null && regions.UnknownRegion(region) is { } unknown) return unknown;
        if (queue is not null && queues.UnknownQueue(queue) is { } unknownQueue) return unknownQueue;
        if (region is not null && queue is not null) return OpsProblem.Invalid([new("queue", ErrorCodes.InvalidRequest, "An entry is of a region or of a queue: name one of them.")]);
        if (Parse(after) is not { } before) return OpsProblem.Invalid([new("after", ErrorCodes.InvalidRequest, "It is not what an earlier page gave as next.")]);
        IEnumerable<string> logs = (region, queue) switch
        {
            ({ }, _) => [region],
            (_, { }) => [QueuePrefix + queue],
            _ => [.. regions.Regions, .. queues.Queues.Select(id => QueuePrefix + id)],
        };
        var read = await Task.WhenAll(logs.Select(async log => (Log: log, Page: await ReadLogAsync(log, before.GetValueOrDefault(log, long.MaxValue)))));

        // Within a log the number decides: the clock may have been set back.
        var pages = read.ToDictionary(pair => pair.Log, pair => new Queue<AuditEntry>(pair.Page.Entries));
        var entries = new List<OpsAuditEntry>();
        while (entries.Count < PageEntries && pages.Any(page => page.Value.Count > 0))
        {
            var (newest, left) = pages.Where(page => page.Value.Count > 0).MaxBy(page => page.Value.Peek().At);
            var entry = left.Dequeue();
            before[newest] = entry.Sequence;
            entries.Add(Of(newest, entry));
        }

        var hasMore = read.Any(pair => pair.Page.HasMore) || pages.Values.Any(left => left.Count > 0);
        return TypedResults.Ok(new OpsAuditPage(entries, hasMore ? Cursor(before) : null));
    }

    /// <summary>What a page comes after once some of the entries that come after a cursor have been shown; null when there was neither.</summary>
    /// <param name="after">The cursor, as an earlier page gave it.</param>
    /// <param name="shown">The entries, as <see cref="ReadAsync"/> gave them.</param>
    internal static string? CursorAfter(string? after, IEnumerable<OpsAuditEntry> shown)
    {
        var before = Parse(after) ?? new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var entry in shown) before[entry.Queue is { } queue ? QueuePrefix + queue : entry.Region] = entry.Sequence;
        return Cursor(before);
    }

    private static string? Cursor(Dictionary<string, long> before) =>
        before.Count == 0 ? null : string.Join(',', before.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}:{pair.Value}")));

    private Task<AuditPage> ReadLogAsync(string log, long before) => log.StartsWith(QueuePrefix, StringComparison.Ordinal)
        ? grains.GetGrain<IRuleSetGrain>(log[QueuePrefix.Length..]).ReadAudit(before, PageEntries)
        : grains.GetGrain<IRegionOperations>(log).GetAudit(before, PageEntries);

    private static OpsAuditEntry Of(string log, AuditEntry entry) => new(
        log.StartsWith(QueuePrefix, StringComparison.Ordinal) ? "" : log, entry.Sequence, entry.At, entry.Kind, entry.Subject, entry.By, entry.Reason, entry.Before is null ? null : JsonNode.Parse(entry.Before), JsonNode.Parse(entry.After))
    {
        Queue = log.StartsWith(QueuePrefix, StringComparison.Ordinal) ? log[QueuePrefix.Length..] : null,
    };

    /// <summary>The lowest number of each log that an earlier page told of, or null when the cursor is none.</summary>
    private static Dictionary<string, long>? Parse(string? cursor)
    {
        var before = new Dictionary<string, long>(StringComparer.Ordinal);
        if (cursor is null) return before;
        if (cursor.Length is 0 or > MaxCursorLength) return null;
        foreach (var part in cursor.Split(','))
        {
            var colon = part.LastIndexOf(':');
            if (colon <= 0 || !long.TryParse(part.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) || !before.TryAdd(part[..colon], number)) return null;
        }

        return before;
    }
}
