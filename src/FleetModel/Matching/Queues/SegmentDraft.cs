using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Matching.Queues;

/// <summary>A segment on its way into the journal.</summary>
public sealed class SegmentDraft
{
    internal SegmentDraft(long number, long through, List<TicketLedger.Entry> entries)
    {
        (Number, Through, Entries) = (number, through, entries);
        var (tickets, matches, backfills, changes) = (new List<TicketRecord>(), new List<MatchRecord>(), new List<BackfillRecord>(), new List<TicketChange>());
        foreach (var entry in entries)
        {
            switch (entry.Record)
            {
                case TicketRecord ticket when entry.IsWhole: tickets.Add(ticket); break;
                case TicketRecord ticket: changes.Add(new(ticket.Id, entry.Happened!)); break;
                case MatchRecord match: matches.Add(match); break;
                case BackfillRecord backfill: backfills.Add(backfill); break;
                default: throw new InvalidOperationException("No such record is written.");
            }
        }

        Segment = new() { Tickets = tickets, Matches = matches, Backfills = backfills, Changes = changes };
    }

    /// <summary>Its number in the journal.</summary>
    public long Number { get; }

    /// <summary>The last step that it holds.</summary>
    public long Through { get; }

    /// <summary>What the journal is given.</summary>
    public TicketSegment Segment { get; }

    /// <summary>What happened to tickets, their creation included, in order.</summary>
    public IEnumerable<TicketChange> News => Entries.Where(entry => entry.Happened is not null).Select(entry => new TicketChange(entry.Of.Id, entry.Happened!));

    internal List<TicketLedger.Entry> Entries { get; }
}
