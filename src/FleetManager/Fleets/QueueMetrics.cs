using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace FleetSystem.FleetManager.Fleets;

/// <summary>How many sessions wait, of the queues that this silo has: a series a fleet and region.</summary>
internal sealed class QueueMetrics
{
    private readonly ConcurrentDictionary<(string Region, string Fleet), int> _waiting = [];

    public QueueMetrics(IMeterFactory meters) => meters.Create(FleetManagerTelemetry.MeterName).CreateObservableGauge(
        "fleet.queue.waiting",
        () => _waiting.Select(queue => new Measurement<int>(queue.Value, new("fleet", queue.Key.Fleet), new("region", queue.Key.Region))),
        "{session}",
        "Sessions that wait for a server, those whose turn has come included.");

    /// <summary>So many wait now.</summary>
    public void Show(string region, string fleet, int waiting) => _waiting[(region, fleet)] = waiting;

    /// <summary>The queue is another silo's from now on.</summary>
    public void Forget(string region, string fleet) => _waiting.TryRemove((region, fleet), out _);
}
