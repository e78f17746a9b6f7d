using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Reads the silos of the cell from Orleans' membership.</summary>
internal sealed class SiloReader(IGrainFactory grains, TimeProvider time)
{
    // A dead silo is not asked; a slow one must not keep the page from the others.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>A page.</summary>
    /// <param name="status">Only those of a status, or null.</param>
    /// <param name="after">What an earlier page gave as next, or null for the first.</param>
    /// <param name="name">Only those with this in their name or their host's, or null.</param>
    /// <param name="limit">Most of them, or null.</param>
    public async Task<Results<Ok<OpsSiloPage>, ProblemHttpResult>> ReadAsync(SiloStatus? status, string? after, string? name = null, int? limit = null)
    {
        if (OpsPaging.Check(limit, [("name", name), ("after", after)], out var most) is { } fault) return fault;
        var management = grains.GetGrain<IManagementGrain>(0);
        var known = (await management.GetDetailedHosts().WaitAsync(Patience, time))
            .Where(silo => status is null || silo.Status == status)
            .Where(silo => name is null || silo.SiloName.Contains(name, StringComparison.OrdinalIgnoreCase) || silo.HostName.Contains(name, StringComparison.OrdinalIgnoreCase))
            .Select(silo => (Key: $"{silo.SiloName} {silo.SiloAddress.ToParsableString()}", Silo: silo))
            .OrderBy(silo => silo.Key, StringComparer.Ordinal)
            .Where(silo => after is null || string.CompareOrdinal(silo.Key, after) > 0)
            .Take(most + 1)
            .ToList();
        var silos = await Task.WhenAll(known.Take(most).Select(async pair =>
        {
            var (silo, statistics) = (pair.Silo, pair.Silo.Status == SiloStatus.Active ? await StatisticsOfAsync(management, pair.Silo.SiloAddress) : null);
            return new OpsSilo(
                silo.SiloName,
                silo.SiloAddress.ToParsableString(),
                silo.HostName,
                silo.Status,
                new DateTimeOffset(silo.StartTime, TimeSpan.Zero),
                new DateTimeOffset(silo.IAmAliveTime, TimeSpan.Zero),
                statistics?.ActivationCount,
                statistics is { } busy ? Math.Round(busy.EnvironmentStatistics.FilteredCpuUsagePercentage, 1) : null,
                statistics?.EnvironmentStatistics.FilteredMemoryUsageBytes);
        }));
        return TypedResults.Ok(new OpsSiloPage(silos, known.Count > most ? known[most - 1].Key : null));
    }

    private async Task<SiloRuntimeStatistics?> StatisticsOfAsync(IManagementGrain management, SiloAddress silo)
    {
        try
        {
            return (await management.GetRuntimeStatistics([silo]).WaitAsync(Patience, time)) is [var statistics] ? statistics : null;
        }
        catch (Exception fault) when (fault is TimeoutException or OrleansException or InvalidOperationException)
        {
            // Its row says that it did not say.
            return null;
        }
    }
}
