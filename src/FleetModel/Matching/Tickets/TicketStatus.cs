namespace FleetSystem.FleetModel.Matching.Tickets;

/// <summary>Where a ticket stands. FlexMatch's ticket statuses.</summary>
public enum TicketStatus
{
    /// <summary>Accepted, and in the store; not in a pool yet.</summary>
    Queued,

    /// <summary>It is looked for a match.</summary>
    Searching,

    /// <summary>A match was found, and waits for its players to accept it.</summary>
    RequiresAcceptance,

    /// <summary>A match was found, and a server is being claimed for it.</summary>
    Placing,

    /// <summary>Its match has a session.</summary>
    Completed,

    /// <summary>No match was found in time.</summary>
    TimedOut,

    /// <summary>Its caller, its player's next ticket or a match that was not accepted ended it.</summary>
    Cancelled,

    /// <summary>It can have no match: the reason says why.</summary>
    Failed,
}

/// <summary>What statuses mean.</summary>
public static class TicketStatuses
{
    /// <summary>Whether nothing moves any more.</summary>
    public static bool IsFinal(this TicketStatus status) => status is TicketStatus.Completed or TicketStatus.TimedOut or TicketStatus.Cancelled or TicketStatus.Failed;
}
