using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.RuleSets;
using FleetSystem.FleetModel.Matching.Tickets;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetModel.Matching.Queues;

/// <summary>
/// A queue: every decision about its tickets, without clock and I/O. What is decided is staged (<see cref="TakeSegment"/>) and shown to others once it is stored
/// (<see cref="NoteStored"/>); until then only further decisions go by it. One owner calls it, from one thread at a time, and drops it when the journal is another's.
/// </summary>
public sealed class QueueState
{
    private readonly MatchmakingQueueOptions _options;
    private readonly TicketQueueLimits _limits;
    private readonly TicketLedger _ledger;
    private readonly TicketBook _book;
    private readonly TicketIntake _intake;
    private readonly BackfillLifecycle _backfills;
    private readonly MatchLifecycle _matches;
    private readonly PoolExchange _exchange;
    private readonly QueueReplay _replay;
    private readonly WaitStatistics _waits = new();
    private RuleSet? _ruleSet;

    /// <summary>An empty queue, before its journal is read.</summary>
    /// <param name="options">The queue's configuration.</param>
    /// <param name="limits">Its limits.</param>
    /// <param name="regions">Regions that its fleet runs in.</param>
    public QueueState(MatchmakingQueueOptions options, TicketQueueLimits limits, IReadOnlyList<string> regions)
    {
        (_options, _limits) = (options, limits);
        _ledger = new(limits);
        _book = new(_ledger, limits);
        _intake = new(options, limits, regions, _book);
        _backfills = new(options, limits, regions, _book);
        _matches = new(options, limits, _book, _backfills);
        _exchange = new(limits, _ledger, _book, _matches, _backfills, _waits);
        _replay = new(options, _ledger, _book, _intake);
    }

    /// <summary>The last step that was decided: what is answered from it waits until that is stored.</summary>
    public long Decided => _ledger.Decided;

    /// <summary>Entries that wait to be stored.</summary>
    public int Unstored => _ledger.Waiting;

    /// <summary>Open tickets, as decided.</summary>
    public int OpenTickets => _book.OpenCount;

    /// <summary>Tickets that wait for a match, as decided.</summary>
    public int Waiting => _book.Count(TicketStatus.Queued) + _book.Count(TicketStatus.Searching);

    /// <summary>Its pools.</summary>
    /// <exception cref="InvalidOperationException">The journal has not been read yet.</exception>
    public PoolPlan Pools => _book.Pools ?? throw new InvalidOperationException("The queue has not begun yet.");

    private RuleSet RuleSet => _ruleSet ?? throw new InvalidOperationException("The queue has not begun yet.");

    /// <summary>What it holds.</summary>
    internal TicketBook Book => _book;

    /// <summary>What it has staged.</summary>
    internal TicketLedger Ledger => _ledger;

    /// <summary>Goes on with a journal: its segments come next, in their order.</summary>
    public void Open(JournalSpan span) => _ledger.Begin(span);

    /// <summary>Takes in a segment of the journal.</summary>
    public void Load(long number, TicketSegment segment, DateTimeOffset now) => _replay.Load(number, segment, now);

    /// <summary>The journal has been read: the tickets that wait go into pools, and what was under way goes on.</summary>
    /// <param name="life">Names this life of the queue; none had it before.</param>
    /// <param name="ruleSet">The rule set that holds.</param>
    /// <param name="text">Its text.</param>
    /// <param name="now">The time.</param>
    /// <returns>Matches that are being placed.</returns>
    public IReadOnlyList<HeldMatch> Begin(string life, RuleSet ruleSet, string text, DateTimeOffset now)
    {
        _ruleSet = ruleSet;
        _replay.Finish(now);
        _book.Pools = new(_options, life, (ruleSet, text));
        foreach (var ticket in _book.Open)
        {
            if (TicketBook.IsWaiting(ticket.Record.Status)) Pools.Join(ticket, now);
        }

        foreach (var backfill in _book.OpenBackfills.ToList()) Seek(backfill);
        _ledger.EndStep();
        return [.. _book.Matches.Where(match => match.Record.Status == MatchStatus.Placing)];
    }

    /// <summary>Another rule set holds, also for tickets that wait: the pools are told everything anew.</summary>
    public void Change(RuleSet ruleSet, string text)
    {
        _ruleSet = ruleSet;
        Pools.Restart((ruleSet, text));
    }

    /// <summary>Creates a ticket, or finds it.</summary>
    public TicketReply Create(TicketRequest request, DateTimeOffset now)
    {
        var reply = _intake.Create(request, RuleSet, now);
        if (reply.Outcome == TicketOutcome.Created) _backfills.NoteLeft(request.Players, now);
        _ledger.EndStep();
        return reply;
    }

    /// <summary>Takes in a session's wish for players, or finds it.</summary>
    /// <param name="request">The wish.</param>
    /// <param name="region">The region in which the session runs; null when that is not known.</param>
    /// <param name="now">The time.</param>
    public BackfillReply Create(BackfillRequest request, string? region, DateTimeOffset now)
    {
        var reply = _backfills.Create(request, region, RuleSet, now);
        _ledger.EndStep();
        return reply;
    }

    /// <summary>Ends a backfill; who has been matched to it still comes.</summary>
    /// <returns>The backfill as it was decided; null when there is none.</returns>
    public BackfillRecord? StopBackfill(string backfill, string reason, DateTimeOffset now)
    {
        if (_book.Backfill(backfill) is not { } held) return null;
        _backfills.Stop(held, reason, now);
        _ledger.EndStep();
        return held.Record;
    }

    /// <summary>A session is over: nobody is looked for any more that would fill it.</summary>
    /// <returns>Whether somebody was.</returns>
    public bool NoteSessionEnded(string session, DateTimeOffset now)
    {
        if (_book.BackfillOf(session) is not { } held) return false;
        _backfills.Stop(held, "the session is over", now);
        _ledger.EndStep();
        return true;
    }

    /// <summary>A ticket as it is in the journal, or null.</summary>
    public TicketView? Get(string ticket) => _book.Ticket(ticket)?.Stored is { } stored ? new(stored, _book.Match(stored.MatchId)?.Stored) : null;

    /// <summary>A match as it is in the journal, or null.</summary>
    public MatchRecord? GetMatch(string match) => _book.Match(match)?.Stored;

    /// <summary>A backfill as it is in the journal, or null.</summary>
    public BackfillRecord? GetBackfill(string backfill) => _book.Backfill(backfill)?.Stored;

    /// <summary>Cancels a ticket for whose match no server is being claimed yet.</summary>
    /// <returns>The ticket as it was decided; null when there is none.</returns>
    public TicketView? Cancel(string ticket, string reason, DateTimeOffset now)
    {
        if (_book.Ticket(ticket) is not { } held) return null;
        if (TicketBook.IsWaiting(held.Record.Status)) _book.Change(held, TicketStatus.Cancelled, now, null, null, reason);
        else if (held.Record.Status == TicketStatus.RequiresAcceptance && _book.Match(held.Record.MatchId) is { } match) _matches.Reject(match, held, null, reason, now);
        _ledger.EndStep();
        return _intake.View(held);
    }

    /// <summary>Players of a ticket accept its match, or reject it.</summary>
    public AcceptReply Accept(string ticket, string? match, IReadOnlyList<string> players, bool accept, DateTimeOffset now)
    {
        if (_book.Ticket(ticket) is not { } held) return new(AcceptOutcome.NoTicket, null);
        var outcome = _matches.Accept(held, match, players, accept, now);
        _ledger.EndStep();
        return new(outcome, _intake.View(held));
    }

    /// <summary>
    /// Lets time pass: what is due happens, tickets change pools, what was done long ago is forgotten, and a journal that is long for what it holds is shortened.
    /// </summary>
    public void Elapse(DateTimeOffset now)
    {
        for (var i = 0; i < _limits.MaxDuePerTurn && _book.Due.TakeDue(now) is { } due; i++)
        {
            switch (due)
            {
                case HeldTicket ticket: _book.Change(ticket, TicketStatus.TimedOut, now); break;
                case HeldMatch match: _matches.TimeOut(match, now); break;
                case HeldBackfill backfill: _backfills.Close(backfill, TicketStatus.TimedOut, now, null); break;
                default: throw new InvalidOperationException("Nothing else has a deadline.");
            }

            _ledger.EndStep();
        }

        _book.Forget(now - _options.ClosedTicketRetention, _limits.MaxClosedTickets, _limits.MaxBackfills);
        Pools.Rebalance(now);
        _ledger.Clean();
    }

    /// <summary>The next order to a pool. Its tickets are searched for from then on.</summary>
    public PoolOrder TakeOrder(PoolLine line, int seed, bool explain, DateTimeOffset now) => _exchange.TakeOrder(line, seed, explain, now);

    /// <summary>A pool has answered an order. Matches are looked at again: what was cancelled meanwhile has none, and the others go on searching.</summary>
    /// <param name="line">The pool.</param>
    /// <param name="order">The order.</param>
    /// <param name="pass">Its answer; null when none came and nobody knows what was done.</param>
    /// <param name="now">The time.</param>
    /// <returns>Matches that were formed.</returns>
    public IReadOnlyList<HeldMatch> NoteAnswer(PoolLine line, PoolOrder order, PoolPass? pass, DateTimeOffset now) => _exchange.NoteAnswer(line, order, pass, now);

    /// <summary>A match has its session, or its players are in the one that they fill.</summary>
    public void Place(HeldMatch match, SessionRecord session, DateTimeOffset now)
    {
        if (match.Record.Status != MatchStatus.Placing) return;
        _matches.Place(match, session, RuleSet, now);
        _ledger.EndStep();
    }

    /// <summary>A match got no session: its tickets search again with their age, unless that has happened to them too often.</summary>
    /// <param name="match">The match.</param>
    /// <param name="reason">Why, as the end of a sentence.</param>
    /// <param name="isSessionOver">Whether the session that it was to fill takes nobody any more.</param>
    /// <param name="now">The time.</param>
    public void FailPlacement(HeldMatch match, string reason, bool isSessionOver, DateTimeOffset now)
    {
        if (match.Record.Status != MatchStatus.Placing) return;
        _matches.Fail(match, reason, isSessionOver, now);
        _ledger.EndStep();
    }

    /// <summary>The backfill that a match serves, as decided; null when it is a new match, or the wish is forgotten.</summary>
    public BackfillRecord? BackfillOf(HeldMatch match) => _book.Backfill(match.Record.Backfill)?.Record;

    /// <summary>The tickets of a match, as decided.</summary>
    public IReadOnlyList<TicketRecord> TicketsOf(HeldMatch match) => [.. _matches.TicketsOf(match).Select(ticket => ticket.Record)];

    /// <summary>What is to be stored next; null when nothing is. It must be stored before more is taken.</summary>
    public SegmentDraft? TakeSegment() => _ledger.Take();

    /// <summary>A segment is stored: tickets that wait go into pools now.</summary>
    /// <returns>Matches that are to be placed from now on.</returns>
    public IReadOnlyList<HeldMatch> NoteStored(SegmentDraft draft, DateTimeOffset now)
    {
        _ledger.NoteStored(draft);
        List<HeldMatch>? toPlace = null;
        foreach (var entry in draft.Entries)
        {
            switch (entry.Of)
            {
                case HeldTicket { Line: null } ticket when TicketBook.IsWaiting(ticket.Record.Status): Pools.Join(ticket, now); break;
                case HeldBackfill backfill: Seek(backfill); break;
                case HeldMatch match when entry.Record is MatchRecord { Status: MatchStatus.Placing }: (toPlace ??= []).Add(match); break;
            }
        }

        return toPlace ?? (IReadOnlyList<HeldMatch>)[];
    }

    /// <summary>The number before which the journal needs no segments any more; null when that has not changed since.</summary>
    public long? TakeTrim() => _ledger.TakeTrim();

    /// <summary>How it does, as decided.</summary>
    public QueueStatus Status(string ruleSetVersion, DateTimeOffset now)
    {
        var percentiles = _waits.Waits(now);
        return new()
        {
            Queue = _options.Id,
            Tickets = OpenStatuses.ToDictionary(status => status, _book.Count),
            Players = _book.Players,
            Backfills = _book.OpenBackfillCount,
            MatchesPerMinute = _waits.MatchesPerMinute(now),
            WaitMedian = percentiles?.Median,
            WaitP95 = percentiles?.P95,
            OldestSince = _book.Open.FirstOrDefault(ticket => TicketBook.IsWaiting(ticket.Record.Status))?.Record.Ticket.CreatedAt,
            Pools = [.. Pools.Lines.Select(line => new PoolStatus(line.Pool, line.Count, line.LastPass))],
            Obstacles = [.. Pools.Lines.SelectMany(line => line.Obstacles).GroupBy(obstacle => obstacle.Rule, StringComparer.Ordinal)
                .Select(same => new MatchObstacle(same.Key, same.Sum(obstacle => obstacle.Tickets), same.Sum(obstacle => obstacle.LookedAt))).OrderByDescending(obstacle => obstacle.Tickets)],
            RuleSetVersion = ruleSetVersion,
        };
    }

    private static readonly TicketStatus[] OpenStatuses = [TicketStatus.Queued, TicketStatus.Searching, TicketStatus.RequiresAcceptance, TicketStatus.Placing];

    private void Seek(HeldBackfill backfill)
    {
        // While players are on their way into its session, nobody knows which places are free.
        if (backfill is { Line: null, Record: { Status: TicketStatus.Searching, IsClosed: false } record } && _book.MatchFilling(record.SessionId) is null) Pools.Join(backfill);
    }
}
