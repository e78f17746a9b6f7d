using System;

namespace FleetSystem.GameClient;

/// <summary>The service refuses a ticket, or what is asked of it; the same request again would be refused again.</summary>
public sealed class MatchmakingException : Exception
{
    internal MatchmakingException(int status, string code, string message, string? ticketId)
        : base(message)
    {
        Status = status;
        Code = code;
        TicketId = ticketId;
    }

    /// <summary>HTTP status.</summary>
    public int Status { get; }

    /// <summary>Stable code, for example <c>player-has-ticket</c>; empty where the answer has none.</summary>
    public string Code { get; }

    /// <summary>The player's other ticket where that stands in the way, else null.</summary>
    public string? TicketId { get; }
}
