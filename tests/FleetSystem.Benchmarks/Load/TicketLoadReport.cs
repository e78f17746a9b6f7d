namespace FleetSystem.Benchmarks.Load;

/// <summary>Latencies of something that tickets wait for.</summary>
internal sealed record TicketLatencies(long Count, double P50Milliseconds, double P95Milliseconds, double P99Milliseconds, double MaxMilliseconds)
{
    public static TicketLatencies Of(params IEnumerable<LatencyRecorder> recorders)
    {
        var all = LatencyRecorder.Merge(recorders);
        return new TicketLatencies(all.Count, all.Percentile(50), all.Percentile(95), all.Percentile(99), all.Max);
    }
}

/// <summary>What a run with tickets measured, as it is printed.</summary>
/// <param name="Created">Tickets whose creation was answered in the measured time, whenever it was due.</param>
/// <param name="CreatedPerSecond">The same a second.</param>
/// <param name="Matched">Tickets whose match was formed in the measured time.</param>
/// <param name="MatchedPerSecond">The same a second.</param>
/// <param name="Sessions">Matches that got their session, of the whole run.</param>
/// <param name="Post">From the moment that a creation was due to its answer.</param>
/// <param name="MatchedEventByQueueFeed">From the forming of a match to its event in the queue's feed.</param>
/// <param name="MatchedEventByTicketStreams">The same in the streams of single tickets, of a sample.</param>
/// <param name="Wait">From the moment that a creation was due until its matched event was read.</param>
/// <param name="Placement">From the forming of a match until it had its session, by the events' own times.</param>
/// <param name="Unmatched">Tickets without a match when the run ended.</param>
/// <param name="Returned">Times that a ticket went back to searching, for its match was not placed.</param>
/// <param name="Ended">Tickets that ended without a session, by status and code.</param>
/// <param name="Errors">Failed requests.</param>
/// <param name="FeedGaps">Times that the queue's feed told of missing events.</param>
/// <param name="DurationSeconds">Measured time.</param>
/// <param name="RatePerSecond">Rate asked for; 0 for a closed loop.</param>
/// <param name="Connections">Connections that create.</param>
/// <param name="Seed">Seed of keys and players.</param>
/// <param name="Interrupted">Whether it was stopped early.</param>
internal sealed record TicketLoadReport(
    long Created,
    double CreatedPerSecond,
    long Matched,
    double MatchedPerSecond,
    long Sessions,
    TicketLatencies Post,
    TicketLatencies MatchedEventByQueueFeed,
    TicketLatencies MatchedEventByTicketStreams,
    TicketLatencies Wait,
    TicketLatencies Placement,
    long Unmatched,
    long Returned,
    IReadOnlyDictionary<string, long> Ended,
    IReadOnlyList<LoadErrorCount> Errors,
    long FeedGaps,
    double DurationSeconds,
    double RatePerSecond,
    int Connections,
    long Seed,
    bool Interrupted);
