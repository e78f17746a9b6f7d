using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Matching.Queues;

/// <summary>
/// What a queue's journal takes in one write. Read in their order, segments give the queue as it was: first a segment's tickets, matches and backfills as they
/// stood then, then its changes. A change that a ticket has already (by its event's sequence) changes nothing.
/// </summary>
[GenerateSerializer, Immutable, Alias("fleet.TicketSegment")]
public sealed record TicketSegment
{
    /// <summary>New tickets, and older ones that are written again so that their segment can go.</summary>
    [Id(0)] public IReadOnlyList<TicketRecord> Tickets { get; init; } = [];

    /// <summary>New matches, and older ones as they stand now.</summary>
    [Id(1)] public IReadOnlyList<MatchRecord> Matches { get; init; } = [];

    /// <summary>New backfills, and older ones as they stand now.</summary>
    [Id(2)] public IReadOnlyList<BackfillRecord> Backfills { get; init; } = [];

    /// <summary>What happened to tickets.</summary>
    [Id(3)] public IReadOnlyList<TicketChange> Changes { get; init; } = [];
}

/// <summary>Something that happened to a ticket.</summary>
/// <param name="Ticket">The ticket.</param>
/// <param name="Event">What happened; its status and match are the ticket's from then on.</param>
[GenerateSerializer, Immutable, Alias("fleet.TicketChange")]
public sealed record TicketChange([property: Id(0)] string Ticket, [property: Id(1)] TicketEvent Event);
