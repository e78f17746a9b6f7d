using FleetSystem.FleetManager.Dashboard.Live;
using FleetSystem.FleetManager.Dashboard.Views;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Operations;
using FleetSystem.FleetModel.Routing;

namespace FleetSystem.FleetManager.Events;

/// <summary>
/// What changed between two readings of a region. What operators and the zone monitor did is left out: that is in the audit log. Where nothing was known before, nothing has changed.
/// </summary>
internal static class RegionEvents
{
    /// <summary>The changes.</summary>
    /// <param name="before">The reading before.</param>
    /// <param name="after">The next.</param>
    /// <param name="now">When that was taken.</param>
    public static IEnumerable<FleetEvent> Between(RegionReading before, RegionReading after, DateTimeOffset now)
    {
        var region = after.Region;
        if (before is { Fault: null, Status: not null } && after.Fault is { } fault)
            yield return new(now, EventKind.Region, Severity.Critical, region, region, $"Region {region} does not answer ({fault})");
        if (before.Fault is not null && after.Fault is null) yield return new(now, EventKind.Region, Severity.Good, region, region, $"Region {region} answers again");
        if (before.Status is not { } old || after.Status is not { } next || ReferenceEquals(old, next)) yield break;
        foreach (var change in Clusters(old, next, now).Concat(Paths(old, next, before.AnsweredAt ?? now, now)).Concat(Accelerators(old, next)).Concat(Fleets(old, next, now)).Concat(Sessions(old, next, now))) yield return change;
    }

    private static IEnumerable<FleetEvent> Clusters(RegionStatus old, RegionStatus next, DateTimeOffset now)
    {
        foreach (var (before, after) in old.Clusters.Join(next.Clusters, cluster => cluster.Cluster, cluster => cluster.Cluster, (before, after) => (before, after)))
        {
            var id = after.Cluster;
            if (before.Synced && !after.Synced) yield return Cluster(now, Severity.Warning, $"Cluster {id} is being listed anew: until then nothing is known of its servers");
            if (!before.Synced && after.Synced) yield return Cluster(now, Severity.Good, $"Cluster {id} has been listed");
            if (before.StaleSince is null && after.StaleSince is { } since) yield return Cluster(since, Severity.Warning, $"Cluster {id} cannot be watched: its servers are shown as they were");
            if (before.StaleSince is not null && after.StaleSince is null) yield return Cluster(now, Severity.Good, $"Cluster {id} is watched again");

            // Half-open is a way to one of both, and tells nothing by itself.
            if (before.Circuit.State != CircuitState.Open && after.Circuit.State == CircuitState.Open)
                yield return Cluster(after.Circuit.Since, Severity.Critical, $"Cluster {id} is not asked for servers: {after.Circuit.Reason}");
            if (before.Circuit.State != CircuitState.Closed && after.Circuit.State == CircuitState.Closed)
                yield return Cluster(now, Severity.Good, $"Cluster {id} is asked for servers again");

            var (held, holds) = (ServerTotals.Of(before.Servers).Unreachable, ServerTotals.Of(after.Servers).Unreachable);
            if (before.Synced && holds > held)
                yield return new(now, EventKind.Node, Severity.Warning, next.Region, id, count => $"{Words.Count(count)} {(count == 1 ? "server" : "servers")} of cluster {id} went out of reach: their nodes are dead, going or cordoned") { Episode = "out of reach", Count = holds - held };
            if (after.Synced && held > 0 && holds == 0) yield return new(now, EventKind.Node, Severity.Good, next.Region, id, $"No server of cluster {id} is out of reach any more");

            FleetEvent Cluster(DateTimeOffset at, Severity severity, string what) => new(at, EventKind.Cluster, severity, next.Region, id, what);
        }
    }

    private static IEnumerable<FleetEvent> Paths(RegionStatus old, RegionStatus next, DateTimeOffset then, DateTimeOffset now)
    {
        foreach (var (before, after) in old.Paths.Join(next.Paths, Key, Key, (before, after) => (before, after)))
        {
            var name = $"{Words.Of(after.Kind)} over {Words.Of(after.Protocol)}";
            if (before.State != after.State)
            {
                var (severity, what) = after.State switch
                {
                    PathState.Down => (Severity.Critical, "is down"),
                    PathState.Degraded => (Severity.Warning, "is degraded"),
                    _ => (Severity.Good, "is healthy again"),
                };
                yield return Route(after.Since, severity, name, $"{name} {what}");
            }

            if (before.Reported?.IsSuspected != true && after.Reported is { IsSuspected: true } told)
                yield return Route(told.Since, Severity.Warning, name, $"{name} fails for {Words.Count(told.FailedPlayers)} of {Words.Count(told.Players)} players who report it");
            if (before.Reported is { IsSuspected: true } && after.Reported?.IsSuspected != true) yield return Route(now, Severity.Good, name, $"{name}: players report no failure any more");
        }

        // An operator's word on it is in the audit log; that its time is over is nobody's.
        if (old.Route is { Kind: { } kind } forced && forced.Forced(then) is not null && next.Route?.At == forced.At && forced.Forced(now) is null)
            yield return Route(forced.ExpiresAt, Severity.Notice, Words.Of(kind), $"{Words.Of(kind)} comes first no longer: the time that {forced.By} gave it is over");

        static (RouteKind Kind, FleetModel.Configuration.GameProtocol Protocol) Key(PathStatus path) => (path.Kind, path.Protocol);
        FleetEvent Route(DateTimeOffset at, Severity severity, string subject, string what) => new(at, EventKind.Route, severity, next.Region, subject, what);
    }

    private static IEnumerable<FleetEvent> Accelerators(RegionStatus old, RegionStatus next) =>
        Of("The standard accelerator", (old.Traffic?.State, next.Traffic?.State), next.Traffic?.Since, next.Traffic?.LastError, next.Region)
            .Concat(Of("The custom routing accelerator", (old.ServerTraffic?.State, next.ServerTraffic?.State), next.ServerTraffic?.Since, next.ServerTraffic?.LastError, next.Region));

    private static IEnumerable<FleetEvent> Of(string name, (TrafficState? Before, TrafficState? After) state, DateTimeOffset? since, string? error, string region)
    {
        if (state is { Before: { } before, After: { } after } && since is { } at && (before == TrafficState.Failing) != (after == TrafficState.Failing))
        {
            yield return after == TrafficState.Failing
                ? new(at, EventKind.Accelerator, Severity.Warning, region, name, $"{name} cannot be changed: {error}")
                : new(at, EventKind.Accelerator, Severity.Good, region, name, $"{name} can be changed again");
        }
    }

    private static IEnumerable<FleetEvent> Fleets(RegionStatus old, RegionStatus next, DateTimeOffset now)
    {
        foreach (var (before, after) in old.Demand.Join(next.Demand, demand => demand.Fleet, demand => demand.Fleet, (before, after) => (before, after)))
        {
            if (before.Waiting == 0 && after.Waiting > 0) yield return Fleet(Severity.Warning, after.Fleet, $"Sessions wait for a server of fleet {after.Fleet}");
            if (before.Waiting > 0 && after.Waiting == 0) yield return Fleet(Severity.Good, after.Fleet, $"No session waits for a server of fleet {after.Fleet} any more");
        }

        foreach (var (before, after) in Ready(old).Join(Ready(next), fleet => fleet.Fleet, fleet => fleet.Fleet, (before, after) => (before, after)))
        {
            if (before.Ready > 0 && after.Ready == 0) yield return Fleet(Severity.Warning, after.Fleet, $"Fleet {after.Fleet} has no free server");
            if (before.Ready == 0 && after.Ready > 0) yield return Fleet(Severity.Good, after.Fleet, $"Fleet {after.Fleet} has free servers again");
        }

        static IEnumerable<(string Fleet, int Ready)> Ready(RegionStatus status) => status.Zones.GroupBy(zone => zone.Fleet).Select(fleet => (fleet.Key, fleet.Sum(zone => zone.Ready)));
        FleetEvent Fleet(Severity severity, string fleet, string what) => new(now, EventKind.Fleet, severity, next.Region, fleet, what);
    }

    private static IEnumerable<FleetEvent> Sessions(RegionStatus old, RegionStatus next, DateTimeOffset now)
    {
        // A region's grain that was moved counts from zero: what came between is not known.
        if (old.Allocations is not { } before || next.Allocations is not { } after || before.Since != after.Since) yield break;
        foreach (var fleet in after.Fleets)
        {
            var between = before.Fleets.FirstOrDefault(known => known.Fleet == fleet.Fleet) is { } then ? fleet.Minus(then) : fleet;
            if (between.Lost > 0) yield return Counted(Severity.Warning, fleet.Fleet, "lost", between.Lost, "lost their server", "lost its server");
            if (between.Moved > 0) yield return Counted(Severity.Notice, fleet.Fleet, "moved", between.Moved, "were moved to other servers", "was moved to another server");
            if (between.Failed > 0) yield return Counted(Severity.Critical, fleet.Fleet, "failed", between.Failed, "got no server: their allocation failed", "got no server: its allocation failed");
        }

        FleetEvent Counted(Severity severity, string fleet, string episode, long count, string many, string one) =>
            new(now, EventKind.Session, severity, next.Region, fleet, counted => $"{Words.Count(counted)} {(counted == 1 ? "session" : "sessions")} of fleet {fleet} {(counted == 1 ? one : many)}") { Episode = episode, Count = (int)Math.Min(count, int.MaxValue) };
    }
}
