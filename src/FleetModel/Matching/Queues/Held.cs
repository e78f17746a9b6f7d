using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Matching.Queues;

/// <summary>Something that a queue holds in memory: where the journal has it whole, and when something is due.</summary>
public abstract class Held
{
    /// <summary>Its id.</summary>
    public abstract string Id { get; }

    /// <summary>The segment that has its whole record; -1 before it is stored.</summary>
    internal long Segment { get; set; } = -1;

    /// <summary>Whether the queue has forgotten it.</summary>
    internal bool IsGone { get; set; }

    /// <summary>When something is due, in UTC ticks; looked at while it is in the heap.</summary>
    internal long Due { get; set; }

    /// <summary>Its place in the heap; -1 when it is not there.</summary>
    internal int DueIndex { get; set; } = -1;

    /// <summary>Stages its whole record once more.</summary>
    internal abstract void Rewrite(TicketLedger ledger);
}

/// <summary>Something that waits in a pool.</summary>
public abstract class Pooled : Held
{
    /// <summary>The pool that it is in or is on its way to; null when it waits in none.</summary>
    internal PoolLine? Line { get; set; }

    /// <summary>Its place among the members of the line.</summary>
    internal int LineIndex { get; set; }

    /// <summary>Whether the pool was told of it.</summary>
    internal bool IsTold { get; set; }
}

/// <summary>A ticket in memory.</summary>
/// <param name="record">The ticket.</param>
/// <param name="region">Its fastest region; empty when it has told no latency.</param>
public sealed class HeldTicket(TicketRecord record, string region) : Pooled
{
    /// <inheritdoc/>
    public override string Id => Record.Id;

    /// <summary>The ticket as it was decided.</summary>
    public TicketRecord Record { get; internal set; } = record;

    /// <summary>The ticket as it is in the journal, which is all that anybody is shown; null before it is there.</summary>
    public TicketRecord? Stored { get; internal set; }

    /// <summary>Its fastest region; empty when it has told no latency.</summary>
    internal string Region { get; } = region;

    /// <summary>Whether it still waits in its region's pool alone.</summary>
    internal bool IsFresh { get; set; }

    /// <summary>Its place among the open tickets, oldest first.</summary>
    internal LinkedListNode<HeldTicket>? Node { get; set; }

    /// <inheritdoc/>
    internal override void Rewrite(TicketLedger ledger) => ledger.Whole(this);
}

/// <summary>A match in memory.</summary>
/// <param name="record">The match.</param>
public sealed class HeldMatch(MatchRecord record) : Held
{
    /// <inheritdoc/>
    public override string Id => Record.Id;

    /// <summary>The match as it was decided.</summary>
    public MatchRecord Record { get; internal set; } = record;

    /// <summary>The match as it is in the journal; null before it is there.</summary>
    public MatchRecord? Stored { get; internal set; }

    /// <summary>Tickets in memory that are in it.</summary>
    internal int References { get; set; }

    /// <inheritdoc/>
    internal override void Rewrite(TicketLedger ledger) => ledger.Whole(this);
}

/// <summary>A backfill in memory.</summary>
/// <param name="record">The backfill.</param>
public sealed class HeldBackfill(BackfillRecord record) : Pooled
{
    /// <inheritdoc/>
    public override string Id => Record.Id;

    /// <summary>The backfill as it was decided.</summary>
    public BackfillRecord Record { get; internal set; } = record;

    /// <summary>The backfill as it is in the journal; null before it is there.</summary>
    public BackfillRecord? Stored { get; internal set; }

    /// <inheritdoc/>
    internal override void Rewrite(TicketLedger ledger) => ledger.Whole(this);
}
