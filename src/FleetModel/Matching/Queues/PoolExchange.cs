using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Formation;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Matching.Queues;

/// <summary>What a queue tells its pools, and what it makes of their answers. A pool decides nothing: each match is looked at again before it counts.</summary>
internal sealed class PoolExchange(TicketQueueLimits limits, TicketLedger ledger, TicketBook book, MatchLifecycle matches, BackfillLifecycle backfills, WaitStatistics waits)
{
    /// <summary>The next order to a pool. Its tickets are searched for from then on.</summary>
    public PoolOrder TakeOrder(PoolLine line, int seed, bool explain, DateTimeOffset now)
    {
        var told = new List<HeldTicket>();
        var order = line.Take(now, seed, explain, limits.MaxOrderTickets, told);
        foreach (var ticket in told)
        {
            if (ticket.Record.Status != TicketStatus.Queued) continue;
            book.Change(ticket, TicketStatus.Searching, now);
            ledger.EndStep();
        }

        return order;
    }

    /// <summary>A pool has answered an order, or nobody knows what it did with it.</summary>
    public IReadOnlyList<HeldMatch> NoteAnswer(PoolLine line, PoolOrder order, PoolPass? pass, DateTimeOffset now)
    {
        // The answer of an earlier life of the pool says nothing about this one.
        if (order.Epoch != line.Epoch) return [];
        if (pass is null or { IsLost: true })
        {
            line.Restart();
            return [];
        }

        line.NoteAnswer(pass, order);
        var made = new List<HeldMatch>();
        foreach (var formed in pass.Matches)
        {
            if (Form(line, formed, now) is { } match) made.Add(match);
        }

        foreach (var id in pass.Expired) NoteExpired(line, id, now);
        foreach (var refused in pass.Refused) NoteRefused(line, refused, now);
        return made;
    }

    private HeldMatch? Form(PoolLine line, FormedMatch formed, DateTimeOffset now)
    {
        var (tickets, isWhole) = (new List<HeldTicket>(), true);
        foreach (var id in formed.Teams.SelectMany(team => team.Tickets).Select(ticket => ticket.Id))
        {
            if (book.Ticket(id) is not { } ticket || ticket.Line != line)
            {
                isWhole = false;
                continue;
            }

            // Told no more: the pool has let it go, and a match that names it twice is none.
            isWhole &= ticket.IsTold;
            ticket.IsTold = false;
            tickets.Add(ticket);
        }

        var backfill = book.Backfill(formed.Backfill);
        if (backfill?.Line != line) backfill = null;
        isWhole &= (formed.Backfill is null) == (backfill is null) && backfill is not { IsTold: false };
        if (isWhole)
        {
            var match = matches.Form(formed, tickets, backfill, now);
            ledger.EndStep();
            waits.NoteMatch(now);
            foreach (var ticket in tickets) waits.NoteWait(now, now - ticket.Record.Ticket.CreatedAt);
            return match;
        }

        foreach (var ticket in tickets) line.ComeAgain(ticket);
        if (backfill is not null) line.ComeAgain(backfill);
        return null;
    }

    private void NoteExpired(PoolLine line, string id, DateTimeOffset now)
    {
        // The queue has the same time and sees to it by itself; what it has not seen to yet comes again.
        if (Find(line, id) is not { } pooled) return;
        pooled.IsTold = false;
        if (pooled is HeldTicket ticket && ticket.Record.Ticket.ExpiresAt <= now) book.Change(ticket, TicketStatus.TimedOut, now);
        else if (pooled is HeldBackfill backfill && backfill.Record.Ticket.ExpiresAt <= now) backfills.Close(backfill, TicketStatus.TimedOut, now, null);
        else line.ComeAgain(pooled);
        ledger.EndStep();
    }

    private void NoteRefused(PoolLine line, RefusedTicket refused, DateTimeOffset now)
    {
        if (Find(line, refused.Id) is not { } pooled) return;
        pooled.IsTold = false;
        var reason = string.Join(' ', refused.Faults);
        if (pooled is HeldTicket ticket) book.Change(ticket, TicketStatus.Failed, now, null, ErrorCodes.TicketNotMatchable, reason);
        else if (pooled is HeldBackfill backfill) backfills.Close(backfill, TicketStatus.Failed, now, reason);
        ledger.EndStep();
    }

    private Pooled? Find(PoolLine line, string id)
    {
        Pooled? pooled = book.Ticket(id) is { } ticket ? ticket : book.Backfill(id);
        return pooled is { IsTold: true } && pooled.Line == line ? pooled : null;
    }
}
