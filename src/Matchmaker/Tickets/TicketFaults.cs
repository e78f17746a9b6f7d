using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Matching.RuleSets;
using FleetSystem.FleetModel.Matching.Tickets;
using FleetSystem.Matchmaker.Api;

namespace FleetSystem.Matchmaker.Tickets;

/// <summary>Why something cannot be done with a ticket, a backfill or a queue, in the words that HTTP and gRPC share.</summary>
internal static class TicketFaults
{
    /// <summary>No such ticket, or none that is for the caller.</summary>
    public static ApiFault NotFound { get; } = new(
        StatusCodes.Status404NotFound, ErrorCodes.TicketNotFound, "There is no such ticket.",
        "No ticket has this id, or it was done so long ago that it has been forgotten. Use the ticketId of the answer to the ticket's creation.");

    /// <summary>No such backfill.</summary>
    public static ApiFault BackfillNotFound { get; } = NotFound with
    {
        Title = "There is no such backfill.",
        Detail = "No backfill has this id, or it was done so long ago that it has been forgotten. Use the backfillId of the answer to the backfill's creation.",
    };

    /// <summary>The key belongs to another request.</summary>
    public static ApiFault KeyReused { get; } = ApiFault.KeyReused with { Detail = "Use a new key for a new request; repeat the same body with the same key to try again." };

    /// <summary>The caller is a player.</summary>
    public static ApiFault BackendsOnly { get; } = ApiFault.OthersOnly with
    {
        Title = "This is for game backends.",
        Detail = "Players follow their own tickets. Call with a game backend's credential.",
    };

    /// <summary>A player answers to a match for somebody else.</summary>
    public static ApiFault OwnAnswerOnly { get; } = ApiFault.OthersOnly with
    {
        Title = "A player answers for himself.",
        Detail = "The answer names other players of the ticket: each of them answers himself. Name yourself alone, or call with a game backend's credential.",
    };

    /// <summary>As many tickets wait as may.</summary>
    public static ApiFault QueueFull { get; } = new(
        StatusCodes.Status503ServiceUnavailable, ErrorCodes.QueueFull, "Too many tickets wait in the queue.",
        "Nothing was created. The same request with the same Idempotency-Key can be tried again.")
    { RetryAfterSeconds = 5 };

    /// <summary>Too many creations are under way.</summary>
    public static ApiFault Overloaded { get; } = ApiFault.Overloaded with { Title = "Too many tickets of this queue are being created." };

    /// <summary>More event streams than the limit.</summary>
    public static ApiFault TooManyStreams { get; } = ApiFault.TooManyStreams with { Detail = "Try again in a few seconds, or ask for the ticket itself from time to time." };

    /// <summary>The session of a backfill is none that can be filled.</summary>
    public static ApiFault NoSession { get; } = ApiFault.SessionNotFound with
    {
        Title = "There is no such session to fill.",
        Detail = "No session has this id, it is over, or it is of another fleet than the queue's matches.",
    };

    /// <summary>No such queue.</summary>
    /// <param name="queue">What was asked for; null for nothing.</param>
    /// <param name="queues">What there is.</param>
    public static ApiFault UnknownQueue(string? queue, IEnumerable<MatchmakingQueueOptions> queues)
    {
        var known = string.Join(", ", queues.Select(one => one.Id).Take(50));
        var detail = $"{(queue is null ? "The queue is missing." : $"There is no queue '{(queue.Length <= 64 ? queue : queue[..64] + "…")}'.")} {(known.Length > 0 ? $"Queues: {known}." : "This cell has none.")}";
        return new(StatusCodes.Status404NotFound, ErrorCodes.UnknownQueue, "There is no such queue.", detail) { Errors = [new("$.queue", ErrorCodes.UnknownQueue, detail)] };
    }

    /// <summary>A request has faults.</summary>
    public static ApiFault Invalid(IReadOnlyList<FieldError> faults) => ApiFault.Invalid(faults) with { Title = "The request is not valid; nothing was done." };

    /// <summary>The queue's rule set cannot match what was asked for.</summary>
    public static ApiFault Unmatchable(IReadOnlyList<RuleSetFault> faults) => Invalid(
        [.. faults.Take(TicketRequestValidator.MaxFaults).Select(fault => new FieldError($"$.{fault.Path}", ErrorCodes.InvalidRequest, char.IsUpper(fault.Message, 0) ? fault.Message : $"It {fault.Message}"))]);

    /// <summary>A player is in another ticket.</summary>
    /// <param name="player">The player.</param>
    /// <param name="ticket">That ticket, or null when it is not for the caller.</param>
    public static ApiFault PlayerHasTicket(string player, string? ticket) => new(
        StatusCodes.Status409Conflict, ErrorCodes.PlayerHasTicket, "A player is in another ticket of the queue.",
        ticket is null
            ? $"Player '{player}' waits in another ticket of this queue. A player is in one ticket at a time."
            : $"Player '{player}' waits in ticket {ticket} of this queue: follow that one, or cancel it and try again.")
    { TicketId = ticket };

    /// <summary>A ticket is past the point where something is possible.</summary>
    public static ApiFault NotOpen(TicketStatus status, string detail) => new(
        StatusCodes.Status409Conflict, ErrorCodes.TicketNotOpen, $"The ticket is {System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(status.ToString())}.", detail);
}
