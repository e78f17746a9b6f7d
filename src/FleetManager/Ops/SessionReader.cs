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

    private const int MaxTextLength = 256;
    private const int AtOnce = 32;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);


    /// <summary>One session, with its players' ways in.</summary>
    public async Task<Results<Ok<OpsSession>, ProblemHttpResult>> ReadAsync(string id)
    {
        if (!SessionIds.IsWellFormed(id)) return NotFound(id);
        return await grains.GetGrain<ISessionGrain>(id).Get().WaitAsync(Patience, time) is { } view ? TypedResults.Ok(OpsSession.Of(view)) : NotFound(id);
    }

    /// <summary>Looks for sessions.</summary>
    /// <param name="player">A player's id, or null.</param>
    /// <param name="server">A server's name, or null.</param>
    /// <param name="after">What an earlier part gave as next, or null for the first.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Results<Ok<OpsSessionPage>, ProblemHttpResult>> FindAsync(string? player, string? server, string? after, CancellationToken cancellationToken)
    {
        var faults = new List<OpsFieldError>();
        if (player is { Length: 0 or > MaxTextLength }) faults.Add(new("player", ErrorCodes.InvalidRequest, $"A player's id has 1 to {MaxTextLength} characters."));
        if (server is { Length: 0 or > MaxTextLength }) faults.Add(new("server", ErrorCodes.InvalidRequest, $"A server's name has 1 to {MaxTextLength} characters."));
        if (after is not null && !SessionIds.IsWellFormed(after)) faults.Add(new("after", ErrorCodes.InvalidRequest, "It is not what an earlier page gave as next."));
        if (faults.Count > 0) return OpsProblem.Invalid(faults);
        return TypedResults.Ok(server is not null ? await OnServerAsync(server, player, cancellationToken) : await AmongOpenAsync(player, after, cancellationToken));
    }

    private static ProblemHttpResult NotFound(string id) => OpsProblem.NotFound(
        ErrorCodes.SessionNotFound, $"There is no session '{(id.Length <= SessionIds.Length ? id : id[..SessionIds.Length] + "…")}', or it was closed longer ago than sessions are kept.");

    private async Task<OpsSessionPage> OnServerAsync(string server, string? player, CancellationToken cancellationToken)
    {
        var pages = await Task.WhenAll(system.Value.Clusters.Select(cluster => grains.GetGrain<IClusterGrain>(cluster.Id).ListServers(new ServerQuery { Name = server }).WaitAsync(Patience, time, cancellationToken)));
        var ids = pages.SelectMany(page => page.Servers).SelectMany(found => found.Server.Sessions.Select(tag => tag.Session)).Distinct(StringComparer.Ordinal).Take(MaxLooked).ToList();
        return new OpsSessionPage(await ReadAsync(ids, player, cancellationToken), ids.Count, null);
    }

    private async Task<OpsSessionPage> AmongOpenAsync(string? player, string? after, CancellationToken cancellationToken)
    {
        var behind = after is null ? (GrainId?)null : grains.GetGrain<ISessionGrain>(after).GetGrainId();
        var ids = new List<string>();
        await foreach (var entry in index.ListAsync(SessionGrainState.Name, behind, cancellationToken))
        {
            ids.Add(entry.GrainId.Key.ToString()!);

            // Without a player a page of the list is what is wanted.
            if (ids.Count == (player is null ? AuditReader.PageEntries : MaxLooked)) break;
        }

        var isWhole = ids.Count == (player is null ? AuditReader.PageEntries : MaxLooked);
        return new OpsSessionPage(await ReadAsync(ids, player, cancellationToken), ids.Count, isWhole ? ids[^1] : null);
    }

    private async Task<IReadOnlyList<OpsSession>> ReadAsync(IReadOnlyList<string> ids, string? player, CancellationToken cancellationToken)
    {
        var found = new ConcurrentDictionary<string, SessionRecord>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(ids, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (id, _) =>
        {
            var session = await grains.GetGrain<ISessionGrain>(id).GetRecord().WaitAsync(Patience, time, cancellationToken);
            if (session is not null && (player is null || session.Request.Players.Any(known => known.Id == player))) found[id] = session;
        });
        return [.. ids.Where(found.ContainsKey).Select(id => OpsSession.Of(found[id]))];
    }
}
