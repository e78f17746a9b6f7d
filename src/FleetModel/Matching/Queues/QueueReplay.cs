using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Matching.Queues;

/// <summary>Builds a queue from its journal, segment after segment. What was done long ago is let go on the way, so that a long journal takes no more memory than it has to.</summary>
internal sealed class QueueReplay(MatchmakingQueueOptions options, TicketLedger ledger, TicketBook book, TicketIntake intake)
{
    private readonly Dictionary<string, HeldTicket> _tickets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HeldMatch> _matches = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HeldBackfill> _backfills = new(StringComparer.Ordinal);

    public void Load(long number, TicketSegment segment, DateTimeOffset now)
    {
        ledger.Open(number, segment.Tickets.Count + segment.Matches.Count + segment.Backfills.Count + segment.Changes.Count);
        foreach (var record in segment.Tickets) Replace(_tickets, intake.Hold(record), number);
        foreach (var record in segment.Matches) Replace(_matches, new HeldMatch(record) { Stored = record }, number);
        foreach (var record in segment.Backfills) Replace(_backfills, new HeldBackfill(record) { Stored = record }, number);
        foreach (var change in segment.Changes)
        {
            if (!_tickets.TryGetValue(change.Ticket, out var ticket)) continue;
            ticket.Record = ticket.Stored = TicketTransitions.Apply(ticket.Record, change.Event);
            if (ticket.Record.ClosedAt <= now - options.ClosedTicketRetention) Drop(_tickets, ticket);
        }

        // A match that is over is needed as long as a ticket tells of it; those whose tickets are gone already are not.
        foreach (var record in segment.Matches)
        {
            if (_matches.TryGetValue(record.Id, out var match) && IsOver(match.Record) && !record.Tickets.Any(_tickets.ContainsKey)) Drop(_matches, match);
        }
    }

    /// <summary>The journal is at its end: everything is found by what it is asked for by.</summary>
    public void Finish(DateTimeOffset now)
    {
        foreach (var match in _matches.Values) book.Index(match);
        foreach (var ticket in _tickets.Values.Where(ticket => !ticket.Record.IsClosed).OrderBy(ticket => ticket.Record.Ticket.CreatedAt)) book.Index(ticket);
        foreach (var ticket in _tickets.Values.Where(ticket => ticket.Record.IsClosed).OrderBy(ticket => ticket.Record.ClosedAt)) book.Index(ticket);
        foreach (var backfill in _backfills.Values.OrderBy(backfill => backfill.Record.ClosedAt)) book.Index(backfill);
        foreach (var match in _matches.Values) book.ReleaseIfOver(match);
        _tickets.Clear();
        _matches.Clear();
        _backfills.Clear();
        book.Forget(now - options.ClosedTicketRetention, int.MaxValue, int.MaxValue);
    }

    private void Replace<T>(Dictionary<string, T> known, T held, long number) where T : Held
    {
        if (known.TryGetValue(held.Id, out var before)) ledger.Forget(before);
        known[held.Id] = held;
        ledger.Home(held, number);
    }

    private void Drop<T>(Dictionary<string, T> known, T held) where T : Held
    {
        known.Remove(held.Id);
        ledger.Forget(held);
    }

    private static bool IsOver(MatchRecord match) => match.Status is MatchStatus.Completed or MatchStatus.Dropped;
}
