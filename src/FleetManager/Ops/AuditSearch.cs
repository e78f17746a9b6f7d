using FleetSystem.FleetModel.Operations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Which entries of the audit log are looked for; what is null is not looked at.</summary>
/// <param name="By">Who did it.</param>
/// <param name="Kind">What was changed.</param>
/// <param name="Subject">Name of what was changed.</param>
/// <param name="Since">Stored then or later.</param>
/// <param name="Until">Stored before then.</param>
internal sealed record OpsAuditFilter(string? By, AuditKind? Kind, string? Subject, DateTimeOffset? Since, DateTimeOffset? Until)
{
    /// <summary>Whether an entry is one of them.</summary>
    public bool Takes(OpsAuditEntry entry) =>
        (By is null || entry.By == By) && (Kind is null || entry.Kind == Kind) && (Subject is null || entry.Subject == Subject) && !(entry.At < Since) && !(entry.At >= Until);
}

/// <summary>Looks through the audit log for some of its entries, newest first, a bounded part a call.</summary>
internal sealed class AuditSearch(AuditReader audit)
{
    /// <summary>Entries that one call looks at.</summary>
    public const int MaxLooked = 1000;

    /// <summary>A page.</summary>
    /// <param name="region">The region, or null for all.</param>
    /// <param name="queue">The queue, or null for all.</param>
    /// <param name="filter">Which of the entries.</param>
    /// <param name="limit">Most of them, or null.</param>
    /// <param name="after">What an earlier page gave as next, or null for the first.</param>
    public async Task<Results<Ok<OpsAuditPage>, ProblemHttpResult>> ReadAsync(string? region, string? queue, OpsAuditFilter filter, int? limit, string? after)
    {
        if (OpsPaging.Check(limit, [("region", region), ("queue", queue), ("by", filter.By), ("subject", filter.Subject)], out var most) is { } fault) return fault;
        var (found, looked) = (new List<OpsAuditEntry>(), 0);
        while (true)
        {
            var answer = (await audit.ReadAsync(region, after, queue)).Result;
            if (answer is ProblemHttpResult problem) return problem;
            var page = ((Ok<OpsAuditPage>)answer).Value!;
            foreach (var (index, entry) in page.Entries.Index())
            {
                looked++;
                if (filter.Takes(entry)) found.Add(entry);
                if (found.Count == most && (index + 1 < page.Entries.Count || page.Next is not null))
                    return TypedResults.Ok(new OpsAuditPage(found, AuditReader.CursorAfter(after, page.Entries.Take(index + 1))) { Looked = looked });
            }

            // The clock may have been set back once: that what is left is older still is said of a whole page, not of one entry.
            if (page.Next is null || (page.Entries.Count > 0 && page.Entries.All(entry => entry.At < filter.Since))) return TypedResults.Ok(new OpsAuditPage(found, null) { Looked = looked });
            after = page.Next;
            if (found.Count == most || looked >= MaxLooked) return TypedResults.Ok(new OpsAuditPage(found, after) { Looked = looked });
        }
    }
}
