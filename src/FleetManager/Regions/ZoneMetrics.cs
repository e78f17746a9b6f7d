using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using FleetSystem.FleetModel.Grains;

namespace FleetSystem.FleetManager.Regions;

/// <summary>How much each zone takes, of the regions whose grain this silo has: a series a zone.</summary>
internal sealed class ZoneMetrics
{
    private readonly ConcurrentDictionary<string, IReadOnlyList<ZoneStatus>> _regions = new(StringComparer.Ordinal);

    public ZoneMetrics(IMeterFactory meters) => meters.Create(FleetManagerTelemetry.MeterName).CreateObservableGauge(
        "fleet.zone.admitted",
        () => _regions.SelectMany(region => region.Value.Select(zone => new Measurement<double>(zone.AdmittedShare, new("region", region.Key), new("zone", zone.Zone)))),
        "1",
        "Share of new sessions that a zone takes: 0 evacuated, 1 healthy.");

    /// <summary>The zones stand so now.</summary>
    public void Show(string region, IReadOnlyList<ZoneStatus> zones) => _regions[region] = zones;

    /// <summary>The region is another silo's from now on.</summary>
    public void Forget(string region) => _regions.TryRemove(region, out _);
}
