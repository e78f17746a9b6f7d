using FleetSystem.FleetModel.Matching.Queues;
using FleetSystem.FleetModel.Matching.RuleSets;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Grains;

/// <summary>
/// A queue: its tickets, from their creation to their session. Its key is the queue's id. What it answers is in the journal. Every call may be repeated, and fails
/// with <see cref="QueueUnavailableException"/> when it shall be.
/// </summary>
[Alias("fleet.IMatchmakingQueueGrain")]
public interface IMatchmakingQueueGrain : IGrainWithStringKey
{
    /// <summary>Creates a ticket, or finds it when the same request came before.</summary>
    [Alias("Create")]
    Task<TicketReply> Create(TicketRequest request);

    /// <summary>A ticket, or null when there is none.</summary>
    [Alias("Get")]
    Task<TicketView?> Get(string ticket);

    /// <summary>
    /// Cancels a ticket for whose match no server is being claimed yet: one that waits for acceptance rejects its match thereby. Repeated calls find it cancelled.
    /// </summary>
    /// <returns>The ticket as it is, cancelled or past that point; null when there is none.</returns>
    [Alias("Cancel")]
    Task<TicketView?> Cancel(string ticket, string reason);

    /// <summary>Players of a ticket accept its match, or one of them rejects it.</summary>
    /// <param name="ticket">The ticket.</param>
    /// <param name="match">The match that they were told of, or null for the one that the ticket is in.</param>
    /// <param name="players">Players of the ticket.</param>
    /// <param name="accept">False to reject.</param>
    [Alias("Accept")]
    Task<AcceptReply> Accept(string ticket, string? match, IReadOnlyList<string> players, bool accept);

    /// <summary>
    /// What happened to tickets since a moment: answered at once when something did, else when something does or after some seconds. One host asks once for all its
    /// streams.
    /// </summary>
    /// <param name="after">Where the caller stands: <see cref="QueueNews.Next"/> of the answer before; null to be told at once where the news stand now.</param>
    [Alias("GetNews"), ResponseTimeout(GrainTimeouts.Turn)]
    Task<QueueNews> GetNews(NewsCursor? after);

    /// <summary>Asks for players for a running session, or finds the request when the same came before. Another request of the session is replaced.</summary>
    [Alias("CreateBackfill")]
    Task<BackfillReply> CreateBackfill(BackfillRequest request);

    /// <summary>A backfill, or null when there is none.</summary>
    [Alias("GetBackfill")]
    Task<BackfillRecord?> GetBackfill(string backfill);

    /// <summary>Ends a backfill; who has been matched to it still comes.</summary>
    [Alias("StopBackfill")]
    Task<BackfillRecord?> StopBackfill(string backfill, string reason);

    /// <summary>A session of this queue's matches is over: nobody is sent there any more.</summary>
    [Alias("NoteSessionEnded")]
    Task NoteSessionEnded(string session);

    /// <summary>How the queue does.</summary>
    [Alias("GetStatus")]
    Task<QueueStatus> GetStatus();

    /// <summary>Does nothing but wake it: each Matchmaker asks from time to time, so that a queue whose silo died goes on without a caller.</summary>
    [Alias("Verify")]
    Task Verify();
}

/// <summary>A ticket asked for. Its form has been checked; whether the rule set can match it has not.</summary>
[GenerateSerializer, Immutable, Alias("fleet.TicketRequest")]
public sealed record TicketRequest
{
    /// <summary>Its id, of the caller's key.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Hash of the request as the caller sent it.</summary>
    [Id(1)] public required string Fingerprint { get; init; }

    /// <summary>Its players, at least one.</summary>
    [Id(2)] public required IReadOnlyList<MatchmakingPlayer> Players { get; init; }

    /// <summary>How long it waits; null for as long as the queue lets.</summary>
    [Id(3)] public TimeSpan? Timeout { get; init; }
}

/// <summary>What came of asking for a ticket.</summary>
public enum TicketOutcome
{
    /// <summary>A new ticket.</summary>
    Created,

    /// <summary>The same request came before: this is its ticket.</summary>
    Existing,

    /// <summary>The key belongs to another request.</summary>
    Conflict,

    /// <summary>The rule set cannot match it: see the faults.</summary>
    Invalid,

    /// <summary>A player is in another ticket: it is the one that is told.</summary>
    PlayerHasTicket,

    /// <summary>As many tickets wait as may.</summary>
    Full,
}

/// <summary>Answer to asking for a ticket.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="View">The ticket, or null.</param>
/// <param name="Faults">Why the rule set cannot match it.</param>
/// <param name="Player">The player who is in another ticket, or null.</param>
/// <param name="OtherTicket">That ticket, or null.</param>
[GenerateSerializer, Immutable, Alias("fleet.TicketReply")]
public sealed record TicketReply(
    [property: Id(0)] TicketOutcome Outcome,
    [property: Id(1)] TicketView? View,
    [property: Id(2)] IReadOnlyList<RuleSetFault> Faults,
    [property: Id(3)] string? Player = null,
    [property: Id(4)] string? OtherTicket = null);

/// <summary>A ticket as callers see it.</summary>
/// <param name="Ticket">The ticket.</param>
/// <param name="Match">The match that it is in, or null.</param>
[GenerateSerializer, Immutable, Alias("fleet.TicketView")]
public sealed record TicketView([property: Id(0)] TicketRecord Ticket, [property: Id(1)] MatchRecord? Match);

/// <summary>What came of accepting.</summary>
public enum AcceptOutcome
{
    /// <summary>It was taken, now or before.</summary>
    Taken,

    /// <summary>There is no such ticket.</summary>
    NoTicket,

    /// <summary>The ticket does not wait for acceptance, or of another match.</summary>
    NotAsked,

    /// <summary>A player is none of the ticket's.</summary>
    OtherPlayer,
}

/// <summary>Answer to accepting.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="View">The ticket as it is, or null.</param>
[GenerateSerializer, Immutable, Alias("fleet.AcceptReply")]
public sealed record AcceptReply([property: Id(0)] AcceptOutcome Outcome, [property: Id(1)] TicketView? View);

/// <summary>A moment in a queue's news.</summary>
/// <param name="Epoch">The life of the queue that counts.</param>
/// <param name="Position">Position in it.</param>
[GenerateSerializer, Immutable, Alias("fleet.NewsCursor")]
public sealed record NewsCursor([property: Id(0)] long Epoch, [property: Id(1)] long Position);

/// <summary>What happened to a queue's tickets.</summary>
/// <param name="Next">Where to go on.</param>
/// <param name="HasGap">Some may be missing (the queue moved, or the caller was away for long): ask for the tickets themselves.</param>
/// <param name="Changes">What happened, oldest first.</param>
/// <param name="Matches">The matches that these are about, as they are now.</param>
[GenerateSerializer, Immutable, Alias("fleet.QueueNews")]
public sealed record QueueNews(
    [property: Id(0)] NewsCursor Next,
    [property: Id(1)] bool HasGap,
    [property: Id(2)] IReadOnlyList<TicketChange> Changes,
    [property: Id(3)] IReadOnlyList<MatchRecord> Matches);

/// <summary>Players asked for, for a running session.</summary>
[GenerateSerializer, Immutable, Alias("fleet.BackfillRequest")]
public sealed record BackfillRequest
{
    /// <summary>Its id.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Hash of the request as the caller sent it.</summary>
    [Id(1)] public required string Fingerprint { get; init; }

    /// <summary>The session.</summary>
    [Id(2)] public required string SessionId { get; init; }

    /// <summary>Who is in it, by the rule set's names of teams.</summary>
    [Id(3)] public required IReadOnlyDictionary<string, IReadOnlyList<MatchmakingPlayer>> Teams { get; init; }

    /// <summary>Who asks.</summary>
    [Id(4)] public BackfillOrigin Origin { get; init; }

    /// <summary>How long it waits; null for as long as the queue lets.</summary>
    [Id(5)] public TimeSpan? Timeout { get; init; }
}

/// <summary>What came of asking for players.</summary>
public enum BackfillOutcome
{
    /// <summary>A new request.</summary>
    Created,

    /// <summary>The same came before: this is it.</summary>
    Existing,

    /// <summary>The key belongs to another request.</summary>
    Conflict,

    /// <summary>The rule set cannot serve it: see the faults.</summary>
    Invalid,

    /// <summary>There is no such session, it is over, or it is of another fleet.</summary>
    NoSession,

    /// <summary>As many wait as may.</summary>
    Full,
}

/// <summary>Answer to asking for players.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="Backfill">The request, or null.</param>
/// <param name="Faults">Why the rule set cannot serve it.</param>
[GenerateSerializer, Immutable, Alias("fleet.BackfillReply")]
public sealed record BackfillReply([property: Id(0)] BackfillOutcome Outcome, [property: Id(1)] BackfillRecord? Backfill, [property: Id(2)] IReadOnlyList<RuleSetFault> Faults);

/// <summary>How a queue does. Times and rates are of the last minutes.</summary>
[GenerateSerializer, Immutable, Alias("fleet.QueueStatus")]
public sealed record QueueStatus
{
    /// <summary>The queue.</summary>
    [Id(0)] public required string Queue { get; init; }

    /// <summary>Open tickets by status.</summary>
    [Id(1)] public required IReadOnlyDictionary<TicketStatus, int> Tickets { get; init; }

    /// <summary>Players in open tickets.</summary>
    [Id(2)] public int Players { get; init; }

    /// <summary>Backfills that wait.</summary>
    [Id(3)] public int Backfills { get; init; }

    /// <summary>Matches in the last minute.</summary>
    [Id(4)] public int MatchesPerMinute { get; init; }

    /// <summary>Of the tickets matched in the last five minutes, the time that half of them waited at most; null when there were none.</summary>
    [Id(5)] public TimeSpan? WaitMedian { get; init; }

    /// <summary>The same for 95 of a hundred.</summary>
    [Id(6)] public TimeSpan? WaitP95 { get; init; }

    /// <summary>When the longest-waiting ticket was created; null when none waits.</summary>
    [Id(7)] public DateTimeOffset? OldestSince { get; init; }

    /// <summary>Its pools.</summary>
    [Id(8)] public IReadOnlyList<PoolStatus> Pools { get; init; } = [];

    /// <summary>Why the longest-waiting tickets find no match, most frequent first.</summary>
    [Id(9)] public IReadOnlyList<MatchObstacle> Obstacles { get; init; } = [];

    /// <summary>The rule set that holds.</summary>
    [Id(10)] public string RuleSetVersion { get; init; } = "";
}

/// <summary>How a pool does.</summary>
/// <param name="Pool">The region, or empty for the common one.</param>
/// <param name="Waiting">Tickets that wait in it.</param>
/// <param name="LastPass">How long its last pass took.</param>
[GenerateSerializer, Immutable, Alias("fleet.PoolStatus")]
public sealed record PoolStatus([property: Id(0)] string Pool, [property: Id(1)] int Waiting, [property: Id(2)] TimeSpan LastPass);
