using System;

namespace FleetSystem.GameClient;

/// <summary>A ticket as the players' API tells it, as far as a client needs it.</summary>
public sealed class TicketDocument
{
    internal TicketDocument(string ticketId, string status, DateTimeOffset expiresAt, string? matchId, string? sessionId, DateTimeOffset? acceptBy, string? failureCode, string? failureMessage)
    {
        TicketId = ticketId;
        Status = status;
        ExpiresAt = expiresAt;
        MatchId = matchId;
        SessionId = sessionId;
        AcceptBy = acceptBy;
        FailureCode = failureCode;
        FailureMessage = failureMessage;
    }

    /// <summary>The ticket.</summary>
    public string TicketId { get; }

    /// <summary>Where it stands: <c>queued</c>, <c>searching</c>, <c>requiresAcceptance</c>, <c>placing</c>, <c>completed</c>, <c>timedOut</c>, <c>cancelled</c> or <c>failed</c>.</summary>
    public string Status { get; }

    /// <summary>When it is given up.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>The match that it is in, or null.</summary>
    public string? MatchId { get; }

    /// <summary>Its match's session, or null before there is one.</summary>
    public string? SessionId { get; }

    /// <summary>Until when its match can be accepted; null where none asks.</summary>
    public DateTimeOffset? AcceptBy { get; }

    /// <summary>Stable code of why it ended without a match, or null.</summary>
    public string? FailureCode { get; }

    /// <summary>Why, for people, or null.</summary>
    public string? FailureMessage { get; }

    /// <summary>Whether nothing moves any more.</summary>
    public bool IsClosed => Status is "completed" or "timedOut" or "cancelled" or "failed";

    /// <summary>Reads the answer of <c>POST /v1/tickets</c> or <c>GET /v1/tickets/{id}</c>, for backends that hand it on. Fields that it does not know are passed over.</summary>
    /// <param name="json">The document, at most <see cref="SessionDocument.LengthMax"/> characters.</param>
    /// <exception cref="FormatException">Not JSON, or no ticket; the message says what is missing.</exception>
    public static TicketDocument Parse(string json) => Of(JsonParser.Parse(json, SessionDocument.LengthMax));

    internal static TicketDocument Of(JsonValue json)
    {
        var match = json.Optional("match");
        var failure = json.Optional("failure");
        return new TicketDocument(
            json.Required("ticketId").String(),
            json.Required("status").String(),
            json.Required("expiresAt").Time(),
            match?.Required("matchId").String(),
            match?.Optional("sessionId")?.String(),
            match?.Optional("acceptBy")?.Time(),
            failure?.Required("code").String(),
            failure?.Required("message").String());
    }
}

/// <summary>One event of a ticket's feed.</summary>
public sealed class TicketEvent
{
    internal TicketEvent(long sequence, string status, string? reason, TicketDocument ticket)
    {
        Sequence = sequence;
        Status = status;
        Reason = reason;
        Ticket = ticket;
    }

    /// <summary>Counts the ticket's events, from 1.</summary>
    public long Sequence { get; }

    /// <summary>Status entered then, as in <see cref="TicketDocument.Status"/>.</summary>
    public string Status { get; }

    /// <summary>Why, or null when the status says it all.</summary>
    public string? Reason { get; }

    /// <summary>The ticket as it was when the event was sent, which may be later than the event.</summary>
    public TicketDocument Ticket { get; }

    /// <summary>Reads an event's data, for backends that relay the feed.</summary>
    /// <exception cref="FormatException">Not JSON, or no event.</exception>
    public static TicketEvent Parse(string json)
    {
        var happened = JsonParser.Parse(json, SessionDocument.LengthMax);
        return new TicketEvent(happened.Required("sequence").Int64(), happened.Required("status").String(), happened.Optional("reason")?.String(), TicketDocument.Of(happened.Required("ticket")));
    }
}
