using FleetSystem.FleetManager.Dashboard.Live;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;

namespace FleetSystem.FleetManager.Dashboard.Views;

/// <summary>A fleet's servers at a glance, however many there are.</summary>
/// <param name="Total">All of them.</param>
/// <param name="Waiting">Sessions that wait for one.</param>
/// <param name="Places">Servers by cluster and zone.</param>
/// <param name="Versions">Servers by version, the most common first.</param>
/// <param name="History">The fleet over time, in each region of which points are kept.</param>
public sealed record FleetView(ServerTotals Total, int Waiting, IReadOnlyList<FleetPlace> Places, IReadOnlyList<FleetVersion> Versions, IReadOnlyList<(string Region, IReadOnlyList<ChartView> Charts)> History)
{
    private IReadOnlyList<(string Region, string Cluster, ServerCount Count)> Counts { get; init; } = [];

    /// <summary>The view of a fleet.</summary>
    /// <param name="reading">The reading.</param>
    /// <param name="fleet">The fleet.</param>
    /// <param name="chartPoints">Points of a full chart.</param>
    public static FleetView Of(FleetReading reading, FleetOptions fleet, int chartPoints)
    {
        var counts = reading.Regions.Where(region => region.Status is not null)
            .SelectMany(region => region.Status!.Clusters.SelectMany(cluster => cluster.Servers.Where(count => fleet.NamesInAgones.Contains(count.Fleet)).Select(count => (region.Region, cluster.Cluster, Count: count))))
            .ToList();
        return new FleetView(
            ServerTotals.Of(counts.Select(count => count.Count)),
            reading.Regions.Sum(region => region.Status?.Demand.Where(demand => demand.Fleet == fleet.Id).Sum(demand => demand.Waiting) ?? 0),
            [.. counts.GroupBy(count => (count.Region, count.Cluster, count.Count.Zone)).OrderBy(place => place.Key).Select(place => new FleetPlace(place.Key.Region, place.Key.Cluster, place.Key.Zone, ServerTotals.Of(place.Select(count => count.Count))))],
            [.. counts.GroupBy(count => (count.Count.Version, count.Count.AgonesVersion))
                .Select(version => new FleetVersion(version.Key.Version, version.Key.AgonesVersion, ServerTotals.Of(version.Select(count => count.Count))))
                .OrderByDescending(version => version.Servers.All).ThenBy(version => version.Version, StringComparer.Ordinal).ThenBy(version => version.AgonesVersion, StringComparer.Ordinal)],
            [.. reading.Regions.Select(region => (region.Region, Charts: Charts(region, fleet.Id, chartPoints))).Where(region => region.Charts.Count > 0)])
        {
            Counts = counts,
        };
    }

    /// <summary>How many servers are as asked for; null when what is counted does not tell.</summary>
    public int? CountOf(ServerFilter filter) => filter is { Node: null, Name: null }
        ? Counts.Where(known => (filter.Cluster ?? known.Cluster) == known.Cluster
            && (filter.Zone ?? known.Count.Zone) == known.Count.Zone
            && (filter.State ?? known.Count.State) == known.Count.State
            && (filter.Version ?? known.Count.Version) == known.Count.Version).Sum(known => known.Count.Servers)
        : null;

    private static IReadOnlyList<ChartView> Charts(RegionReading region, string fleet, int chartPoints)
    {
        var points = region.History.Select(point => point.Of(fleet)).ToList();
        if (points.All(point => point is null)) return [];
        var slots = ChartView.SlotsFor(points.Count, chartPoints);
        return
        [
            ChartView.Of(
                "Servers",
                [
                    Line("allocated", "accent", point => point.Servers.Allocated),
                    Line("ready", "good", point => point.Servers.Ready),
                    Line("starting", "second", point => point.Servers.Starting),
                    Line("ending", "warning", point => point.Servers.Ending),
                    Line("out of reach", "critical", point => point.Servers.Unreachable),
                ],
                slots,
                1,
                Words.Rate),
            ChartView.Of(
                "Allocations a second",
                [Line("served", "good", point => point.AllocationsPerSecond), Line("failed", "critical", point => point.FailuresPerSecond)],
                slots,
                1,
                Words.Rate),
            ChartView.Of("Sessions waiting for a server", [Line("waiting", "warning", point => point.Waiting)], slots, 1, Words.Rate),
        ];

        ChartLine Line(string name, string style, Func<FleetPoint, double?> of) => new(name, style, [.. points.Select(point => point is null ? null : of(point))]);
    }
}

/// <summary>A fleet's servers in a zone of a cluster.</summary>
/// <param name="Region">The region.</param>
/// <param name="Cluster">The cluster.</param>
/// <param name="Zone">The zone; empty for servers whose node is not known.</param>
/// <param name="Servers">The servers.</param>
public sealed record FleetPlace(string Region, string Cluster, string Zone, ServerTotals Servers);

/// <summary>A fleet's servers of a version.</summary>
/// <param name="Version">Image of their game server without the registry; empty when it is not known.</param>
/// <param name="AgonesVersion">Version of Agones that their SDK sidecar is of; empty when it is not known.</param>
/// <param name="Servers">The servers.</param>
public sealed record FleetVersion(string Version, string AgonesVersion, ServerTotals Servers);
