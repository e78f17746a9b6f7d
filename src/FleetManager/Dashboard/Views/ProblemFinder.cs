using System.Globalization;
using FleetSystem.FleetManager.Dashboard.Live;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Operations;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Zones;

namespace FleetSystem.FleetManager.Dashboard.Views;

/// <summary>Finds what is wrong in a reading: the first thing that an operator looks at.</summary>
public static class ProblemFinder
{
    /// <summary>What is wrong, worst first; the newest first among equals.</summary>
    public static IReadOnlyList<Problem> Find(FleetReading reading) =>
        [.. reading.Regions.SelectMany(region => Find(region, reading.At)).OrderByDescending(problem => problem.Severity).ThenByDescending(problem => problem.Since ?? DateTimeOffset.MinValue)];

    /// <summary>What is wrong in a region.</summary>
    public static IEnumerable<Problem> Find(RegionReading region, DateTimeOffset now)
    {
        if (region.Fault is { } fault)
            yield return new(Severity.Critical, region.Region, $"Region {region.Region} does not answer ({fault}). {(region.AnsweredAt is null ? "Nothing is known of it." : "It is shown as it was last.")}", region.AnsweredAt, "/");
        if (region.Status is not { } status) yield break;
        foreach (var problem in OfRegion(status).Concat(OfZones(status)).Concat(OfClusters(status)).Concat(OfFleets(status)).Concat(OfPaths(status, now)).Concat(OfAccelerators(status))) yield return problem;
    }

    private static IEnumerable<Problem> OfRegion(RegionStatus status)
    {
        if (status.Refusal is { } refusal)
            yield return new(Severity.Warning, status.Region, $"No new sessions: {refusal}", status.Intent?.At ?? status.Traffic?.Intent?.At, "/");
    }

    private static IEnumerable<Problem> OfZones(RegionStatus status)
    {
        foreach (var zone in status.ZoneStates)
        {
            var share = zone.AdmittedShare.ToString("P0", CultureInfo.InvariantCulture);
            if (zone.Phase == ZonePhase.Evacuated)
                yield return new(zone.By is null ? Severity.Critical : Severity.Warning, status.Region, $"Zone {zone.Zone} is evacuated by {zone.By ?? "the zone monitor"}: {zone.Reason}", zone.Since, "/");
            else if (zone.AdmittedShare < 1)
                yield return new(Severity.Notice, status.Region, $"Zone {zone.Zone} takes {share} of new sessions. It was evacuated because of: {zone.Reason}", zone.Since, "/");
        }
    }

    private static IEnumerable<Problem> OfClusters(RegionStatus status)
    {
        foreach (var cluster in status.Clusters)
        {
            if (!cluster.Synced) yield return new(Severity.Critical, status.Region, $"Cluster {cluster.Cluster} has not been listed yet: nothing is known of its servers", null, "/cells");
            else if (cluster.StaleSince is { } since) yield return new(Severity.Warning, status.Region, $"Cluster {cluster.Cluster} cannot be watched: its servers are shown as they were", since, "/cells");
            if (cluster.Circuit.State != CircuitState.Closed)
                yield return new(cluster.Circuit.State == CircuitState.Open ? Severity.Critical : Severity.Warning, status.Region, $"Cluster {cluster.Cluster} is {(cluster.Circuit.State == CircuitState.Open ? "not asked for servers" : "asked for few servers, to see whether it answers again")}: {cluster.Circuit.Reason}", cluster.Circuit.Since, "/cells");
        }

        if (ServerTotals.Of(status).Unreachable is > 0 and var lost)
            yield return new(Severity.Warning, status.Region, $"{Words.Count(lost)} {(lost == 1 ? "server stands" : "servers stand")} on nodes that are dead, going or cordoned", null, "/fleet");
    }

    private static IEnumerable<Problem> OfFleets(RegionStatus status)
    {
        foreach (var demand in status.Demand.Where(demand => demand.Waiting > 0))
            yield return new(Severity.Critical, status.Region, $"{Words.Count(demand.Waiting)} {(demand.Waiting == 1 ? "session waits" : "sessions wait")} for a server of fleet {demand.Fleet}", null, "/fleet");
        foreach (var fleet in status.Zones.GroupBy(zone => zone.Fleet).Where(fleet => fleet.Sum(zone => zone.Ready) == 0 && status.Demand.All(demand => demand.Fleet != fleet.Key || demand.Waiting == 0)))
            yield return new(Severity.Warning, status.Region, $"Fleet {fleet.Key} has no free server", null, "/fleet");
    }

    private static IEnumerable<Problem> OfPaths(RegionStatus status, DateTimeOffset now)
    {
        foreach (var path in status.Paths)
        {
            var name = $"{Words.Of(path.Kind)} over {Words.Of(path.Protocol)}";
            if (path.State == PathState.Down) yield return new(Severity.Critical, status.Region, $"{name} is down", path.Since, "/routing");
            else if (path.Reported is { IsSuspected: true } told) yield return new(Severity.Warning, status.Region, $"{name} fails for {told.FailedPlayers} of {told.Players} players who report it, while probes come back", told.Since, "/routing");
            else if (path.State == PathState.Degraded) yield return new(Severity.Warning, status.Region, $"{name} is degraded", path.Since, "/routing");
        }

        if (status.Route?.Forced(now) is { } forced)
            yield return new(Severity.Notice, status.Region, $"{Words.Of(forced.Kind)} comes first until {Words.Clock(forced.ExpiresAt)}, as {status.Route.By} wants: {status.Route.Reason}", status.Route.At, "/routing");
    }

    private static IEnumerable<Problem> OfAccelerators(RegionStatus status)
    {
        if (status.Traffic is { State: TrafficState.Failing } traffic)
            yield return new(Severity.Warning, status.Region, $"The standard accelerator cannot be changed: {traffic.LastError}", traffic.Since, "/routing");
        if (status.ServerTraffic is { State: TrafficState.Failing } opened)
            yield return new(Severity.Warning, status.Region, $"The custom routing accelerator cannot be opened to new servers: {opened.LastError}", opened.Since, "/routing");
    }
}
