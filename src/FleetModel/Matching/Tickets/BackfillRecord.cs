using System.Text.Json.Serialization;

namespace FleetSystem.FleetModel.Matching.Tickets;

/// <summary>A running session's wish for players, as the journal keeps it. A session has one at a time: a newer replaces it.</summary>
[GenerateSerializer, Immutable, Alias("fleet.BackfillRecord")]
public sealed record BackfillRecord
{
    /// <summary>Who is in the session, by team, and since and until when it asks.</summary>
    [Id(0)] public required BackfillTicket Ticket { get; init; }

    /// <summary>The session.</summary>
    [Id(1)] public required string SessionId { get; init; }

    /// <summary>Hash of the request that created it.</summary>
    [Id(2)] public required string Fingerprint { get; init; }

    /// <summary>Where it stands: Searching, Placing (players are being added), Completed, TimedOut, Cancelled or Failed.</summary>
    [Id(3)] public TicketStatus Status { get; init; }

    /// <summary>Who asked.</summary>
    [Id(4)] public BackfillOrigin Origin { get; init; }

    /// <summary>When it was done, or null.</summary>
    [Id(5)] public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Why it is as it is, for people; null when the status says it all.</summary>
    [Id(6)] public string? Reason { get; init; }

    /// <summary>The match that serves it, or null.</summary>
    [Id(7)] public string? MatchId { get; init; }

    /// <summary>Its id.</summary>
    [JsonIgnore] public string Id => Ticket.Id;

    /// <summary>True in a final status.</summary>
    [JsonIgnore] public bool IsClosed => ClosedAt is not null;
}

/// <summary>Who asked for players.</summary>
public enum BackfillOrigin
{
    /// <summary>A backend, by the API.</summary>
    Backend,

    /// <summary>The game server, by its SDK.</summary>
    GameServer,

    /// <summary>The queue's own policy.</summary>
    Automatic,
}
