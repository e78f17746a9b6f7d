using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using FleetSystem.FleetModel.Clusters;

namespace FleetSystem.Matchmaker.Cells;

/// <summary>How a call to a peer ended.</summary>
internal enum PeerCall
{
    /// <summary>The peer answered, also with a refusal.</summary>
    Answered,

    /// <summary>It did not, or could not serve; what it did is not known.</summary>
    Unanswered,

    /// <summary>It was not asked: its circuit is open, or half-open and in use.</summary>
    NotAsked,
}

/// <summary>The instruments of this silo's peers.</summary>
internal sealed class CellMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "FleetSystem.Matchmaker";

    private readonly ConcurrentDictionary<string, CircuitState> _circuits = new(StringComparer.Ordinal);
    private readonly Counter<long> _calls;

    public CellMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableGauge("fleet.cell.circuit.state", () => _circuits.Select(pair => new Measurement<int>((int)pair.Value, Of(pair.Key))), "{state}", "State of a peer's circuit: 0 closed, 1 open, 2 half-open.");
        _calls = meter.CreateCounter<long>("fleet.cell.calls", "{call}", "Calls to a peer about sessions, by how they ended.");
    }

    public void Circuit(string cell, CircuitState state) => _circuits[cell] = state;

    public void Called(string cell, PeerCall result) => _calls.Add(1, Of(cell), new KeyValuePair<string, object?>("result", result switch
    {
        PeerCall.Answered => "answered",
        PeerCall.Unanswered => "unanswered",
        _ => "not-asked",
    }));

    private static KeyValuePair<string, object?> Of(string cell) => new("cell", cell);
}
