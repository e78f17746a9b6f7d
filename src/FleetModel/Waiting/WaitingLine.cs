namespace FleetSystem.FleetModel.Waiting;

/// <summary>
/// The sessions that wait for a server of one fleet in one region, earliest deadline first, and the turns that were handed out. No clock, no
/// I/O; one owner calls it, from one thread at a time.
/// </summary>
/// <param name="limit">Most sessions that wait; one that comes back to a place it was promised is taken all the same.</param>
/// <param name="turnLimit">How long a turn that nobody uses keeps its server from others.</param>
public sealed class WaitingLine(int limit, TimeSpan turnLimit)
{
    // Ordered: a position is a binary search, and turns are taken from the front.
    private readonly List<Entry> _line = [];
    private readonly Dictionary<string, Entry> _waiting = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _turns = new(StringComparer.Ordinal);

    /// <summary>Sessions that wait.</summary>
    public int Count => _line.Count;

    /// <summary>True while nobody waits and no turn is out.</summary>
    public bool IsIdle => _line.Count == 0 && _turns.Count == 0;

    /// <summary>Takes a session in. One that is in already gets the place of its new ticket.</summary>
    /// <returns>False when the queue is full.</returns>
    public bool Enter(QueueTicket ticket, DateTimeOffset now)
    {
        if (_waiting.TryGetValue(ticket.Session, out var known))
        {
            if (known.Ticket == ticket) return true;
        }
        else if (_line.Count >= limit && !ticket.IsHome)
        {
            return false;
        }

        Leave(ticket.Session);
        var entry = new Entry(ticket, now + ticket.Rest);
        _line.Insert(~_line.BinarySearch(entry), entry);
        _waiting.Add(ticket.Session, entry);
        return true;
    }

    /// <summary>Forgets a session: its place, and its turn.</summary>
    public void Leave(string session)
    {
        _turns.Remove(session);
        if (_waiting.Remove(session, out var entry)) _line.RemoveAt(_line.BinarySearch(entry));
    }

    /// <summary>Removes the sessions whose deadline has passed, and turns that were not used.</summary>
    /// <returns>The sessions, in order.</returns>
    public IReadOnlyList<string> Expire(DateTimeOffset now)
    {
        foreach (var unused in _turns.Where(turn => turn.Value <= now).Select(turn => turn.Key).ToList()) _turns.Remove(unused);
        var late = _line.TakeWhile(entry => entry.Ticket.Deadline <= now).Select(entry => entry.Ticket.Session).ToList();
        _line.RemoveRange(0, late.Count);
        foreach (var session in late) _waiting.Remove(session);
        return late;
    }

    /// <summary>Hands out turns: never more than there are free servers for which no turn is out.</summary>
    /// <param name="free">Servers that are free, less those that claims under way may take.</param>
    /// <param name="now">The time.</param>
    /// <returns>The sessions whose turn it is, in order. They wait no more.</returns>
    public IReadOnlyList<string> HandOut(int free, DateTimeOffset now)
    {
        var most = free - _turns.Values.Count(until => until > now);
        if (most <= 0) return [];
        var next = _line.Where(entry => entry.RestsUntil <= now).Take(most).Select(entry => entry.Ticket.Session).ToList();
        foreach (var session in next)
        {
            Leave(session);
            _turns.Add(session, now + turnLimit);
        }

        return next;
    }

    /// <summary>Whether it is a session's turn.</summary>
    public bool HasTurn(string session, DateTimeOffset now) => _turns.TryGetValue(session, out var until) && until > now;

    /// <summary>Whether a session may claim a server now: it is its turn, or nobody waits whose deadline is as early. Uses its turn up.</summary>
    public bool MayClaim(string session, DateTimeOffset deadline, DateTimeOffset now)
    {
        if (_turns.Remove(session, out var until) && until > now) return true;
        return !_line.TakeWhile(entry => entry.Ticket.Deadline <= deadline).Any(entry => entry.RestsUntil <= now && entry.Ticket.Session != session);
    }

    /// <summary>Where a session stands, or null when it does not wait.</summary>
    public QueuePlace? PlaceOf(string session) =>
        _waiting.TryGetValue(session, out var entry) ? new QueuePlace(_line.BinarySearch(entry) + 1, _line.Count, entry.Ticket.Since) : null;

    /// <summary>Servers wanted beyond those claimed: sessions that wait here first of all, and those whose turn is out.</summary>
    public int Demand(DateTimeOffset now) => _line.Count(entry => entry.Ticket.IsHome) + _turns.Values.Count(until => until > now);

    private sealed record Entry(QueueTicket Ticket, DateTimeOffset RestsUntil) : IComparable<Entry>
    {
        public int CompareTo(Entry? other) =>
            (Ticket.Deadline, Ticket.Since).CompareTo((other!.Ticket.Deadline, other.Ticket.Since)) is var order and not 0
                ? order
                : string.CompareOrdinal(Ticket.Session, other.Ticket.Session);
    }
}
