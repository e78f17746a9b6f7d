using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Matching.Queues;

namespace FleetSystem.Matchmaker.Queues;

/// <summary>How this host runs matchmaking queues. The configuration section <c>Matchmaker:Queues</c>.</summary>
public sealed class QueueOptions
{
    /// <summary>How long a call waits for the journal, or for the queue to be read from it, before it fails and shall be repeated. The default is 8 seconds; 1 second to 25 seconds.</summary>
    public TimeSpan CallPatience { get; set; } = TimeSpan.FromSeconds(8);

    /// <summary>Most calls of a queue that wait at once; further ones shall be repeated. The default is 20000; 1 to 1000000.</summary>
    public int MaxWaitingCalls { get; set; } = 20_000;

    /// <summary>Most entries that wait for the journal; beyond, no ticket is taken in and no match is formed. The default is 50000; 1 to 1000000.</summary>
    public int MaxUnstored { get; set; } = 50_000;

    /// <summary>Most entries of one segment of the journal. The default is 2000; 1 to 100000.</summary>
    public int MaxSegmentEntries { get; set; } = 2_000;

    /// <summary>Most bytes of one segment. The default is 256000; 1000 to 379000.</summary>
    public int MaxSegmentBytes { get; set; } = 256_000;

    /// <summary>Most tickets in one message to a pool; more of them go in several. The default is 4000; 1 to 100000.</summary>
    public int MaxOrderTickets { get; set; } = 4_000;

    /// <summary>Most tickets that are done and can still be asked for, of each queue; beyond, the oldest go before their time. The default is 200000; 0 to 2000000.</summary>
    public int MaxClosedTickets { get; set; } = 200_000;

    /// <summary>Most sessions of a queue that ask for players at once. The default is 20000; 1 to 1000000.</summary>
    public int MaxBackfills { get; set; } = 20_000;

    /// <summary>
    /// Entries of a journal beyond four times what is alive from which on its oldest segment is written again. The default is 20000; 0 to 10000000.
    /// </summary>
    public int MaxIdleEntries { get; set; } = 20_000;

    /// <summary>How often the placement of a ticket's matches may fail before it is given up. The default is 3; 1 to 20.</summary>
    public int MaxPlacementFailures { get; set; } = 3;

    /// <summary>Most sessions of a queue that are asked for at once. The default is 200; 1 to 10000.</summary>
    public int MaxPlacements { get; set; } = 200;

    /// <summary>Longest pause between two looks at a session that waits for a server. The default is 1 second; 0.1 second to 10 seconds.</summary>
    public TimeSpan FollowInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long beyond the queue's <c>PlacementTimeout</c> a session is asked for that gives no answer; then its match is given up. The default is 30 seconds; 1
    /// second to 5 minutes.
    /// </summary>
    public TimeSpan PlacementPatience { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Pause before a pool that gave no answer is begun anew. The default is 1 second; 0.1 second to 30 seconds.</summary>
    public TimeSpan PoolRetryPause { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest pause before the journal is asked again that gave no answer. The default is 1 second; 0.1 second to 30 seconds.</summary>
    public TimeSpan JournalRetryPause { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Time between two looks for another rule set. The default is 1 second; 0.1 second to 1 minute.</summary>
    public TimeSpan RuleSetInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Time between two calls that wake a queue whose silo has died. The default is 1 second; 0.1 second to 1 minute.</summary>
    public TimeSpan VerifyInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Pools are asked at most this often why tickets find no match, and only while somebody asks for the queue's status. The default is 5 seconds; 1 second to 5 minutes.</summary>
    public TimeSpan ExplainInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How many of the latest changes are kept for those who follow a queue's tickets. The default is 50000; 100 to 10000000.</summary>
    public int NewsCapacity { get; set; } = 50_000;

    /// <summary>Most changes in one answer to them. The default is 5000; 1 to 100000.</summary>
    public int MaxNews { get; set; } = 5_000;

    /// <summary>How long a question for news waits for some. The default is 10 seconds; 0.1 second to 60 seconds.</summary>
    public TimeSpan NewsPollLimit { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Those of the queue's own decisions.</summary>
    internal TicketQueueLimits Limits => new()
    {
        MaxClosedTickets = MaxClosedTickets,
        MaxBackfills = MaxBackfills,
        MaxPlacementFailures = MaxPlacementFailures,
        MaxIdleEntries = MaxIdleEntries,
        MaxOrderTickets = MaxOrderTickets,
        MaxSegmentEntries = MaxSegmentEntries,
        MaxSegmentBytes = MaxSegmentBytes,
    };

    /// <summary>Tells every value that is out of its bounds.</summary>
    internal void Check(FaultList faults)
    {
        Within(CallPatience, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(25), nameof(CallPatience));
        Within(FollowInterval, TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(10), nameof(FollowInterval));
        Within(PlacementPatience, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), nameof(PlacementPatience));
        Within(PoolRetryPause, TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(30), nameof(PoolRetryPause));
        Within(JournalRetryPause, TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(30), nameof(JournalRetryPause));
        Within(RuleSetInterval, TimeSpan.FromSeconds(0.1), TimeSpan.FromMinutes(1), nameof(RuleSetInterval));
        Within(VerifyInterval, TimeSpan.FromSeconds(0.1), TimeSpan.FromMinutes(1), nameof(VerifyInterval));
        Within(ExplainInterval, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), nameof(ExplainInterval));
        Within(NewsPollLimit, TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(60), nameof(NewsPollLimit));
        Between(MaxWaitingCalls, 1, 1_000_000, nameof(MaxWaitingCalls));
        Between(MaxUnstored, 1, 1_000_000, nameof(MaxUnstored));
        Between(MaxSegmentEntries, 1, 100_000, nameof(MaxSegmentEntries));
        Between(MaxSegmentBytes, 1_000, SegmentSize.Most, nameof(MaxSegmentBytes));
        Between(MaxOrderTickets, 1, 100_000, nameof(MaxOrderTickets));
        Between(MaxClosedTickets, 0, 2_000_000, nameof(MaxClosedTickets));
        Between(MaxBackfills, 1, 1_000_000, nameof(MaxBackfills));
        Between(MaxPlacementFailures, 1, 20, nameof(MaxPlacementFailures));
        Between(MaxIdleEntries, 0, 10_000_000, nameof(MaxIdleEntries));
        Between(MaxPlacements, 1, 10_000, nameof(MaxPlacements));
        Between(NewsCapacity, 100, 10_000_000, nameof(NewsCapacity));
        Between(MaxNews, 1, 100_000, nameof(MaxNews));

        void Within(TimeSpan value, TimeSpan least, TimeSpan most, string key) =>
            faults.Check(value >= least && value <= most, $"{nameof(MatchmakerOptions.Queues)}:{key}", $"is {value}: {least} to {most} is possible");

        void Between(int value, int least, int most, string key) =>
            faults.Check(value >= least && value <= most, $"{nameof(MatchmakerOptions.Queues)}:{key}", $"is {value}: {least} to {most} is possible");
    }
}
