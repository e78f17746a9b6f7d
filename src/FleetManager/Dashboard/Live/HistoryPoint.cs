using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Operations;
using FleetSystem.FleetModel.Routing;

namespace FleetSystem.FleetManager.Dashboard.Live;

/// <summary>What a region was like at a moment, for charts.</summary>
/// <param name="At">The moment.</param>
public sealed record HistoryPoint(DateTimeOffset At)
{
    /// <summary>Allocations a second since the point before; null when that is not known.</summary>
    public double? AllocationsPerSecond { get; init; }

    /// <summary>Failed allocations a second since the point before; null when that is not known.</summary>
    public double? FailuresPerSecond { get; init; }

    /// <summary>How long half of the allocations since the point before took at most, in seconds; null when there were none.</summary>
    public double? MedianSeconds { get; init; }

    /// <summary>The same of 95 in 100.</summary>
    public double? P95Seconds { get; init; }

    /// <summary>Servers by what can be done with them.</summary>
    public ServerTotals Servers { get; init; }

    /// <summary>Sessions that wait for a server.</summary>
    public int Waiting { get; init; }

    /// <summary>Share of probes that were lost on each way in.</summary>
    public IReadOnlyList<PathLoss> Paths { get; init; } = [];

    /// <summary>The same of single fleets, of those that points are kept of.</summary>
    public IReadOnlyList<FleetPoint> Fleets { get; init; } = [];

    /// <summary>A fleet's point, or null when none was kept.</summary>
    /// <param name="fleet">The fleet's id.</param>
    public FleetPoint? Of(string fleet)
    {
        for (var index = 0; index < Fleets.Count; index++)
        {
            if (Fleets[index].Fleet == fleet) return Fleets[index];
        }

        return null;
    }

    // Kept to count from; not shown.
    internal RegionAllocations? Counted { get; init; }

    /// <summary>The point of a status.</summary>
    /// <param name="status">The status.</param>
    /// <param name="now">The moment.</param>
    /// <param name="before">The point before, or null.</param>
    /// <param name="fleets">Fleets of which points of their own are kept.</param>
    public static HistoryPoint Of(RegionStatus status, DateTimeOffset now, HistoryPoint? before, IReadOnlyList<FleetOptions> fleets)
    {
        var since = SinceOf(status, now, before);
        var point = new HistoryPoint(now)
        {
            Servers = ServerTotals.Of(status),
            Waiting = status.Demand.Sum(fleet => fleet.Waiting),
            Paths = [.. status.Paths.Select(path => new PathLoss(path.Kind, path.Protocol, path.LossShare))],
            Counted = status.Allocations,
            Fleets = [.. fleets.Select(fleet => FleetPoint.Of(status, fleet, since))],
        };
        if (since is not { } known) return point;
        var (between, seconds) = (Total(known.Allocations), known.Seconds);
        return point with
        {
            AllocationsPerSecond = between.Allocated / seconds,
            FailuresPerSecond = between.Failed / seconds,
            MedianSeconds = between.Percentile(0.5),
            P95Seconds = between.Percentile(0.95),
        };
    }

    /// <summary>What was allocated since the point before, and in how many seconds. A region's grain that was moved counts from zero: then what came between is not known.</summary>
    private static (IReadOnlyList<AllocationTally> Allocations, double Seconds)? SinceOf(RegionStatus status, DateTimeOffset now, HistoryPoint? before)
    {
        if (status.Allocations is not { } counted || before?.Counted is not { } earlier || earlier.Since != counted.Since || now <= before.At) return null;
        return ([.. counted.Fleets.Select(fleet => earlier.Fleets.FirstOrDefault(known => known.Fleet == fleet.Fleet) is { } then ? fleet.Minus(then) : fleet)], (now - before.At).TotalSeconds);
    }

    private static AllocationTally Total(IReadOnlyList<AllocationTally> allocations) => allocations.Aggregate(new AllocationTally { Fleet = "" }, (sum, fleet) => sum.Plus(fleet));
}

/// <summary>What a fleet was like in a region at a moment.</summary>
/// <param name="Fleet">Its id.</param>
/// <param name="Servers">Its servers by what can be done with them.</param>
/// <param name="Waiting">Sessions that wait for one.</param>
/// <param name="AllocationsPerSecond">Allocations a second since the point before; null when that is not known.</param>
/// <param name="FailuresPerSecond">Failed allocations a second since the point before; null when that is not known.</param>
public sealed record FleetPoint(string Fleet, ServerTotals Servers, int Waiting, double? AllocationsPerSecond, double? FailuresPerSecond)
{
    /// <summary>The point of a status.</summary>
    internal static FleetPoint Of(RegionStatus status, FleetOptions fleet, (IReadOnlyList<AllocationTally> Allocations, double Seconds)? since)
    {
        var between = since?.Allocations.FirstOrDefault(tally => tally.Fleet == fleet.Id);
        return new FleetPoint(
            fleet.Id,
            ServerTotals.Of(status.Clusters.SelectMany(cluster => cluster.Servers).Where(count => fleet.NamesInAgones.Contains(count.Fleet))),
            status.Demand.Where(demand => demand.Fleet == fleet.Id).Sum(demand => demand.Waiting),
            since is { } rate ? (between?.Allocated ?? 0) / rate.Seconds : null,
            since is { } failures ? (between?.Failed ?? 0) / failures.Seconds : null);
    }
}

/// <summary>Share of a path's probes that were lost.</summary>
/// <param name="Kind">The kind of route.</param>
/// <param name="Protocol">What it is probed with.</param>
/// <param name="Share">The share, 0 to 1.</param>
public readonly record struct PathLoss(RouteKind Kind, GameProtocol Protocol, double Share);
