using System.Diagnostics.Metrics;
using FleetSystem.FleetManager.Sessions;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Sessions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Tests.Sessions;

public sealed class AllocationMetricsTests : IDisposable
{
    private static readonly FleetOptions Arena = new() { Id = "arena", ExpectedTransferGigabytes = 3 };

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly MeterListener _listener = new();
    private readonly List<string> _measured = [];
    private readonly AllocationTallies _tallies = new();
    private readonly AllocationMetrics _metrics;

    public AllocationMetricsTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == FleetManagerTelemetry.MeterName && ReferenceEquals(instrument.Meter.Scope, meters)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.Start();
        _metrics = new AllocationMetrics(meters, _tallies, Options.Create(new FleetManagerOptions { CrossZonePricePerGigabyte = 0.02 }));
    }

    [Fact]
    public void Ended_PreferredZoneServed_CostOfBothSidesSaved()
    {
        _metrics.Ended(Arena, "seoul", "a", Server("a", 1), "allocated", TimeSpan.FromMilliseconds(250));
        Assert.Equal(
            ["fleet.allocation.duration 0.25 s fleet=arena region=seoul outcome=allocated preference=1", "fleet.allocation.same_zone 1 {allocation} fleet=arena region=seoul", "fleet.transfer.cost.saved 0.12 {USD} fleet=arena region=seoul"],
            _measured);
    }

    [Fact]
    public void Ended_AnotherZoneServed_CostCaused()
    {
        _metrics.Ended(Arena, "seoul", "a", Server("b", 2), "allocated", TimeSpan.FromSeconds(1));
        Assert.Equal(
            ["fleet.allocation.duration 1 s fleet=arena region=seoul outcome=allocated preference=2", "fleet.allocation.cross_zone 1 {allocation} fleet=arena region=seoul", "fleet.transfer.cost.caused 0.12 {USD} fleet=arena region=seoul"],
            _measured);
    }

    [Fact]
    public void Ended_NoZonePreferredOrNoServer_TheDurationAlone()
    {
        _metrics.Ended(Arena, "seoul", null, Server("b", 1), "allocated", TimeSpan.FromSeconds(1));
        _metrics.Ended(Arena, "seoul", "a", null, ErrorCodes.NoCapacity, TimeSpan.FromSeconds(1));
        Assert.Equal(
            ["fleet.allocation.duration 1 s fleet=arena region=seoul outcome=allocated preference=1", "fleet.allocation.duration 1 s fleet=arena region=seoul outcome=no-capacity preference=0"],
            _measured);
    }

    [Fact]
    public void Ended_AnyOutcome_CountedAsServedOrFailedWhenItIsOneOfBoth()
    {
        foreach (var outcome in new[] { "allocated", "waiting", "abandoned", "cancelled", ErrorCodes.NoCapacity })
            _metrics.Ended(Arena, "seoul", null, outcome == "allocated" ? Server("a", 1) : null, outcome, TimeSpan.FromSeconds(1));

        var tally = Assert.Single(_tallies.Take()["seoul"]);
        Assert.Equal(("arena", 1, 1), (tally.Fleet, tally.Allocated, tally.Failed));
        Assert.Empty(_tallies.Take());
    }

    public void Dispose()
    {
        _listener.Dispose();
        _services.Dispose();
    }

    private void Keep<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measured.Add(FormattableString.Invariant($"{instrument.Name} {value} {instrument.Unit} {string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"))}"));

    private static ServerBinding Server(string zone, int preference) => new()
    {
        Cluster = "blue",
        Region = "seoul",
        Zone = zone,
        Node = "n",
        Name = "gs",
        Address = "10.0.0.1",
        Port = 7000,
        PreferenceServed = preference,
    };
}
