using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Placement;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Regions and their clusters in the operators' API: how they stand, and in which order clusters are asked.</summary>
internal sealed class ClusterEndpoints(IGrainFactory grains, IOptions<FleetSystemOptions> system)
{
    /// <summary>Longest reason, in characters.</summary>
    public const int MaxReasonLength = 500;

    // The names that the message lists at most.
    private const int MaxNames = 50;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var regions = routes.MapGroup("/ops/v1/regions");
        regions.MapGet("/", (ClusterEndpoints endpoints) => endpoints.ListAsync());
        regions.MapPut("/{region}/clusters/{cluster}", (string region, string cluster, HttpContext context, ClusterEndpoints endpoints) => endpoints.SetAsync(region, cluster, context));
        regions.MapPost("/{region}/clusters/{cluster}/import-allocation-policies", (string region, string cluster, HttpContext context, ClusterEndpoints endpoints) => endpoints.ImportAsync(region, cluster, context));
    }

    private async Task<IResult> ListAsync() => TypedResults.Ok(new OpsRegionList(await Task.WhenAll(system.Value.Regions.Select(region => ReadAsync(region.Id)))));

    private async Task<IResult> SetAsync(string region, string cluster, HttpContext context)
    {
        if (UnknownPlace(region, cluster) is { } unknown) return unknown;
        var (asked, unreadable) = await OpsBody.ReadAsync<SetClusterRequest>(context.Request);
        if (asked is null) return unreadable!;
        var faults = new List<OpsFieldError>();
        if (asked is { Priority: null, Weight: null }) faults.Add(new("$", ErrorCodes.InvalidRequest, "Neither priority nor weight is given: give one or both."));
        if (asked.Priority is < ClusterIntent.MinPriority or > ClusterIntent.MaxPriority) faults.Add(new("$.priority", ErrorCodes.InvalidRequest, $"The priority is {asked.Priority}: {ClusterIntent.MinPriority} to {ClusterIntent.MaxPriority} is possible."));
        if (asked.Weight is < ClusterIntent.MinWeight or > ClusterIntent.MaxWeight) faults.Add(new("$.weight", ErrorCodes.InvalidRequest, $"The weight is {asked.Weight}: {ClusterIntent.MinWeight} to {ClusterIntent.MaxWeight} is possible; 0 takes no new sessions."));
        CheckReason(asked.Reason, faults);
        if (faults.Count > 0) return OpsProblem.Invalid(faults);

        await grains.GetGrain<IRegionGrain>(region).SetCluster(new ClusterIntent { Cluster = cluster, Priority = asked.Priority, Weight = asked.Weight, Reason = asked.Reason!, By = Caller(context) });
        return TypedResults.Ok((await ReadAsync(region)).Clusters.First(known => known.Id == cluster));
    }

    private async Task<IResult> ImportAsync(string region, string cluster, HttpContext context)
    {
        if (UnknownPlace(region, cluster) is { } unknown) return unknown;
        var (asked, unreadable) = await OpsBody.ReadAsync<ImportPoliciesRequest>(context.Request);
        if (asked is null) return unreadable!;
        var faults = new List<OpsFieldError>();
        CheckReason(asked.Reason, faults);
        if (faults.Count > 0) return OpsProblem.Invalid(faults);

        var import = await grains.GetGrain<IRegionGrain>(region).ImportAllocationPolicies(cluster, asked.Reason!, Caller(context));
        if (import.Fault is { } fault) return OpsProblem.Unavailable(context, $"Nothing was changed: {fault}");
        return TypedResults.Ok(new ImportPoliciesAnswer(
            [.. import.Imported.Select(policy => new OpsImported(policy.Policy, policy.Cluster, policy.Priority, policy.Weight))],
            [.. import.Skipped.Select(policy => new OpsSkipped(policy.Policy, policy.ClusterName, policy.Reason))],
            (await ReadAsync(region)).Clusters));
    }

    private IResult? UnknownPlace(string region, string cluster)
    {
        if (system.Value.Regions.All(known => known.Id != region))
            return OpsProblem.NotFound(ErrorCodes.UnknownRegion, $"There is no region '{Shorten(region)}'. Regions: {List(system.Value.Regions.Select(known => known.Id))}.");
        var clusters = system.Value.Clusters.Where(known => known.Region == region).Select(known => known.Id).ToList();
        return clusters.Contains(cluster) ? null : OpsProblem.NotFound(ErrorCodes.UnknownCluster, $"Region {region} has no cluster '{Shorten(cluster)}'. Clusters: {List(clusters)}.");
    }

    private async Task<OpsRegion> ReadAsync(string region)
    {
        RegionStatus? status = null;
        try
        {
            status = await grains.GetGrain<IRegionGrain>(region).GetStatus();
        }
        catch (Exception fault) when (OpsProblem.StatusOf(fault) == StatusCodes.Status503ServiceUnavailable)
        {
            // The other regions must be seen all the same.
        }

        return new OpsRegion(
            region,
            status is not null,
            [.. system.Value.Clusters.Where(cluster => cluster.Region == region).Select(cluster => Of(cluster, status))],
            [.. (status?.Zones ?? []).Select(zone => new OpsZoneCapacity(zone.Fleet, zone.Zone, zone.Ready, zone.Allocated))],
            [.. (status?.Paths ?? []).Select(path => new OpsPath(path.Kind, path.State, path.Since))]);
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

    private static void CheckReason(string? reason, List<OpsFieldError> faults)
    {
        if (string.IsNullOrWhiteSpace(reason)) faults.Add(new("$.reason", ErrorCodes.InvalidRequest, "The reason is missing: say why, for those who come after you."));
        else if (reason.Length > MaxReasonLength) faults.Add(new("$.reason", ErrorCodes.InvalidRequest, $"The reason has {reason.Length} characters; {MaxReasonLength} are possible."));
        else if (reason.Any(char.IsControl)) faults.Add(new("$.reason", ErrorCodes.InvalidRequest, "The reason has control characters."));
    }

    // Until callers are known by name, the address is all that there is.
    private static string Caller(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "unknown";

    private static string List(IEnumerable<string> names) => string.Join(", ", names.Take(MaxNames));

    private static string Shorten(string text) => text.Length <= 64 ? text : text[..64] + "…";
}
