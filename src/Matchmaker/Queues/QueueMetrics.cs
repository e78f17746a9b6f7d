using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using FleetSystem.FleetModel.Matching.Tickets;
using FleetSystem.Matchmaker.Cells;

namespace FleetSystem.Matchmaker.Queues;

/// <summary>The instruments of this silo's queues. Labels come from the configuration and from fixed lists alone.</summary>
internal sealed class QueueMetrics
{
    private static readonly double[] WaitBounds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600];

    private readonly ConcurrentDictionary<string, int> _waiting = new(StringComparer.Ordinal);
    private readonly Counter<long> _tickets;
    private readonly Counter<long> _matches;
    private readonly Histogram<double> _wait;
    private readonly Histogram<double> _pass;
    private readonly Counter<long> _segments;

    public QueueMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(CellMetrics.MeterName);
        _tickets = meter.CreateCounter<long>("fleet.matchmaking.tickets", "{ticket}", "Tickets that were created, and that were done, by how.");
        _matches = meter.CreateCounter<long>("fleet.matchmaking.matches", "{match}", "Matches by how far they came: formed, completed, dropped.");
        _wait = meter.CreateHistogram<double>("fleet.matchmaking.wait", "s", "Time that a ticket waited until it was matched.", advice: new() { HistogramBucketBoundaries = WaitBounds });
        _pass = meter.CreateHistogram<double>("fleet.matchmaking.pass.duration", "s", "Time that a pass over a pool took.");
        _segments = meter.CreateCounter<long>("fleet.matchmaking.segments", "{segment}", "Writes to queues' journals, by how they ended.");
        meter.CreateObservableGauge("fleet.matchmaking.waiting", () => _waiting.Select(pair => new Measurement<int>(pair.Value, Of(pair.Key))), "{ticket}", "Tickets that wait for a match.");
    }

    public void Waiting(string queue, int tickets) => _waiting[queue] = tickets;

    /// <summary>The queue is no longer this silo's.</summary>
    public void Forget(string queue) => _waiting.TryRemove(queue, out _);

    public void Ticket(string queue, TicketStatus status)
    {
        var outcome = status switch
        {
            TicketStatus.Queued => "created",
            TicketStatus.Completed => "completed",
            TicketStatus.TimedOut => "timed-out",
            TicketStatus.Cancelled => "cancelled",
            TicketStatus.Failed => "failed",
            _ => null,
        };
        if (outcome is not null) _tickets.Add(1, Of(queue), new KeyValuePair<string, object?>("outcome", outcome));
    }

    public void Match(string queue, string outcome) => _matches.Add(1, Of(queue), new KeyValuePair<string, object?>("outcome", outcome));

    public void Waited(string queue, TimeSpan wait) => _wait.Record(wait.TotalSeconds, Of(queue));

    public void Passed(string queue, bool isCommon, TimeSpan took) => _pass.Record(took.TotalSeconds, new TagList { { "queue", queue }, { "pool", isCommon ? "common" : "region" } });

    public void Wrote(string queue, bool isStored) => _segments.Add(1, Of(queue), new KeyValuePair<string, object?>("result", isStored ? "stored" : "failed"));

    private static KeyValuePair<string, object?> Of(string queue) => new("queue", queue);
}
