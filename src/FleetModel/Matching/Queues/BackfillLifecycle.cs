using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Matching.Queues;

/// <summary>A running session's wish for players, from its beginning to its end.</summary>
internal sealed class BackfillLifecycle(TicketBook book)
{
    /// <summary>A match serves it.</summary>
    public void Matched(HeldBackfill backfill, string matchId) => book.Put(backfill.Record with { Status = TicketStatus.Placing, MatchId = matchId });

    /// <summary>The match that was to serve it came to nothing.</summary>
    public void SearchAgain(HeldBackfill backfill, DateTimeOffset now)
    {
        if (backfill.Record.IsClosed) return;
        if (backfill.Record.Ticket.ExpiresAt <= now) Close(backfill, TicketStatus.TimedOut, now, null);
        else book.Put(backfill.Record with { Status = TicketStatus.Searching, MatchId = null });
    }

    /// <summary>It is done.</summary>
    public void Close(HeldBackfill backfill, TicketStatus status, DateTimeOffset now, string? reason) =>
        book.Put(backfill.Record with { Status = status, ClosedAt = now, Reason = reason });
}
