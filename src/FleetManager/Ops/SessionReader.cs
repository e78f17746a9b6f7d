using System.Collections.Concurrent;
using FleetSystem.FleetManager.Sessions;
using FleetSystem.FleetManager.Storage;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Sessions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Ops;

/// <summary>
/// Reads sessions for their operators. By id any is found that is kept still. By server those that clusters say it hosts now. Otherwise the open sessions are looked through, a part at a time and
/// said how many: nobody keeps an index of players, because that would cost each session a write more.
/// </summary>
internal sealed class SessionReader(IGrainFactory grains, IGrainStateIndex index, IOptions<FleetSystemOptions> system, TimeProvider time)
{
    /// <summary>Open sessions that one call looks at.</summary>
    public const int MaxLooked = 500;

    private const int AtOnce = 32;

    // Read before it is looked whether these are enough.
    private const int PartSessions = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>One session, with its players' ways in.</summary>
    public async Task<Results<Ok<OpsSession>, ProblemHttpResult>> ReadAsync(string id)
    {
        if (!SessionIds.IsWellFormed(id)) return NotFound(id);
        return await grains.GetGrain<ISessionGrain>(id).Get().WaitAsync(Patience, time) is { } view ? TypedResults.Ok(OpsSession.Of(view)) : NotFound(id);
    }

    /// <summary>Looks for sessions.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="limit">Most of them, or null.</param>
    /// <param name="after">What an earlier part gave as next, or null for the first.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Results<Ok<OpsSessionPage>, ProblemHttpResult>> FindAsync(OpsSessionFilter filter, int? limit, string? after, CancellationToken cancellationToken)
    {
        if (OpsPaging.Check(limit, [("player", filter.Player), ("server", filter.Server), ("region", filter.Region), ("fleet", filter.Fleet)], out var most) is { } fault) return fault;
        if (after is not null && !SessionIds.IsWellFormed(after)) return OpsPaging.NoCursor();
        return TypedResults.Ok(filter.Server is { } server ? await OnServerAsync(server, filter, most, after, cancellationToken) : await AmongOpenAsync(filter, most, after, cancellationToken));
    }

    private static ProblemHttpResult NotFound(string id) => OpsProblem.NotFound(
        ErrorCodes.SessionNotFound, $"There is no session '{(id.Length <= SessionIds.Length ? id : id[..SessionIds.Length] + "…")}', or it was closed longer ago than sessions are kept.");

    private async Task<OpsSessionPage> OnServerAsync(string server, OpsSessionFilter filter, int most, string? after, CancellationToken cancellationToken)
    {
        var pages = await Task.WhenAll(system.Value.Clusters.Select(cluster => grains.GetGrain<IClusterGrain>(cluster.Id).ListServers(new ServerQuery { Name = server }).WaitAsync(Patience, time, cancellationToken)));

        // By their ids, which a cursor names.
        var ids = pages.SelectMany(page => page.Servers).SelectMany(found => found.Server.Sessions.Select(tag => tag.Session)).Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal).Where(id => after is null || string.CompareOrdinal(id, after) > 0).Take(MaxLooked + 1).ToList();
        return await ReadAsync(ids, filter, most, cancellationToken);
    }

    private async Task<OpsSessionPage> AmongOpenAsync(OpsSessionFilter filter, int most, string? after, CancellationToken cancellationToken)
    {
        var behind = after is null ? (GrainId?)null : grains.GetGrain<ISessionGrain>(after).GetGrainId();
        var ids = new List<string>();
        await foreach (var entry in index.ListAsync(SessionGrainState.Name, behind, cancellationToken))
        {
            ids.Add(entry.GrainId.Key.ToString()!);

            // With nothing to look for a page of the list is what is wanted; one more says that there are others.
            if (ids.Count > (filter.LooksInside ? MaxLooked : most)) break;
        }

        return await ReadAsync(ids, filter, most, cancellationToken);
    }

    /// <summary>Reads sessions until there are as many as are wanted, or as many were looked at as may be.</summary>
    /// <param name="ids">Those to look at, in their order; more than may be where there are others after them.</param>
    /// <param name="filter">Which of them.</param>
    /// <param name="most">Most of them.</param>
    /// <param name="cancellationToken">Ends it.</param>
    private async Task<OpsSessionPage> ReadAsync(IReadOnlyList<string> ids, OpsSessionFilter filter, int most, CancellationToken cancellationToken)
    {
        var (found, looked, last) = (new List<OpsSession>(), 0, Math.Min(ids.Count, filter.LooksInside || filter.Server is not null ? MaxLooked : most));
        while (looked < last)
        {
            var part = ids.Skip(looked).Take(Math.Min(PartSessions, last - looked)).ToList();
            var read = await RecordsAsync(part, cancellationToken);
            foreach (var id in part)
            {
                looked++;
                if (read.GetValueOrDefault(id) is not { } session || !filter.Takes(session)) continue;
                found.Add(OpsSession.Of(session));
                if (found.Count == most) return new OpsSessionPage(found, looked, looked < ids.Count ? id : null);
            }
        }

        return new OpsSessionPage(found, looked, looked < ids.Count ? ids[looked - 1] : null);
    }

    private async Task<ConcurrentDictionary<string, SessionRecord>> RecordsAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var found = new ConcurrentDictionary<string, SessionRecord>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (id, _) =>
        {
            if (await grains.GetGrain<ISessionGrain>(id).GetRecord().WaitAsync(Patience, time, cancellationToken) is { } session) found[id] = session;
        });
        return found;
    }
}
