using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Matching.Queues;

/// <summary>
/// What a queue holds: its tickets, matches and backfills, by all that they are asked for by. Each change of one is staged for the journal here, and what follows
/// from it for the others' finding is seen to: nothing else changes them.
/// </summary>
internal sealed class TicketBook(TicketLedger ledger, TicketQueueLimits limits)
{
    private readonly Dictionary<string, HeldTicket> _tickets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HeldTicket> _byPlayer = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HeldMatch> _matches = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HeldBackfill> _backfills = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HeldBackfill> _bySession = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HeldBackfill> _byMember = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HeldMatch> _filling = new(StringComparer.Ordinal);
    private readonly LinkedList<HeldTicket> _open = [];
    private readonly Queue<HeldTicket> _closed = new();
    private readonly Queue<HeldBackfill> _closedBackfills = new();
    private readonly int[] _counts = new int[Enum.GetValues<TicketStatus>().Length];

    /// <summary>What is due when.</summary>
    public DueHeap Due { get; } = new();

    /// <summary>The pools; null while the queue is read.</summary>
    public PoolPlan? Pools { get; set; }

    /// <summary>Open tickets, oldest first.</summary>
    public IEnumerable<HeldTicket> Open => _open;

    /// <summary>How many tickets are open.</summary>
    public int OpenCount => _open.Count;

    /// <summary>Players of open tickets.</summary>
    public int Players => _byPlayer.Count;

    /// <summary>Backfills that are not done.</summary>
    public IEnumerable<HeldBackfill> OpenBackfills => _bySession.Values;

    /// <summary>How many backfills are not done.</summary>
    public int OpenBackfillCount => _bySession.Count;

    /// <summary>Matches, those of closed tickets included.</summary>
    public IEnumerable<HeldMatch> Matches => _matches.Values;

    /// <summary>All tickets, those that are done included.</summary>
    public IEnumerable<HeldTicket> Tickets => _tickets.Values;

    /// <summary>Tickets in a status, as decided.</summary>
    public int Count(TicketStatus status) => _counts[(int)status];

    /// <summary>A ticket, or null.</summary>
    public HeldTicket? Ticket(string id) => _tickets.GetValueOrDefault(id);

    /// <summary>The open ticket of a player, or null.</summary>
    public HeldTicket? TicketOf(string player) => _byPlayer.GetValueOrDefault(player);

    /// <summary>A match, or null.</summary>
    public HeldMatch? Match(string? id) => id is null ? null : _matches.GetValueOrDefault(id);

    /// <summary>A backfill, or null.</summary>
    public HeldBackfill? Backfill(string? id) => id is null ? null : _backfills.GetValueOrDefault(id);

    /// <summary>A session's backfill that is not done, or null.</summary>
    public HeldBackfill? BackfillOf(string session) => _bySession.GetValueOrDefault(session);

    /// <summary>The backfill that searches for a session that a player is in, or null.</summary>
    public HeldBackfill? BackfillOfMember(string player) => _byMember.GetValueOrDefault(player);

    /// <summary>The match whose players are on their way into a session, or null.</summary>
    public HeldMatch? MatchFilling(string session) => _filling.GetValueOrDefault(session);

    /// <summary>Whether a ticket waits for a match.</summary>
    public static bool IsWaiting(TicketStatus status) => status is TicketStatus.Queued or TicketStatus.Searching;

    /// <summary>Takes in a new ticket.</summary>
    public void Add(HeldTicket ticket)
    {
        Index(ticket);
        ledger.Whole(ticket, ticket.Record.Events[^1]);
    }

    /// <summary>Takes in a ticket that the journal has.</summary>
    public void Index(HeldTicket ticket)
    {
        var record = ticket.Record;
        _tickets[record.Id] = ticket;
        _counts[(int)record.Status]++;
        if (Match(record.MatchId) is { } match) match.References++;
        if (record.IsClosed)
        {
            _closed.Enqueue(ticket);
            return;
        }

        ticket.Node = _open.AddLast(ticket);
        foreach (var player in record.Ticket.Players) _byPlayer[player.Id] = ticket;
        if (IsWaiting(record.Status)) Due.Set(ticket, record.Ticket.ExpiresAt);
    }

    /// <summary>A ticket enters a status.</summary>
    public void Change(HeldTicket ticket, TicketStatus status, DateTimeOffset now, string? matchId = null, string? code = null, string? reason = null)
    {
        var before = ticket.Record;
        var told = reason?.Length > limits.MaxReasonLength ? reason[..limits.MaxReasonLength] + "…" : reason;
        var happened = TicketTransitions.Next(before, status, now, matchId, code, told);
        var after = ticket.Record = TicketTransitions.Apply(before, happened);
        ledger.Change(ticket, happened);
        _counts[(int)before.Status]--;
        _counts[(int)status]++;
        if (IsWaiting(before.Status) && !IsWaiting(status))
        {
            Due.Remove(ticket);
            Pools?.Leave(ticket);
        }
        else if (!IsWaiting(before.Status) && IsWaiting(status))
        {
            Due.Set(ticket, after.Ticket.ExpiresAt);
        }

        if (after.MatchId != before.MatchId)
        {
            if (Match(after.MatchId) is { } match) match.References++;
            Release(Match(before.MatchId));
        }

        if (after.IsClosed) Close(ticket);
    }

    /// <summary>A new match, or one as it is from now on.</summary>
    public HeldMatch Put(MatchRecord record)
    {
        if (_matches.TryGetValue(record.Id, out var match)) match.Record = record;
        else _matches.Add(record.Id, match = new(record));
        Index(match);
        ledger.Whole(match);
        return match;
    }

    /// <summary>A new backfill, or one as it is from now on. Its pool has to be seen to.</summary>
    public HeldBackfill Put(BackfillRecord record)
    {
        if (_backfills.TryGetValue(record.Id, out var backfill))
        {
            if (backfill.Line is not null) Pools?.Leave(backfill);
            foreach (var player in Members(backfill.Record))
            {
                if (_byMember.GetValueOrDefault(player) == backfill) _byMember.Remove(player);
            }

            backfill.Record = record;
        }
        else
        {
            backfill = new(record);
        }

        Index(backfill);
        ledger.Whole(backfill);
        return backfill;
    }

    /// <summary>Finds a match by what it is from now on.</summary>
    public void Index(HeldMatch match)
    {
        var record = match.Record;
        _matches[match.Id] = match;
        if (record is { Status: MatchStatus.RequiresAcceptance, AcceptBy: { } until }) Due.Set(match, until);
        else Due.Remove(match);
        if (record is not { Backfill: not null, SessionId: { } session }) return;
        if (record.Status is MatchStatus.RequiresAcceptance or MatchStatus.Placing) _filling[session] = match;
        else if (_filling.GetValueOrDefault(session) == match) _filling.Remove(session);
    }

    /// <summary>Finds a backfill by what it is from now on.</summary>
    public void Index(HeldBackfill backfill)
    {
        var record = backfill.Record;
        _backfills[record.Id] = backfill;
        if (record.IsClosed)
        {
            if (_bySession.GetValueOrDefault(record.SessionId) == backfill) _bySession.Remove(record.SessionId);
            Due.Remove(backfill);
            _closedBackfills.Enqueue(backfill);
            return;
        }

        _bySession[record.SessionId] = backfill;
        if (record.Status != TicketStatus.Searching)
        {
            Due.Remove(backfill);
            return;
        }

        Due.Set(backfill, record.Ticket.ExpiresAt);
        foreach (var player in Members(record)) _byMember[player] = backfill;
    }

    /// <summary>Lets a match go that no ticket is in any more, once it is over.</summary>
    public void Release(HeldMatch? match)
    {
        if (match is null || --match.References > 0) return;
        ReleaseIfOver(match);
    }

    /// <summary>Lets a match go that is over and that no ticket is in.</summary>
    public void ReleaseIfOver(HeldMatch match)
    {
        if (match.References > 0 || match.Record.Status is not (MatchStatus.Completed or MatchStatus.Dropped)) return;
        _matches.Remove(match.Id);
        Due.Remove(match);
        ledger.Forget(match);
    }

    /// <summary>Forgets what has been done for longer than it is kept, and what is more than may be kept.</summary>
    public void Forget(DateTimeOffset closedBy, int mostTickets, int mostBackfills)
    {
        while (_closed.TryPeek(out var oldest) && (_closed.Count > mostTickets || oldest.Record.ClosedAt <= closedBy))
        {
            _closed.Dequeue();
            _tickets.Remove(oldest.Id);
            _counts[(int)oldest.Record.Status]--;
            ledger.Forget(oldest);
            Release(Match(oldest.Record.MatchId));
        }

        while (_closedBackfills.TryPeek(out var oldest) && (_closedBackfills.Count > mostBackfills || oldest.Record.ClosedAt <= closedBy))
        {
            _closedBackfills.Dequeue();
            _backfills.Remove(oldest.Id);
            ledger.Forget(oldest);
        }
    }

    private static IEnumerable<string> Members(BackfillRecord backfill) => backfill.Ticket.Teams.Values.SelectMany(players => players).Select(player => player.Id);

    private void Close(HeldTicket ticket)
    {
        _open.Remove(ticket.Node!);
        ticket.Node = null;
        foreach (var player in ticket.Record.Ticket.Players)
        {
            if (_byPlayer.GetValueOrDefault(player.Id) == ticket) _byPlayer.Remove(player.Id);
        }

        _closed.Enqueue(ticket);
    }
}
