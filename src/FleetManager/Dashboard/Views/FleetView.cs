using FleetSystem.FleetManager.Dashboard.Live;
using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.FleetManager.Dashboard.Views;

/// <summary>A fleet's servers at a glance, however many there are.</summary>
/// <param name="Total">All of them.</param>
/// <param name="Waiting">Sessions that wait for one.</param>
/// <param name="Places">Servers by cluster and zone.</param>
/// <param name="Versions">Servers by version, the most common first.</param>
/// <param name="History">All servers of the regions over time.</param>
public sealed record FleetView(ServerTotals Total, int Waiting, IReadOnlyList<FleetPlace> Places, IReadOnlyList<(string Version, ServerTotals Servers)> Versions, IReadOnlyList<ChartView> History)
{
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
            [.. counts.GroupBy(count => count.Count.Version).Select(version => (Version: version.Key, Servers: ServerTotals.Of(version.Select(count => count.Count)))).OrderByDescending(version => version.Servers.All).ThenBy(version => version.Version, StringComparer.Ordinal)],
            [.. reading.Regions.Where(region => region.History.Count > 0).Select(region => ChartView.Of(
                $"{region.Region}, all fleets",
                [
                    Line("allocated", "accent", region, servers => servers.Allocated),
                    Line("ready", "good", region, servers => servers.Ready),
                    Line("starting", "second", region, servers => servers.Starting),
                    Line("out of reach", "critical", region, servers => servers.Unreachable),
                ],
                ChartView.SlotsFor(region.History.Count, chartPoints),
                1,
                Words.Rate))]);
    }

    private static ChartLine Line(string name, string style, RegionReading region, Func<ServerTotals, int> of) => new(name, style, [.. region.History.Select(point => (double?)of(point.Servers))]);
}

/// <summary>A fleet's servers in a zone of a cluster.</summary>
/// <param name="Region">The region.</param>
/// <param name="Cluster">The cluster.</param>
/// <param name="Zone">The zone; empty for servers whose node is not known.</param>
/// <param name="Servers">The servers.</param>
public sealed record FleetPlace(string Region, string Cluster, string Zone, ServerTotals Servers);
