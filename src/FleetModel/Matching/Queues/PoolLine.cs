using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.RuleSets;

namespace FleetSystem.FleetModel.Matching.Queues;

/// <summary>
/// What one pool is to have, what it was told, and so what the next order says. A pool whose answer was lost is begun anew, with everybody: nobody knows whom it
/// still has.
/// </summary>
public sealed class PoolLine
{
    private readonly string _life;
    private readonly List<Pooled> _members = [];
    private readonly List<Pooled> _coming = [];
    private readonly List<string> _leaving = [];
    private readonly PassSchedule _schedule = new();
    private (RuleSet RuleSet, string Text) _rules;
    private int _sent;
    private int _lives;

    /// <summary>An empty pool that was told nothing.</summary>
    /// <param name="pool">The region, or empty for the common one.</param>
    /// <param name="life">Names the life of the queue.</param>
    /// <param name="rules">The rule set that holds, and its text.</param>
    internal PoolLine(string pool, string life, (RuleSet RuleSet, string Text) rules)
    {
        (Pool, _life) = (pool, life);
        Restart(rules);
    }

    /// <summary>The region, or empty for the common one.</summary>
    public string Pool { get; }

    /// <summary>Names the present life of the pool.</summary>
    public string Epoch { get; private set; } = "";

    /// <summary>Counts the orders of this life.</summary>
    public long Sequence { get; private set; }

    /// <summary>Whether an order is out: the next waits for its answer.</summary>
    public bool IsAsked { get; private set; }

    /// <summary>Tickets and backfills that it has, or is to have.</summary>
    public int Count => _members.Count;

    /// <summary>How long the last pass took.</summary>
    public TimeSpan LastPass { get; private set; }

    /// <summary>Why its longest-waiting tickets found no match, when it was last asked.</summary>
    public IReadOnlyList<MatchObstacle> Obstacles { get; private set; } = [];

    /// <summary>Members; they may be taken out from the end while they are gone through from the end.</summary>
    internal IReadOnlyList<Pooled> Members => _members;

    /// <summary>Whether a pass is worth while.</summary>
    public bool IsDue(DateTimeOffset now) => !IsAsked && _schedule.IsDue(now);

    /// <summary>The next order. Those who come are marked as told.</summary>
    internal PoolOrder Take(DateTimeOffset now, int seed, bool explain, int maxTickets, ICollection<HeldTicket> told)
    {
        IsAsked = true;
        var order = new OrderParts();
        for (; _sent < _coming.Count && order.Count < maxTickets; _sent++)
        {
            var coming = _coming[_sent];
            if (coming.Line != this || coming.IsTold) continue;
            coming.IsTold = true;
            _schedule.NoteComing(order.Add(coming), now);
            if (coming is HeldTicket ticket) told.Add(ticket);
        }

        var isPartial = _sent < _coming.Count;
        if (!isPartial)
        {
            _coming.Clear();
            _sent = 0;
            _schedule.NoteBegun();
        }

        var leave = _leaving.ToArray();
        _leaving.Clear();
        return new PoolOrder
        {
            Epoch = Epoch,
            Sequence = ++Sequence,
            RuleSet = Sequence == 1 ? _rules.Text : null,
            Leave = leave,
            Tickets = order.Tickets,
            Backfills = order.Backfills,
            Now = now,
            Seed = seed,
            IsPartial = isPartial,
            Explain = explain && !isPartial,
        };
    }

    /// <summary>The answer to the order has come.</summary>
    internal void NoteAnswer(PoolPass pass, PoolOrder order)
    {
        IsAsked = false;
        if (order.IsPartial || !pass.IsComplete) _schedule.Note();
        if (order.IsPartial) return;
        LastPass = pass.Took;
        if (order.Explain) Obstacles = pass.Obstacles;
    }

    /// <summary>Its life is over, or nobody knows: the next begins with everybody.</summary>
    internal void Restart((RuleSet RuleSet, string Text)? rules = null)
    {
        _rules = rules ?? _rules;
        (Epoch, Sequence, IsAsked, _sent) = (FormattableString.Invariant($"{_life}/{++_lives}"), 0, false, 0);
        _leaving.Clear();
        _coming.Clear();
        _coming.AddRange(_members);
        foreach (var member in _members) member.IsTold = false;
        _schedule.Begin(_rules.RuleSet);
    }

    /// <summary>Somebody is to wait in it.</summary>
    internal void Add(Pooled pooled)
    {
        (pooled.Line, pooled.LineIndex, pooled.IsTold) = (this, _members.Count, false);
        _members.Add(pooled);
        ComeAgain(pooled);
    }

    /// <summary>The pool has given somebody away who is still to wait in it.</summary>
    internal void ComeAgain(Pooled pooled)
    {
        pooled.IsTold = false;
        _coming.Add(pooled);
        _schedule.Note();
    }

    /// <summary>Somebody waits in it no longer.</summary>
    internal void Remove(Pooled pooled)
    {
        var last = _members[^1];
        (_members[pooled.LineIndex], last.LineIndex) = (last, pooled.LineIndex);
        _members.RemoveAt(_members.Count - 1);
        if (pooled.IsTold)
        {
            _leaving.Add(pooled.Id);
            _schedule.Note();
        }

        (pooled.Line, pooled.IsTold) = (null, false);
    }
}

/// <summary>Who comes with an order.</summary>
file sealed class OrderParts
{
    public List<Tickets.MatchmakingTicket> Tickets { get; } = [];

    public List<Tickets.BackfillTicket> Backfills { get; } = [];

    public int Count => Tickets.Count + Backfills.Count;

    /// <summary>Adds somebody.</summary>
    /// <returns>Since when he waits.</returns>
    public DateTimeOffset Add(Pooled pooled)
    {
        switch (pooled)
        {
            case HeldTicket ticket:
                Tickets.Add(ticket.Record.Ticket);
                return ticket.Record.Ticket.CreatedAt;
            case HeldBackfill backfill:
                Backfills.Add(backfill.Record.Ticket);
                return backfill.Record.Ticket.CreatedAt;
            default:
                throw new InvalidOperationException("Nothing else waits in pools.");
        }
    }
}
