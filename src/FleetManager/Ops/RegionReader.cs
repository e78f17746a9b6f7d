using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.SiloHost.Listening;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Reads regions as their operators see them, and knows the names that there are.</summary>
internal sealed class RegionReader(IGrainFactory grains, IOptions<FleetSystemOptions> system, TimeProvider time)
{
    /// <summary>The regions, in the order of the configuration.</summary>
    public IEnumerable<string> Regions => system.Value.Regions.Select(region => region.Id);

    /// <summary>The problem of a name that is no region's, or null.</summary>
    public ProblemHttpResult? UnknownRegion(string region) => Unknown(region, Regions, ErrorCodes.UnknownRegion, "There is no region", "Regions");

    /// <summary>The problem of a name that is no zone of the region, or null.</summary>
    public ProblemHttpResult? UnknownZone(string region, string zone) =>
        UnknownRegion(region) ?? Unknown(zone, system.Value.Regions.First(known => known.Id == region).Zones, ErrorCodes.UnknownZone, $"Region {region} has no zone", "Zones");

    /// <summary>The problem of a name that is no cluster of the region, or null.</summary>
    public ProblemHttpResult? UnknownCluster(string region, string cluster) => UnknownRegion(region)
        ?? Unknown(cluster, system.Value.Clusters.Where(known => known.Region == region).Select(known => known.Id), ErrorCodes.UnknownCluster, $"Region {region} has no cluster", "Clusters");

    /// <summary>The standard accelerator that a region has by the configuration, or null.</summary>
    public StandardAcceleratorOptions? StandardAcceleratorOf(string region) => system.Value.Regions.First(known => known.Id == region).StandardAccelerator;

    /// <summary>A page of regions.</summary>
    /// <param name="limit">Most of them, or null.</param>
    /// <param name="after">What an earlier page gave as next, or null for the first.</param>
    public async Task<Results<Ok<OpsRegionList>, ProblemHttpResult>> ListAsync(int? limit, string? after)
    {
        if (OpsPaging.Check(limit, [("after", after)], out var most) is { } fault) return fault;
        return OpsPaging.Page([.. Regions], region => region, after, most) is var (page, next) ? TypedResults.Ok(new OpsRegionList(await Task.WhenAll(page.Select(ReadAsync)), next)) : OpsPaging.NoCursor();
    }

    /// <summary>A region, or the problem that there is none of that name.</summary>
    public async Task<Results<Ok<OpsRegion>, ProblemHttpResult>> FindAsync(string region) => UnknownRegion(region) is { } unknown ? unknown : TypedResults.Ok(await ReadAsync(region));

    /// <summary>A region. One that does not answer is told as far as the configuration knows it: the others must be seen all the same.</summary>
    public async Task<OpsRegion> ReadAsync(string region)
    {
        RegionStatus? status = null;
        try
        {
            status = await grains.GetGrain<IRegionGrain>(region).GetStatus();
        }
        catch (Exception fault) when (FaultAnswers.IsPassing(fault))
        {
            // Its answer says so.
        }

        return new OpsRegion(
            region,
            status is not null,
            OpsRegionIntent.Of(status?.Intent),
            [.. system.Value.Clusters.Where(cluster => cluster.Region == region).Select(cluster => Of(cluster, status))],
            [.. (status?.ZoneStates ?? []).Select(zone => new OpsZone(zone.Zone, zone.Phase, zone.AdmittedShare, zone.Reason.Length > 0 ? zone.Reason : null, zone.Since, zone.By))],
            [.. (status?.Zones ?? []).Select(zone => new OpsZoneCapacity(zone.Fleet, zone.Zone, zone.Ready, zone.Allocated))],
            [.. (status?.Paths ?? []).Select(path => Of(path, time.GetUtcNow()))],
            OpsForcedRoute.Of(status?.Route, time.GetUtcNow()),
            OpsTraffic.Of(status?.Traffic),
            OpsServerTraffic.Of(status?.ServerTraffic));
    }

    private static OpsCluster Of(ClusterOptions cluster, RegionStatus? status)
    {
        var standing = status?.Standings.FirstOrDefault(known => known.Cluster == cluster.Id);
        var intent = status?.Intents.FirstOrDefault(known => known.Cluster == cluster.Id);
        var known = status?.Clusters.FirstOrDefault(known => known.Cluster == cluster.Id);
        return new OpsCluster(
            cluster.Id,
            standing?.Priority ?? cluster.Priority,
            standing?.Weight ?? cluster.Weight,
            cluster.Priority,
            cluster.Weight,
            intent is null ? null : new OpsIntent(intent.Priority, intent.Weight, intent.Reason, intent.By, intent.At),
            known?.Synced ?? false,
            known?.StaleSince,
            known is null ? null : new OpsCircuit(known.Circuit.State, known.Circuit.Since, known.Circuit.Reason.Length > 0 ? known.Circuit.Reason : null));
    }

    private static OpsPath Of(PathStatus path, DateTimeOffset now) => new(
        path.Kind,
        path.State,
        path.Since,
        path.AgeAt(now) is { } age ? Math.Round(age.TotalSeconds, 1) : null,
        path.LossShare,
        path.Reported is { } told
            ? new OpsPathReports(told.IsSuspected, told.Since, told.Players, told.FailedPlayers, told.FailedShare, told.LossShare, told.Using, Math.Round(Math.Max(0, (now - told.ObservedAt).TotalSeconds), 1))
            : null,
        path.Protocol);

    /// <summary>The problem of a name that is not among those that are known, or null.</summary>
    internal static ProblemHttpResult? Unknown(string name, IEnumerable<string> known, string code, string sentence, string plural)
    {
        const int MaxNames = 50;
        const int MaxShown = 64;
        return known.Contains(name)
            ? null
            : OpsProblem.NotFound(code, $"{sentence} '{(name.Length <= MaxShown ? name : name[..MaxShown] + "…")}'. {plural}: {string.Join(", ", known.Take(MaxNames))}.");
    }
}
