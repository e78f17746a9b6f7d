using System.Globalization;
using System.Text.Json.Nodes;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Operations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Reads the audit log: of one region or of all, newest first, in pages.</summary>
internal sealed class AuditReader(IGrainFactory grains, RegionReader regions)
{
    /// <summary>Entries of a page.</summary>
    public const int PageEntries = 100;

    // Of a cursor: a number for each region.
    private const int MaxCursorLength = 4096;

    /// <summary>A page.</summary>
    /// <param name="region">The region, or null for all.</param>
    /// <param name="after">What an earlier page gave as next, or null for the first.</param>
    public async Task<Results<Ok<OpsAuditPage>, ProblemHttpResult>> ReadAsync(string? region, string? after)
    {
        if (region is not null && regions.UnknownRegion(region) is { } unknown) return unknown;
        if (Parse(after) is not { } before) return OpsProblem.Invalid([new("after", ErrorCodes.InvalidRequest, "It is not what an earlier page gave as next.")]);
        var read = await Task.WhenAll((region is null ? regions.Regions : [region]).Select(async id =>
            (Region: id, Page: await grains.GetGrain<IRegionOperations>(id).GetAudit(before.GetValueOrDefault(id, long.MaxValue), PageEntries))));

        // Within a region the number decides: the clock may have been set back.
        var pages = read.ToDictionary(pair => pair.Region, pair => new Queue<AuditEntry>(pair.Page.Entries));
        var entries = new List<OpsAuditEntry>();
        while (entries.Count < PageEntries && pages.Any(page => page.Value.Count > 0))
        {
            var (newest, left) = pages.Where(page => page.Value.Count > 0).MaxBy(page => page.Value.Peek().At);
            var entry = left.Dequeue();
            before[newest] = entry.Sequence;
            entries.Add(Of(newest, entry));
        }

        var hasMore = read.Any(pair => pair.Page.HasMore) || pages.Values.Any(left => left.Count > 0);
        return TypedResults.Ok(new OpsAuditPage(entries, hasMore ? string.Join(',', before.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}:{pair.Value}"))) : null));
    }

    private static OpsAuditEntry Of(string region, AuditEntry entry) => new(
        region, entry.Sequence, entry.At, entry.Kind, entry.Subject, entry.By, entry.Reason, entry.Before is null ? null : JsonNode.Parse(entry.Before), JsonNode.Parse(entry.After));

    /// <summary>The lowest number of each region that an earlier page told of, or null when the cursor is none.</summary>
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
