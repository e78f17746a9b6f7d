using System.Text.Json.Serialization;

namespace FleetSystem.FleetModel.Matching.Tickets;

/// <summary>A ticket as the journal keeps it. Changed by <see cref="Queues.TicketTransitions"/> alone.</summary>
[GenerateSerializer, Immutable, Alias("fleet.TicketRecord")]
public sealed record TicketRecord
{
    /// <summary>Its players, and since and until when it waits.</summary>
    [Id(0)] public required MatchmakingTicket Ticket { get; init; }

    /// <summary>Hash of the request that created it: the same key with another request is a conflict.</summary>
    [Id(1)] public required string Fingerprint { get; init; }

    /// <summary>Where it stands.</summary>
    [Id(2)] public TicketStatus Status { get; init; }

    /// <summary>The match that it is in, or null.</summary>
    [Id(3)] public string? MatchId { get; init; }

    /// <summary>Its history, oldest first; the oldest go when there are more than <see cref="Queues.TicketTransitions.MaxEvents"/>.</summary>
    [Id(4)] public IReadOnlyList<TicketEvent> Events { get; init; } = [];

    /// <summary>When it was done, or null.</summary>
    [Id(5)] public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Its id.</summary>
    [JsonIgnore] public string Id => Ticket.Id;

    /// <summary>True in a final status: nothing moves any more.</summary>
    [JsonIgnore] public bool IsClosed => Status.IsFinal();

    /// <summary>Sequence of its newest event, 0 before the first.</summary>
    [JsonIgnore] public long LastSequence => Events.Count == 0 ? 0 : Events[^1].Sequence;
}

/// <summary>Something that happened to a ticket.</summary>
/// <param name="Sequence">Counts the ticket's events, from 1, without gaps.</param>
/// <param name="At">When.</param>
/// <param name="Status">Status that the ticket entered.</param>
/// <param name="MatchId">The match that it is about, or null.</param>
/// <param name="Code">Stable code of why, see <see cref="ErrorCodes"/>; null when the status says it all.</param>
/// <param name="Reason">Why, for people; null when the status says it all.</param>
[GenerateSerializer, Immutable, Alias("fleet.TicketEvent")]
public sealed record TicketEvent(
    [property: Id(0)] long Sequence,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] TicketStatus Status,
    [property: Id(3)] string? MatchId,
    [property: Id(4)] string? Code,
    [property: Id(5)] string? Reason);
