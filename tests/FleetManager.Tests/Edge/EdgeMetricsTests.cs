using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using FleetSystem.FleetManager.Edge;
using FleetSystem.FleetModel.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.FleetManager.Tests.Edge;

/// <summary>What a silo measures of the ways in: names, units, series and values.</summary>
public sealed class EdgeMetricsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly SortedDictionary<string, double> _measured = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _units = [];
    private readonly EdgeMetrics _metrics;

    public EdgeMetricsTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!ReferenceEquals(instrument.Meter.Scope, meters)) return;
            _units[instrument.Name] = instrument.Unit;
            Assert.False(string.IsNullOrEmpty(instrument.Description));
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Measured(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Measured(instrument, value, tags));
        _listener.Start();
        _metrics = new EdgeMetrics(meters, _time);
    }

    [Fact]
    public void Record_NobodyHasLookedYet_NoSeries() => Assert.Empty(Record());

    [Fact]
    public void Record_ProbedOverUdp_StateAgeAndLossOfEachPath()
    {
        var now = _time.GetUtcNow();
        var down = PathHealth.Unprobed(now);
        for (var probe = 0; probe < 16; probe++) down = down.Observe(answered: probe < 4, now, new PathHealthOptions());
        _metrics.Observe(() => [new RegionEdge { Region = "r1", Paths = Only(RouteKind.Accelerator, down) }, new RegionEdge { Region = "r2" }]);
        _time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(
            [
                ("fleet.edge.path.age kind=Accelerator protocol=Udp region=r1", 7.0),
                ("fleet.edge.path.state kind=Accelerator protocol=Udp region=r1", (double)PathState.Down),
                ("fleet.edge.probe.loss kind=Accelerator protocol=Udp region=r1", 0.75),
            ],
            Record());
        Assert.Equal(("s", "{state}", "1"), (_units["fleet.edge.path.age"], _units["fleet.edge.path.state"], _units["fleet.edge.probe.loss"]));
    }

    [Fact]
    public void Record_ProbedOverTcpToo_ASeriesForEachProtocol()
    {
        var now = _time.GetUtcNow();
        _metrics.Observe(() => [new RegionEdge
        {
            Region = "r",
            Paths = Only(RouteKind.Direct, PathHealth.Unprobed(now)),
            TcpPaths = Only(RouteKind.Direct, PathHealth.Unprobed(now) with { State = PathState.Down }),
        }]);
        Assert.Equal(
            [("fleet.edge.path.state kind=Direct protocol=Tcp region=r", (double)PathState.Down), ("fleet.edge.path.state kind=Direct protocol=Udp region=r", (double)PathState.Healthy)],
            Record().Where(series => series.Name.StartsWith("fleet.edge.path.state", StringComparison.Ordinal)));
    }

    [Fact]
    public void Record_PlayersReport_ShareAndPlayersAndWhatTheyUse()
    {
        var now = _time.GetUtcNow();
        var verdict = new PathVerdict(RouteKind.NetworkLoadBalancer, IsSuspected: true, now, Players: 12, FailedPlayers: 9, FailedShare: 0.8, LossShare: 0.5, Using: 4, now, now);
        _metrics.Observe(() => [new RegionEdge { Region = "r", Reported = new[] { verdict }.ToFrozenDictionary(known => known.Kind) }]);
        Assert.Equal(
            [
                ("fleet.edge.path.players kind=NetworkLoadBalancer region=r", 4.0),
                ("fleet.edge.path.state kind=NetworkLoadBalancer protocol=Udp region=r", (double)PathState.Degraded),
                ("fleet.edge.reports.failed kind=NetworkLoadBalancer region=r", 0.8),
                ("fleet.edge.reports.players kind=NetworkLoadBalancer region=r", 12.0),
            ],
            Record());
    }

    [Fact]
    public void Record_OpenedForEachServer_HowManyDestinationsAreOpen()
    {
        var open = new ServerOpening(Destination.Of(IPAddress.Parse("10.0.0.1"), 7000), 1, 2, 3, Claimed: false, OpeningState.Open, _time.GetUtcNow());
        _metrics.Observe(() => [new RegionEdge { Region = "r1", Openings = AcceleratorOpenings.Of(1, [open]) }, new RegionEdge { Region = "r2", Openings = AcceleratorOpenings.None }, new RegionEdge { Region = "r3" }]);
        Assert.Equal([("fleet.edge.destinations.open region=r1", 1.0), ("fleet.edge.destinations.open region=r2", 0.0)], Record());
    }

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    private static FrozenDictionary<RouteKind, PathHealth> Only(RouteKind kind, PathHealth health) => new[] { health }.ToFrozenDictionary(_ => kind);

    private IEnumerable<(string Name, double Value)> Record()
    {
        _measured.Clear();
        _listener.RecordObservableInstruments();
        return _measured.Select(pair => (pair.Key, pair.Value));
    }

    private void Measured(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = tags.ToArray().OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => string.Create(CultureInfo.InvariantCulture, $" {tag.Key}={tag.Value}"));
        _measured.Add(instrument.Name + string.Concat(series), value);
    }
}
