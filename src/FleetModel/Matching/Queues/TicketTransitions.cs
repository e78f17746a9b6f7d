using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Matching.Queues;

/// <summary>Every way a ticket can change, as pure functions from one record to the next.</summary>
public static class TicketTransitions
{
    /// <summary>Most events that a ticket keeps.</summary>
    public const int MaxEvents = 32;

    /// <summary>A new ticket.</summary>
    public static TicketRecord Create(MatchmakingTicket ticket, string fingerprint) => Apply(
        new TicketRecord { Ticket = ticket, Fingerprint = fingerprint },
        new TicketEvent(1, ticket.CreatedAt, TicketStatus.Queued, null, null, null));

    /// <summary>The event by which a ticket enters a status.</summary>
    public static TicketEvent Next(TicketRecord ticket, TicketStatus status, DateTimeOffset now, string? matchId = null, string? code = null, string? reason = null) =>
        new(ticket.LastSequence + 1, now, status, matchId, code, reason);

    /// <summary>The ticket after an event; one that it has already changes nothing.</summary>
    public static TicketRecord Apply(TicketRecord ticket, TicketEvent happened)
    {
        if (happened.Sequence <= ticket.LastSequence) return ticket;
        var kept = ticket.Events.Count < MaxEvents ? ticket.Events : ticket.Events.Skip(ticket.Events.Count - MaxEvents + 1);
        var next = ticket with { Status = happened.Status, MatchId = happened.MatchId, Events = [.. kept, happened] };
        return next.IsClosed ? next with { ClosedAt = happened.At } : next;
    }
}
