using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Operations;
using FleetSystem.SiloHost.Listening;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Reads how far evacuations are, of zones and of whole regions.</summary>
internal sealed class EvacuationReader(IGrainFactory grains, RegionReader regions, TimeProvider time)
{
    // A region that hangs must not keep the others' from whoever asks.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>A page.</summary>
    /// <param name="region">Of one region, or null for all.</param>
    /// <param name="zone">Of one zone, or null for all.</param>
    /// <param name="state">Only those that are so far, or null.</param>
    /// <param name="limit">Most of them, or null.</param>
    /// <param name="after">What an earlier page gave as next, or null for the first.</param>
    public async Task<Results<Ok<OpsEvacuationPage>, ProblemHttpResult>> ReadAsync(string? region, string? zone, EvacuationState? state, int? limit, string? after)
    {
        if (OpsPaging.Check(limit, [("region", region), ("zone", zone), ("after", after)], out var most) is { } fault) return fault;
        if (region is not null && regions.UnknownRegion(region) is { } unknown) return unknown;
        var asked = await Task.WhenAll(regions.Regions.Where(known => region is null || known == region).Select(async known => (Region: known, Found: await FindAsync(known))));
        List<OpsEvacuation> all = [.. asked.SelectMany(answer => answer.Found ?? []).Where(known => (zone is null || known.Zone == zone) && (state is null || known.State == state)).Select(OpsEvacuation.Of)];
        return OpsPaging.Page(all, known => known.Key, after, most) is var (page, next)
            ? TypedResults.Ok(new OpsEvacuationPage(page, [.. asked.Where(answer => answer.Found is null).Select(answer => answer.Region)], next))
            : OpsPaging.NoCursor();
    }

    private async Task<IReadOnlyList<Evacuation>?> FindAsync(string region)
    {
        try
        {
            return Evacuation.Of(await grains.GetGrain<IRegionGrain>(region).GetStatus().WaitAsync(Patience, time), time.GetUtcNow());
        }
        catch (Exception fault) when (FaultAnswers.IsPassing(fault))
        {
            return null;
        }
    }
}
