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

    // Kept to count from; not shown.
    internal RegionAllocations? Counted { get; init; }

    /// <summary>The point of a status.</summary>
    /// <param name="status">The status.</param>
    /// <param name="now">The moment.</param>
    /// <param name="before">The point before, or null.</param>
    public static HistoryPoint Of(RegionStatus status, DateTimeOffset now, HistoryPoint? before)
    {
        var point = new HistoryPoint(now)
        {
            Servers = ServerTotals.Of(status),
            Waiting = status.Demand.Sum(fleet => fleet.Waiting),
            Paths = [.. status.Paths.Select(path => new PathLoss(path.Kind, path.Protocol, path.LossShare))],
            Counted = status.Allocations,
        };

        // A region's grain that was moved counts from zero: what came between is not known.
        if (status.Allocations is not { } counted || before?.Counted is not { } earlier || earlier.Since != counted.Since || now <= before.At) return point;
        var (all, then) = (Total(counted), Total(earlier));
        var between = all.Minus(then);
        var seconds = (now - before.At).TotalSeconds;
        return point with
        {
            AllocationsPerSecond = between.Allocated / seconds,
            FailuresPerSecond = between.Failed / seconds,
            MedianSeconds = between.Percentile(0.5),
            P95Seconds = between.Percentile(0.95),
        };
    }

    private static AllocationTally Total(RegionAllocations allocations) => allocations.Fleets.Aggregate(new AllocationTally { Fleet = "" }, (sum, fleet) => sum.Plus(fleet));
}

/// <summary>Share of a path's probes that were lost.</summary>
/// <param name="Kind">The kind of route.</param>
/// <param name="Protocol">What it is probed with.</param>
/// <param name="Share">The share, 0 to 1.</param>
public readonly record struct PathLoss(RouteKind Kind, GameProtocol Protocol, double Share);
