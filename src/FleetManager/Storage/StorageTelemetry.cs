using System.Diagnostics.Metrics;

namespace FleetSystem.FleetManager.Storage;

/// <summary>Names that telemetry consumers subscribe to.</summary>
public static class StorageTelemetry
{
    /// <summary>The meter of the grain storage.</summary>
    public const string MeterName = "FleetSystem.Storage";
}

/// <summary>The grain storage's instruments.</summary>
internal sealed class StorageMetrics
{
    private readonly Histogram<double> _commitDuration;
    private readonly Histogram<int> _commitWrites;
    private readonly Counter<long> _conflicts;
    private readonly Counter<long> _expired;

    public StorageMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(StorageTelemetry.MeterName);
        _commitDuration = meter.CreateHistogram<double>("fleet.storage.commit.duration", "s", "Time from taking a batch of writes to its durable commit.");
        _commitWrites = meter.CreateHistogram<int>("fleet.storage.commit.writes", "{write}", "Writes in a committed batch.");
        _conflicts = meter.CreateCounter<long>("fleet.storage.conflicts", "{write}", "Writes refused because another write came first.");
        _expired = meter.CreateCounter<long>("fleet.storage.expired", "{state}", "Expired states deleted.");
    }

    public void Committed(TimeSpan duration, int writes)
    {
        _commitDuration.Record(duration.TotalSeconds);
        _commitWrites.Record(writes);
    }

    public void Conflict() => _conflicts.Add(1);

    public void Expired(int states) => _expired.Add(states);
}
