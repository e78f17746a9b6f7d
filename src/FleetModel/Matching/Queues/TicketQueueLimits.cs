namespace FleetSystem.FleetModel.Matching.Queues;

/// <summary>How much a queue holds beside the tickets that wait, and how much it does in one turn.</summary>
public sealed record TicketQueueLimits
{
    /// <summary>Most tickets that are done and can still be asked for; beyond, the oldest go before their time. The default value is 200,000. Value must be from 0 to 2,000,000.</summary>
    public int MaxClosedTickets { get; init; } = 200_000;

    /// <summary>Most sessions that ask for players at once. The default value is 20,000. Value must be from 1 to 1,000,000.</summary>
    public int MaxBackfills { get; init; } = 20_000;

    /// <summary>How often the placement of a ticket's matches may fail before it is given up. The default value is 3. Value must be from 1 to 20.</summary>
    public int MaxPlacementFailures { get; init; } = 3;

    /// <summary>Most deadlines that are seen to in one turn; what is left is in the next. The default value is 10,000. Value must be from 1 to 1,000,000.</summary>
    public int MaxDuePerTurn { get; init; } = 10_000;

    /// <summary>Most tickets in one order to a pool; more of them go in several. The default value is 4,000. Value must be from 1 to 100,000.</summary>
    public int MaxOrderTickets { get; init; } = 4_000;

    /// <summary>Most entries of one segment of the journal. The default value is 2,000. Value must be from 1 to 100,000.</summary>
    public int MaxSegmentEntries { get; init; } = 2_000;

    /// <summary>Most bytes of one segment; what belongs together stays so, even when it is more. The default value is 256,000. Value must be from 1,000 to <see cref="SegmentSize.Most"/>.</summary>
    public int MaxSegmentBytes { get; init; } = 256_000;

    /// <summary>Most bytes of a ticket or a backfill, so that it fits a segment whatever happens to it. The default value is 256,000. Value must be from 1,000 to 300,000.</summary>
    public int MaxRecordBytes { get; init; } = 256_000;

    /// <summary>Most characters of the reason that an event gives; the rest is left out. The default value is 500. Value must be from 50 to 2,000.</summary>
    public int MaxReasonLength { get; init; } = 500;

    /// <summary>
    /// Entries of the journal beyond four times what is alive from which on its oldest segment is written again, so that a few long-living tickets do not keep a
    /// long journal. The default value is 20,000. Value must be from 0 to 10,000,000.
    /// </summary>
    public int MaxIdleEntries { get; init; } = 20_000;
}
