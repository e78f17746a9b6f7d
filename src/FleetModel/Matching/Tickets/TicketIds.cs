using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetModel.Matching.Tickets;

/// <summary>Ids of tickets, backfills and matches: a hash, and after a dot the queue, so that whoever has an id knows whom to ask.</summary>
public static class TicketIds
{
    private const string TicketPrefix = "t-";
    private const string BackfillPrefix = "b-";
    private const string MatchPrefix = "m-";
    private const char Separator = '.';

    // A queue's id has the form of a Kubernetes name.
    private const int MaxQueueLength = 63;

    /// <summary>The id of the ticket that a caller means by a key in a queue: the same in every silo and restart.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="caller">Who asks: keys of different callers never meet.</param>
    /// <param name="idempotencyKey">The caller's key.</param>
    public static string Ticket(string queue, string caller, string idempotencyKey) => Of(TicketPrefix, queue, $"{caller.Length}:{caller}{idempotencyKey}");

    /// <summary>The id of the backfill that a caller means by a key in a queue.</summary>
    public static string Backfill(string queue, string caller, string idempotencyKey) => Of(BackfillPrefix, queue, $"{caller.Length}:{caller}{idempotencyKey}");

    /// <summary>The id of a match: of its tickets, and of how often they were matched before, so that the same tickets can meet again.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="tickets">The tickets with their last event's sequence; their order does not matter.</param>
    public static string Match(string queue, IEnumerable<(string Id, long LastSequence)> tickets) =>
        Of(MatchPrefix, queue, string.Join('\n', tickets.Select(ticket => FormattableString.Invariant($"{ticket.Id}/{ticket.LastSequence}")).Order(StringComparer.Ordinal)));

    /// <summary>The id of a match's session.</summary>
    public static string Session(string match) => SessionIds.FromKey("matchmaking", match);

    /// <summary>The queue of a ticket's id, or null when the text is none.</summary>
    public static string? QueueOfTicket(string text) => QueueOf(text, TicketPrefix);

    /// <summary>The queue of a backfill's id, or null when the text is none.</summary>
    public static string? QueueOfBackfill(string text) => QueueOf(text, BackfillPrefix);

    private static string Of(string prefix, string queue, string text) => $"{prefix}{StableHash.Of(text)}{Separator}{queue}";

    private static string? QueueOf(string text, string prefix)
    {
        var at = text.IndexOf(Separator, StringComparison.Ordinal);
        if (at != prefix.Length + StableHash.Length || !text.StartsWith(prefix, StringComparison.Ordinal) || !StableHash.IsWellFormed(text.AsSpan(prefix.Length, StableHash.Length))) return null;
        var queue = text[(at + 1)..];
        return queue.Length is >= 1 and <= MaxQueueLength && queue.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-') ? queue : null;
    }
}
