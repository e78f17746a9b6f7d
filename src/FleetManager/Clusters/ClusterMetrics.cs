using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using FleetSystem.FleetModel.Clusters;

namespace FleetSystem.FleetManager.Clusters;

/// <summary>The instruments of this silo's clusters.</summary>
internal sealed class ClusterMetrics
{
    private readonly ConcurrentDictionary<string, CircuitState> _circuits = new(StringComparer.Ordinal);
    private readonly Counter<long> _openings;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _abandoned;

    public ClusterMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(FleetManagerTelemetry.MeterName);
        meter.CreateObservableGauge(
            "fleet.cluster.circuit.state",
            () => _circuits.Select(pair => new Measurement<int>((int)pair.Value, Of(pair.Key))),
            "{state}",
            "State of a cluster's circuit: 0 closed, 1 open, 2 half-open.");
        _openings = meter.CreateCounter<long>("fleet.cluster.circuit.openings", "{opening}", "Times a cluster's circuit has opened.");
        _refused = meter.CreateCounter<long>("fleet.cluster.circuit.refusals", "{claim}", "Claims that a circuit kept from a cluster.");
        _abandoned = meter.CreateCounter<long>("fleet.cluster.claims.abandoned", "{claim}", "Claims given up because the cluster could not say whether it had claimed a server.");
    }

    public void Circuit(string cluster, CircuitState state)
    {
        if (state == CircuitState.Open && _circuits.GetValueOrDefault(cluster) != CircuitState.Open) _openings.Add(1, Of(cluster));
        _circuits[cluster] = state;
    }

    /// <summary>The cluster is another silo's from now on.</summary>
    public void Forget(string cluster) => _circuits.TryRemove(cluster, out _);

    public void Refused(string cluster) => _refused.Add(1, Of(cluster));

    public void Abandoned(string cluster) => _abandoned.Add(1, Of(cluster));

    private static KeyValuePair<string, object?> Of(string cluster) => new("cluster", cluster);
}
