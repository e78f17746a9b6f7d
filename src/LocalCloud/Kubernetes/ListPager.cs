using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>One page of a list.</summary>
internal sealed record ListPage(IReadOnlyList<StoredObject> Items, long ResourceVersion, string Continue, int? Remaining);

/// <summary>
/// Lists in pages that all show the version of the first. A page that comes too late gets 410 with a token to go on from there at the
/// newest version.
/// </summary>
internal sealed class ListPager(ObjectStore store, TimeProvider time)
{
    /// <summary>Lists under way whose version is kept.</summary>
    public const int SnapshotLimit = 64;

    private static readonly TimeSpan SnapshotLifetime = TimeSpan.FromMinutes(5);
    private const long Newest = -1;

    private readonly Lock _gate = new();
    private readonly Dictionary<(ResourceKind, long), (StoreSnapshot Snapshot, DateTimeOffset Until)> _snapshots = [];

    public ListPage List(ResourceKind kind, string? @namespace, ListQuery query)
    {
        var snapshot = store.List(kind);
        string? start = null;
        if (query.Continue is { } token)
        {
            (var version, start) = Decode(token);
            if (version != Newest && version != snapshot.ResourceVersion) snapshot = Find(kind, version, start);
        }
        else if (query.Match == "Exact" && query.ResourceVersion is { } exact && exact != snapshot.ResourceVersion)
        {
            snapshot = Find(kind, exact, null);
        }

        var page = Fill(snapshot, @namespace, start, query);
        if (page.Continue.Length > 0) Keep(kind, snapshot);
        return page;
    }

    private static ListPage Fill(StoreSnapshot snapshot, string? @namespace, string? start, ListQuery query)
    {
        var prefix = @namespace is null ? "" : @namespace + "/";
        var items = new List<StoredObject>();
        var remaining = 0;
        foreach (var (key, stored) in snapshot.Objects)
        {
            if (prefix.Length > 0 && !key.StartsWith(prefix, StringComparison.Ordinal)) continue;
            if (start is not null && string.CompareOrdinal(key, start) < 0) continue;
            if (!query.Labels.Matches(stored.Labels) || !query.Fields.Matches(stored)) continue;
            if (query.Limit > 0 && items.Count == query.Limit) remaining++;
            else items.Add(stored);
        }

        var next = remaining == 0 ? "" : Encode(snapshot.ResourceVersion, items[^1].Key + "\0");
        return new ListPage(items, snapshot.ResourceVersion, next, remaining == 0 || query.IsFiltered ? null : remaining);
    }

    private StoreSnapshot Find(ResourceKind kind, long version, string? start)
    {
        lock (_gate)
        {
            if (_snapshots.TryGetValue((kind, version), out var kept) && kept.Until > time.GetUtcNow()) return kept.Snapshot;
        }

        if (start is null) throw ApiException.Expired(version, store.ResourceVersion);
        throw new ApiException(410, "Expired", "The provided continue parameter is too old to display a consistent list result. You can start a new list "
            + "without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the "
            + "provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was "
            + "returned and now may show up in the list.")
        {
            Continue = Encode(Newest, start),
        };
    }

    private void Keep(ResourceKind kind, StoreSnapshot snapshot)
    {
        lock (_gate)
        {
            _snapshots.TryAdd((kind, snapshot.ResourceVersion), (snapshot, time.GetUtcNow() + SnapshotLifetime));
            if (_snapshots.Count > SnapshotLimit) _snapshots.Remove(_snapshots.MinBy(entry => entry.Value.Until).Key);
        }
    }

    /// <summary>Drops the versions that lists under way refer to, as compaction does.</summary>
    public void Forget()
    {
        lock (_gate) _snapshots.Clear();
    }

    private static string Encode(long version, string start) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(new JsonObject
    {
        ["v"] = "meta.k8s.io/v1",
        ["rv"] = version,
        ["start"] = "/" + start,
    }.ToJsonString()));

    private static (long Version, string Start) Decode(string token)
    {
        try
        {
            var bytes = Base64Url.DecodeFromChars(token);
            if (JsonNode.Parse(bytes) is JsonObject node && node.Text("v") == "meta.k8s.io/v1"
                && node.Integer("rv") is { } version && node.Text("start") is { Length: > 1 } start)
            {
                return (version, start[1..]);
            }

            throw ApiException.BadRequest("invalid continue token: continue key is not valid: incorrect encoded start key or version");
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            throw ApiException.BadRequest($"invalid continue token: continue key is not valid: {exception.Message}");
        }
    }
}
