using FleetSystem.FleetModel;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetSystem.FleetManager.Ops;

/// <summary>
/// Pages of every list of the operators' API: <c>limit</c> says how many at most, <c>after</c> what an earlier page gave as <c>next</c>. A page may have fewer, and is the last where <c>next</c> is null.
/// </summary>
internal static class OpsPaging
{
    /// <summary>Entries of a page where nobody says how many.</summary>
    public const int DefaultLimit = 100;

    /// <summary>Most entries of a page.</summary>
    public const int MaxLimit = 500;

    /// <summary>Longest text of a filter or a cursor, in characters; the audit log's cursor, a number for each region and queue, has a limit of its own.</summary>
    public const int MaxTextLength = 512;

    /// <summary>For the description of <c>limit</c>.</summary>
    public const string LimitText = "Most entries of the page, 1 to 500. The default is 100.";

    /// <summary>For the description of <c>after</c>.</summary>
    public const string AfterText = "What an earlier page gave as next; without it the first page is answered.";

    /// <summary>The problem of a page or its filters, or null: then how many entries it has at most.</summary>
    /// <param name="limit">What was asked for, or null.</param>
    /// <param name="texts">Filters by their names.</param>
    /// <param name="most">How many.</param>
    public static ProblemHttpResult? Check(int? limit, IEnumerable<(string Name, string? Text)> texts, out int most)
    {
        most = limit ?? DefaultLimit;
        var faults = new List<OpsFieldError>();
        if (most is < 1 or > MaxLimit) faults.Add(new("limit", ErrorCodes.InvalidRequest, $"It is {most}: 1 to {MaxLimit} is possible."));
        foreach (var (name, _) in texts.Where(text => text.Text is { Length: 0 or > MaxTextLength })) faults.Add(new(name, ErrorCodes.InvalidRequest, $"It has 1 to {MaxTextLength} characters: leave out what is not to be looked at."));
        return faults.Count > 0 ? OpsProblem.Invalid(faults) : null;
    }

    /// <summary>A page of what is known as a whole, in its own order.</summary>
    /// <param name="all">All of it.</param>
    /// <param name="key">What an entry is named by, no two alike.</param>
    /// <param name="after">The key that it comes after, or null. One that is gone meanwhile is none.</param>
    /// <param name="most">Most entries.</param>
    /// <returns>Null where there is no entry of that key.</returns>
    public static (IReadOnlyList<T> Entries, string? Next)? Page<T>(IReadOnlyList<T> all, Func<T, string> key, string? after, int most)
    {
        var start = 0;
        if (after is not null)
        {
            while (start < all.Count && key(all[start]) != after) start++;
            if (start++ == all.Count) return null;
        }

        List<T> entries = [.. all.Skip(start).Take(most)];
        return (entries, start + entries.Count < all.Count ? key(entries[^1]) : null);
    }

    /// <summary>The problem of a cursor that is none.</summary>
    public static ProblemHttpResult NoCursor() => OpsProblem.Invalid([new("after", ErrorCodes.InvalidRequest, "It is not what an earlier page gave as next, or what it named is gone: begin anew.")]);
}
