using System.Diagnostics.Metrics;

namespace FleetSystem.FleetManager.Matchmaking;

/// <summary>What writing the journals costs: a series a queue, and queues are configured.</summary>
internal sealed class JournalMetrics
{
    private readonly Histogram<double> _duration;
    private readonly Histogram<int> _size;
    private readonly TimeProvider _time;

    public JournalMetrics(IMeterFactory meters, TimeProvider time)
    {
        var meter = meters.Create(FleetManagerTelemetry.MeterName);
        _time = time;
        _duration = meter.CreateHistogram<double>("fleet.matchmaking.journal.append.duration", "s", "Time until a segment of a queue's journal is in the store.");
        _size = meter.CreateHistogram<int>("fleet.matchmaking.journal.append.size", "By", "Size of a segment of a queue's journal.");
    }

    /// <summary>The moment at which an append began.</summary>
    public long Start() => _time.GetTimestamp();

    /// <summary>A segment is in the store.</summary>
    public void Appended(string queue, long started, int bytes)
    {
        var tag = new KeyValuePair<string, object?>("queue", queue);
        _duration.Record(_time.GetElapsedTime(started).TotalSeconds, tag);
        _size.Record(bytes, tag);
    }
}
