using FleetSystem.FleetModel.Grains;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Reads what this cell's Matchmakers know of the other cells.</summary>
internal sealed class PeerReader(IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The other cells, by the order of their names.</summary>
    public async Task<IReadOnlyList<OpsPeer>> ListAsync() => OpsPeer.Of(await grains.GetGrain<ICellPeersGrain>(0).List().WaitAsync(Patience, time));

    /// <summary>A page of them.</summary>
    /// <param name="name">A part of their names, or null for all.</param>
    /// <param name="limit">Most of them, or null.</param>
    /// <param name="after">What an earlier page gave as next, or null for the first.</param>
    public async Task<Results<Ok<OpsPeerList>, ProblemHttpResult>> ListAsync(string? name, int? limit, string? after)
    {
        if (OpsPaging.Check(limit, [("name", name), ("after", after)], out var most) is { } fault) return fault;
        List<OpsPeer> peers = [.. (await ListAsync()).Where(peer => name is null || peer.Cell.Contains(name, StringComparison.OrdinalIgnoreCase))];
        return OpsPaging.Page(peers, peer => peer.Cell, after, most) is var (page, next) ? TypedResults.Ok(new OpsPeerList(page, next)) : OpsPaging.NoCursor();
    }
}
