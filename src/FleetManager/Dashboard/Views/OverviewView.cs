using FleetSystem.FleetManager.Dashboard.Live;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Zones;

namespace FleetSystem.FleetManager.Dashboard.Views;

/// <summary>The overview page.</summary>
/// <param name="Problems">What is wrong, worst first.</param>
/// <param name="Servers">Servers of all regions.</param>
/// <param name="Waiting">Sessions that wait.</param>
/// <param name="AllocationsPerSecond">Allocations a second; null when no region knows.</param>
/// <param name="FailuresPerSecond">Failed ones; null when no region knows.</param>
/// <param name="SlowestP95">The slowest region's 95th percentile, in seconds; null when nothing was allocated.</param>
/// <param name="Regions">The regions.</param>
public sealed record OverviewView(
    IReadOnlyList<Problem> Problems,
    ServerTotals Servers,
    int Waiting,
    double? AllocationsPerSecond,
    double? FailuresPerSecond,
    double? SlowestP95,
    IReadOnlyList<RegionTile> Regions)
{
    /// <summary>The page of a reading.</summary>
    /// <param name="reading">The reading.</param>
    /// <param name="chartPoints">Points of a full chart.</param>
    public static OverviewView Of(FleetReading reading, int chartPoints)
    {
        var newest = reading.Regions.Where(region => region.History.Count > 0).Select(region => region.History[^1]).ToList();
        return new OverviewView(
            ProblemFinder.Find(reading),
            reading.Regions.Where(region => region.Status is not null).Aggregate(default(ServerTotals), (sum, region) => sum.Plus(ServerTotals.Of(region.Status!))),
            reading.Regions.Sum(region => region.Status?.Demand.Sum(fleet => fleet.Waiting) ?? 0),
            Sum(newest.Select(point => point.AllocationsPerSecond)),
            Sum(newest.Select(point => point.FailuresPerSecond)),
            newest.Max(point => point.P95Seconds),
            [.. reading.Regions.Select(region => RegionTile.Of(region, reading.At, chartPoints))]);
    }

    private static double? Sum(IEnumerable<double?> values) => values.Where(value => value is not null).ToList() is { Count: > 0 } known ? known.Sum() : null;
}

/// <summary>A region on the overview.</summary>
/// <param name="Region">Its id.</param>
/// <param name="Severity">Its worst problem.</param>
/// <param name="Standing">How it stands, in a few words.</param>
/// <param name="Servers">Its servers.</param>
/// <param name="Zones">Its zones.</param>
/// <param name="Paths">The ways in.</param>
/// <param name="Allocations">Allocations a second.</param>
/// <param name="Latency">How long they take.</param>
/// <param name="AllocationsPerSecond">The newest rate.</param>
/// <param name="P95">The newest 95th percentile, in seconds.</param>
public sealed record RegionTile(
    string Region, Severity Severity, string Standing, ServerTotals Servers, IReadOnlyList<ZoneTile> Zones, IReadOnlyList<PathTile> Paths, ChartView Allocations, ChartView Latency, double? AllocationsPerSecond, double? P95)
{
    /// <summary>Whether an operator drained it.</summary>
    public bool IsDrained { get; init; }

    /// <summary>The tile of a region.</summary>
    public static RegionTile Of(RegionReading region, DateTimeOffset now, int chartPoints)
    {
        var worst = ProblemFinder.Find(region, now).Select(problem => problem.Severity).DefaultIfEmpty(Severity.Good).Max();
        var newest = region.History.Count > 0 ? region.History[^1] : null;
        var slots = ChartView.SlotsFor(region.History.Count, chartPoints);
        return new RegionTile(
            region.Region,
            region.Status is null && region.Fault is null ? Severity.Notice : worst,
            StandingOf(region, worst),
            region.Status is { } status ? ServerTotals.Of(status) : default,
            [.. region.Zones.Select(zone => ZoneTile.Of(zone, region.Status))],
            [.. (region.Status?.Paths ?? []).Select(path => PathTile.Of(path, now, region.Status!.Route?.Forced(now)?.Kind))],
            ChartView.Of(
                "Allocations a second",
                [
                    new("served", "good", [.. region.History.Select(point => point.AllocationsPerSecond)]),
                    new("failed", "critical", [.. region.History.Select(point => point.FailuresPerSecond)]),
                ],
                slots,
                1,
                Words.Rate),
            ChartView.Of(
                "Allocation latency",
                [
                    new("p50", "accent", [.. region.History.Select(point => point.MedianSeconds)]),
                    new("p95", "warning", [.. region.History.Select(point => point.P95Seconds)]),
                ],
                slots,
                0.1,
                Words.Duration),
            newest?.AllocationsPerSecond,
            newest?.P95Seconds)
        {
            IsDrained = region.Status?.Intent is { Drained: true },
        };
    }

    private static string StandingOf(RegionReading region, Severity worst) => region switch
    {
        { Fault: not null } => "no answer",
        { Status: null } => "asked",
        { Status.Refusal: not null } => "no new sessions",
        _ => worst switch { Severity.Good => "healthy", Severity.Notice => "as wanted", Severity.Warning => "impaired", _ => "failing" },
    };
}

/// <summary>A zone on the overview.</summary>
/// <param name="Zone">Its id.</param>
/// <param name="Severity">How bad it stands.</param>
/// <param name="Phase">Where it stands.</param>
/// <param name="Standing">The same in words.</param>
/// <param name="Reason">Why it does not take every session, or null.</param>
/// <param name="Servers">Its servers.</param>
public sealed record ZoneTile(string Zone, Severity Severity, ZonePhase? Phase, string Standing, string? Reason, ServerTotals Servers)
{
    /// <summary>The tile of a zone.</summary>
    public static ZoneTile Of(string zone, RegionStatus? status)
    {
        var servers = ServerTotals.Of((status?.Clusters ?? []).SelectMany(cluster => cluster.Servers).Where(count => count.Zone == zone));
        if (status?.ZoneStates.FirstOrDefault(state => state.Zone == zone) is not { } known) return new ZoneTile(zone, Severity.Notice, null, "not known", null, servers);
        var (severity, standing) = known switch
        {
            { Phase: ZonePhase.Evacuated, By: null } => (Severity.Critical, "evacuated"),
            { Phase: ZonePhase.Evacuated } => (Severity.Warning, "evacuated"),
            { AdmittedShare: < 1 } => (Severity.Notice, $"takes {Words.Percent(known.AdmittedShare)}"),
            _ when servers.Unreachable > 0 => (Severity.Warning, "nodes away"),
            { Phase: ZonePhase.Healthy } => (Severity.Good, "healthy"),
            _ => (Severity.Notice, known.Phase.ToString().ToLowerInvariant()),
        };
        return new ZoneTile(zone, severity, known.Phase, standing, known.Reason.Length > 0 && known.AdmittedShare < 1 ? $"{known.By ?? "zone monitor"}: {known.Reason}" : null, servers);
    }
}

/// <summary>A way into a region on the overview.</summary>
/// <param name="Kind">The kind of route.</param>
/// <param name="Protocol">What it is probed with.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Standing">How it is, in words.</param>
/// <param name="LossShare">Share of the last probes that were lost, 0 to 1.</param>
/// <param name="IsForced">Whether an operator wants it first.</param>
/// <param name="Since">Since when it is so.</param>
public sealed record PathTile(RouteKind Kind, GameProtocol Protocol, Severity Severity, string Standing, double LossShare, bool IsForced, DateTimeOffset Since)
{
    // A state outlives its probes; one that nothing has confirmed for so long is not shown as if it were.
    private static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(10);

    /// <summary>The tile of a path.</summary>
    public static PathTile Of(PathStatus path, DateTimeOffset now, RouteKind? forced)
    {
        var (severity, standing) = path switch
        {
            { State: PathState.Down } => (Severity.Critical, "down"),
            { Reported.IsSuspected: true } => (Severity.Warning, "suspected by players"),
            { State: PathState.Degraded } => (Severity.Warning, "degraded"),
            _ when path.AgeAt(now) is not { } age || age > StaleAfter => (Severity.Notice, "not probed"),
            _ => (Severity.Good, "healthy"),
        };
        return new PathTile(path.Kind, path.Protocol, severity, standing, path.LossShare, path.Kind == forced, path.Since);
    }
}
