using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Matching.Queues;

/// <summary>
/// What a queue has decided and the journal does not have yet, in steps that are stored as a whole; and which segments are still needed. Nothing is shown to anybody
/// before it is stored.
/// </summary>
/// <param name="limits">Limits of a segment.</param>
internal sealed class TicketLedger(TicketQueueLimits limits)
{
    // What a segment may have dead in it, as a multiple of what is alive, before it is worth while to write the living again.
    private const int IdleFactor = 4;

    private readonly Queue<Entry> _staged = [];
    private readonly Queue<SegmentUse> _uses = [];
    private readonly Dictionary<long, SegmentUse> _useOf = [];
    private long _step;
    private long _entries;
    private long _alive;
    private long _next;
    private long _first;

    /// <summary>The last step that was decided.</summary>
    public long Decided { get; private set; }

    /// <summary>Entries that wait to be stored.</summary>
    public int Waiting => _staged.Count;

    /// <summary>Entries in segments that are still there.</summary>
    public long Entries => _entries;

    /// <summary>The first segment that there may be.</summary>
    public long First => _first;

    /// <summary>Goes on with a journal that has been opened.</summary>
    public void Begin(JournalSpan span) => (_first, _next) = (span.First, span.Next);

    /// <summary>Stages a whole ticket, as it is now. A new one is news.</summary>
    public void Whole(HeldTicket ticket, TicketEvent? happened = null) => Stage(new(ticket, ticket.Record, happened, IsWhole: true), SegmentSize.Of(ticket.Record));

    /// <summary>Stages a match as it is now.</summary>
    public void Whole(HeldMatch match) => Stage(new(match, match.Record, null, IsWhole: true), SegmentSize.Of(match.Record));

    /// <summary>Stages a backfill as it is now.</summary>
    public void Whole(HeldBackfill backfill) => Stage(new(backfill, backfill.Record, null, IsWhole: true), SegmentSize.Of(backfill.Record));

    /// <summary>Stages what happened to a ticket.</summary>
    public void Change(HeldTicket ticket, TicketEvent happened) => Stage(new(ticket, ticket.Record, happened, IsWhole: false), SegmentSize.Of(new TicketChange(ticket.Id, happened)));

    /// <summary>What was staged since the step before belongs together.</summary>
    public void EndStep()
    {
        if (_step > Decided) Decided = _step;
    }

    /// <summary>The next segment; null when nothing waits. One at a time: it must be stored before the next is taken.</summary>
    public SegmentDraft? Take()
    {
        if (_staged.Count == 0) return null;
        var (entries, bytes, step) = (new List<Entry>(Math.Min(_staged.Count, limits.MaxSegmentEntries)), 0, 0L);
        while (_staged.TryPeek(out var next))
        {
            // What belongs together is never parted.
            if (next.Step != step && entries.Count > 0 && (entries.Count >= limits.MaxSegmentEntries || bytes + next.Bytes > limits.MaxSegmentBytes)) break;
            entries.Add(_staged.Dequeue());
            (step, bytes) = (next.Step, bytes + next.Bytes);
        }

        return new(_next++, step, entries);
    }

    /// <summary>A segment is in the journal: what it says is what everybody is shown from now on.</summary>
    public void NoteStored(SegmentDraft draft)
    {
        Open(draft.Number, draft.Entries.Count);
        foreach (var entry in draft.Entries)
        {
            switch (entry.Of)
            {
                case HeldTicket ticket: ticket.Stored = (TicketRecord)entry.Record; break;
                case HeldMatch match: match.Stored = (MatchRecord)entry.Record; break;
                case HeldBackfill backfill: backfill.Stored = (BackfillRecord)entry.Record; break;
                default: throw new InvalidOperationException("No such thing is held.");
            }

            if (entry.IsWhole) Home(entry.Of, draft.Number);
        }
    }

    /// <summary>A segment was read.</summary>
    public void Open(long number, int entries)
    {
        var use = new SegmentUse(number, entries);
        _uses.Enqueue(use);
        _useOf.Add(number, use);
        _entries += entries;
        if (number >= _next) _next = number + 1;
    }

    /// <summary>The whole record of something is in this segment from now on.</summary>
    public void Home(Held held, long number)
    {
        if (held.IsGone) return;
        Leave(held);
        var use = _useOf[number];
        use.Alive++;
        _alive++;
        use.Members.Add(held);
        held.Segment = number;
    }

    /// <summary>Something is forgotten: nothing needs its segment for it.</summary>
    public void Forget(Held held)
    {
        Leave(held);
        held.IsGone = true;
    }

    /// <summary>The number before which no segment is needed any more; null when that has not changed since.</summary>
    public long? TakeTrim()
    {
        var first = _first;
        while (_uses.TryPeek(out var use) && use.Alive == 0)
        {
            _uses.Dequeue();
            _useOf.Remove(use.Number);
            _entries -= use.Entries;
            _first = use.Number + 1;
        }

        return _first > first ? _first : null;
    }

    /// <summary>
    /// Where the journal is long for what is alive in it, writes again what keeps its oldest segment. As much is written as falls away, and no more: four entries go
    /// for each that is written.
    /// </summary>
    public void Clean()
    {
        if (_entries <= limits.MaxIdleEntries + (_alive * IdleFactor) || !_uses.TryPeek(out var oldest)) return;
        for (var most = limits.MaxSegmentEntries; most > 0 && oldest.Members.Count > 0; oldest.Members.RemoveAt(oldest.Members.Count - 1))
        {
            var held = oldest.Members[^1];
            if (held.IsGone || held.Segment != oldest.Number) continue;
            held.Rewrite(this);
            EndStep();
            most--;
        }
    }

    private void Leave(Held held)
    {
        if (held.Segment < 0 || !_useOf.TryGetValue(held.Segment, out var use)) return;
        use.Alive--;
        _alive--;
        held.Segment = -1;
    }

    private void Stage(Entry entry, int bytes)
    {
        if (_step == Decided) _step++;
        _staged.Enqueue(entry with { Step = _step, Bytes = bytes });
    }

    /// <summary>Something that is written.</summary>
    internal readonly record struct Entry(Held Of, object Record, TicketEvent? Happened, bool IsWhole)
    {
        public long Step { get; init; }

        public int Bytes { get; init; }
    }

    private sealed class SegmentUse(long number, int entries)
    {
        public long Number => number;

        public int Entries => entries;

        public int Alive { get; set; }

        public List<Held> Members { get; } = [];
    }
}

/// <summary>Which segments a journal may have.</summary>
/// <param name="First">The first.</param>
/// <param name="Next">The number after the last.</param>
public readonly record struct JournalSpan(long First, long Next);
