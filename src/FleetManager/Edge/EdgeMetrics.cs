using System.Diagnostics.Metrics;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Routing;

namespace FleetSystem.FleetManager.Edge;

/// <summary>The instruments of the ways in, as this silo sees them: a series a region and kind of route.</summary>
internal sealed class EdgeMetrics
{
    private static readonly RouteKind[] Kinds = Enum.GetValues<RouteKind>();

    private readonly TimeProvider _time;
    private Func<IEnumerable<RegionEdge>> _views = () => [];

    public EdgeMetrics(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(FleetManagerTelemetry.MeterName);
        meter.CreateObservableGauge("fleet.edge.path.state", () => Known((view, kind) => (int)view.StateOf(kind)), "{state}", "State of a path into a region: 0 healthy, 1 degraded, 2 down.");
        meter.CreateObservableGauge("fleet.edge.path.age", () => Probed(health => (_time.GetUtcNow() - health.ObservedAt).TotalSeconds), "s", "Time since a path was probed last.");
        meter.CreateObservableGauge("fleet.edge.probe.loss", () => Probed(health => health.LossShare), "1", "Share of the last probes of a path that were lost.");
        meter.CreateObservableGauge("fleet.edge.reports.failed", () => Reported(verdict => verdict.FailedShare), "1", "Share of the reporting players for whom a path fails, each session weighing the same.");
        meter.CreateObservableGauge("fleet.edge.reports.players", () => Reported(verdict => (double)verdict.Players), "{player}", "Players who report a path.");
        meter.CreateObservableGauge("fleet.edge.path.players", () => Reported(verdict => (double)verdict.Using), "{player}", "Reporting players who use a path now.");
        meter.CreateObservableGauge("fleet.edge.destinations.open", () => _views().Where(view => view.Openings is not null).Select(view => new Measurement<int>(view.Openings!.Count, new KeyValuePair<string, object?>("region", view.Region))), "{destination}", "Servers' addresses and ports that a region's accelerator is opened to, where that is done for each.");
    }

    /// <summary>Where the views come from.</summary>
    public void Observe(Func<IEnumerable<RegionEdge>> views) => _views = views;

    private IEnumerable<Measurement<int>> Known(Func<RegionEdge, RouteKind, int> value) =>
        ByProtocol().SelectMany(seen => Kinds.Where(kind => seen.View.Paths.ContainsKey(kind) || seen.View.Reported.ContainsKey(kind)).Select(kind => new Measurement<int>(value(seen.View, kind), Of(seen.View, kind, seen.Protocol))));

    private IEnumerable<Measurement<double>> Probed(Func<PathHealth, double> value) =>
        ByProtocol().SelectMany(seen => seen.View.Paths.Select(path => new Measurement<double>(value(path.Value), Of(seen.View, path.Key, seen.Protocol))));

    private IEnumerable<Measurement<double>> Reported(Func<PathVerdict, double> value) =>
        _views().SelectMany(view => view.Reported.Select(report => new Measurement<double>(value(report.Value), Of(view, report.Key))));

    /// <summary>The views, and again those of regions that are probed with TCP.</summary>
    private IEnumerable<(RegionEdge View, GameProtocol Protocol)> ByProtocol() => _views().SelectMany(view => view.TcpPaths.Count == 0
        ? [(view, GameProtocol.Udp)]
        : new[] { (view, GameProtocol.Udp), (view.Over(GameProtocol.Tcp), GameProtocol.Tcp) });

    private static KeyValuePair<string, object?>[] Of(RegionEdge view, RouteKind kind) => [new("region", view.Region), new("kind", kind.ToString())];

    private static KeyValuePair<string, object?>[] Of(RegionEdge view, RouteKind kind, GameProtocol protocol) => [.. Of(view, kind), new("protocol", protocol.ToString())];
}
