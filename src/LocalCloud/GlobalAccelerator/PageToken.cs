using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace FleetSystem.LocalCloud.GlobalAccelerator;

/// <summary>
/// The opaque token of a next page: what was listed, and the key of the last row given out. Because it is a key and no row number, rows
/// that come or go between two pages neither hide nor repeat others.
/// </summary>
internal static class PageToken
{
    public const int DefaultMaxResults = 10;

    /// <summary>Cuts a page out of rows that come in the order of their keys.</summary>
    public static List<T> Take<T>(RequestReader request, string scope, IEnumerable<T> rows, Func<T, long> key, int maxResults, out string? nextToken)
    {
        var max = request.OptionalInteger("MaxResults", 1, maxResults) ?? DefaultMaxResults;
        var after = request.OptionalString("NextToken") is { } token ? Read(token, scope) : long.MinValue;
        var page = new List<T>();
        nextToken = null;
        foreach (var row in rows)
        {
            if (key(row) <= after)
                continue;
            if (page.Count == max)
            {
                nextToken = Write(scope, key(page[^1]));
                break;
            }

            page.Add(row);
        }

        return page;
    }

    private static string Write(string scope, long key) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Digest(scope):x}.{key}")));

    private static long Read(string token, string scope)
    {
        var valid = Base64Url.IsValid(token);
        var parts = valid ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)).Split('.') : [];
        if (parts.Length == 2
            && parts[0] == Digest(scope).ToString("x", CultureInfo.InvariantCulture)
            && long.TryParse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var key))
        {
            return key;
        }

        throw new GlobalAcceleratorException("InvalidNextTokenException", "NextToken was not given out for this list; begin again without it.");
    }

    // FNV-1a: enough to tell a token of another list, which is all that it is for.
    private static uint Digest(string scope) => scope.Aggregate(2166136261u, (hash, c) => (hash ^ c) * 16777619u);
}
