using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Sizing;

namespace FleetSystem.FleetManager.Clusters;

/// <summary>What is measured of a cluster from time to time.</summary>
/// <param name="Age">Time since a part of its snapshot lost its watch.</param>
/// <param name="Unclaimed">Allocated servers' sessions that no session claims.</param>
/// <param name="Fleets">Its servers.</param>
internal sealed record ClusterReading(TimeSpan Age, int Unclaimed, IReadOnlyList<ZoneCapacity> Fleets);

/// <summary>The instruments of this silo's clusters.</summary>
internal sealed class ClusterMetrics
{
    private readonly ConcurrentDictionary<string, CircuitState> _circuits = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ClusterReading> _readings = new(StringComparer.Ordinal);
    private readonly Counter<long> _openings;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _abandoned;
    private readonly Counter<long> _sizeChanges;

    public ClusterMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(FleetManagerTelemetry.MeterName);
        meter.CreateObservableGauge(
            "fleet.cluster.circuit.state",
            () => _circuits.Select(pair => new Measurement<int>((int)pair.Value, Of(pair.Key))),
            "{state}",
            "State of a cluster's circuit: 0 closed, 1 open, 2 half-open.");
        meter.CreateObservableGauge("fleet.cluster.snapshot.age", () => _readings.Select(pair => new Measurement<double>(pair.Value.Age.TotalSeconds, Of(pair.Key))), "s", "Time since a part of a cluster's snapshot lost its watch; 0 while none has.");
        meter.CreateObservableGauge("fleet.servers", () => _readings.SelectMany(pair => pair.Value.Fleets.SelectMany(capacity => Servers(pair.Key, capacity))), "{server}", "Game servers by Agones Fleet, cluster, zone and state.");
        meter.CreateObservableGauge("fleet.servers.unclaimed", () => _readings.Select(pair => new Measurement<int>(pair.Value.Unclaimed, Of(pair.Key))), "{server}", "Allocated servers whose session does not claim them; they are given back after a grace.");
        _openings = meter.CreateCounter<long>("fleet.cluster.circuit.openings", "{opening}", "Times a cluster's circuit has opened.");
        _refused = meter.CreateCounter<long>("fleet.cluster.circuit.refusals", "{claim}", "Claims that a circuit kept from a cluster.");
        _abandoned = meter.CreateCounter<long>("fleet.cluster.claims.abandoned", "{claim}", "Claims given up because the cluster could not say whether it had claimed a server.");
        _sizeChanges = meter.CreateCounter<long>("fleet.size.changes", "{change}", "Changes of an Agones Fleet's size that operators asked for, by how they ended.");
    }

    public void Circuit(string cluster, CircuitState state)
    {
        if (state == CircuitState.Open && _circuits.GetValueOrDefault(cluster) != CircuitState.Open) _openings.Add(1, Of(cluster));
        _circuits[cluster] = state;
    }

    /// <summary>A cluster stands so now.</summary>
    public void Show(string cluster, ClusterReading reading) => _readings[cluster] = reading;

    /// <summary>The cluster is another silo's from now on.</summary>
    public void Forget(string cluster)
    {
        _circuits.TryRemove(cluster, out _);
        _readings.TryRemove(cluster, out _);
    }

    public void Refused(string cluster) => _refused.Add(1, Of(cluster));

    public void Abandoned(string cluster) => _abandoned.Add(1, Of(cluster));

    /// <summary>An operator wanted another size.</summary>
    public void SizeChange(string cluster, string agonesFleet, FleetSizeResult result) =>
        _sizeChanges.Add(1, Of(cluster), new("fleet", agonesFleet), new("outcome", Outcome(result)));

    private static string Outcome(FleetSizeResult result) => result switch
    {
        FleetSizeResult.Changed => "changed",
        FleetSizeResult.Unchanged => "unchanged",
        FleetSizeResult.Invalid => "invalid",
        FleetSizeResult.NotFound => "not_found",
        FleetSizeResult.Stale => "stale",
        FleetSizeResult.NotChangeable => "not_changeable",
        FleetSizeResult.Unavailable => "unavailable",
        _ => "unknown",
    };

    private static IEnumerable<Measurement<int>> Servers(string cluster, ZoneCapacity capacity)
    {
        yield return new(capacity.Ready, Of(cluster), new("fleet", capacity.Fleet), new("zone", capacity.Zone), new("state", "ready"));
        yield return new(capacity.Allocated, Of(cluster), new("fleet", capacity.Fleet), new("zone", capacity.Zone), new("state", "allocated"));
    }

    private static KeyValuePair<string, object?> Of(string cluster) => new("cluster", cluster);
}
