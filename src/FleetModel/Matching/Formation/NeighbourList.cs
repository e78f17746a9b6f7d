namespace FleetSystem.FleetModel.Matching.Formation;

/// <summary>
/// Tickets in the order of one attribute. Newcomers are sorted and merged in, and those who left dropped, once a pass; within a pass those who
/// were taken are skipped, and a run of them is crossed in one step the next time.
/// </summary>
internal sealed class NeighbourList
{
    private readonly List<int> _added = [];
    private double[] _keys = [];
    private int[] _slots = [];
    private int[] _next = [];
    private int[] _previous = [];
    private bool _hasLeavers;

    public int Count { get; private set; }

    public ReadOnlySpan<double> Keys => _keys.AsSpan(0, Count);

    public ReadOnlySpan<int> Slots => _slots.AsSpan(0, Count);

    public void Add(int slot) => _added.Add(slot);

    public void NoteLeaver() => _hasLeavers = true;

    /// <summary>Brings the list up to date.</summary>
    /// <param name="keys">The attribute, by ticket.</param>
    /// <param name="created">When tickets were created: of equals, the older comes first.</param>
    /// <param name="isWaiting">Whether a ticket is still there.</param>
    public void Refresh(double[] keys, long[] created, bool[] isWaiting)
    {
        if (_hasLeavers)
        {
            var kept = 0;
            for (var i = 0; i < Count; i++)
            {
                if (!isWaiting[_slots[i]]) continue;
                (_slots[kept], _keys[kept]) = (_slots[i], _keys[i]);
                kept++;
            }

            Count = kept;
            _added.RemoveAll(slot => !isWaiting[slot]);
            _hasLeavers = false;
        }

        if (_added.Count > 0) Merge(keys, created);
        for (var i = 0; i < Count; i++) _next[i] = _previous[i] = i;
    }

    /// <summary>Where a ticket stands.</summary>
    public int PositionOf(int slot, double key, long[] created)
    {
        var (low, high) = (0, Count - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Compare(_keys[middle], _slots[middle], key, slot, created) < 0) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    /// <summary>The first place at or behind one where somebody still waits; <see cref="Count"/> when there is none.</summary>
    public int Next(int place, bool[] isWaiting)
    {
        while (place < Count)
        {
            var next = _next[place];
            if (next == place)
            {
                if (isWaiting[_slots[place]]) return place;
                next = _next[place] = place + 1;
            }
            else if (next < Count)
            {
                _next[place] = _next[next];
            }

            place = next;
        }

        return Count;
    }

    /// <summary>The first place at or before one where somebody still waits; -1 when there is none.</summary>
    public int Previous(int place, bool[] isWaiting)
    {
        while (place >= 0)
        {
            var previous = _previous[place];
            if (previous == place)
            {
                if (isWaiting[_slots[place]]) return place;
                previous = _previous[place] = place - 1;
            }
            else if (previous >= 0)
            {
                _previous[place] = _previous[previous];
            }

            place = previous;
        }

        return -1;
    }

    private static int Compare(double leftKey, int left, double rightKey, int right, long[] created)
    {
        if (leftKey != rightKey) return leftKey < rightKey ? -1 : 1;
        if (created[left] != created[right]) return created[left] < created[right] ? -1 : 1;
        return left.CompareTo(right);
    }

    private void Merge(double[] keys, long[] created)
    {
        _added.Sort((left, right) => Compare(keys[left], left, keys[right], right, created));
        var size = Count + _added.Count;
        if (size > _slots.Length)
        {
            var capacity = Math.Max(size, _slots.Length * 3 / 2);
            Array.Resize(ref _slots, capacity);
            Array.Resize(ref _keys, capacity);
            (_next, _previous) = (new int[capacity], new int[capacity]);
        }

        // From the back, so that nothing is overwritten before it has moved.
        var (old, added) = (Count - 1, _added.Count - 1);
        for (var place = size - 1; added >= 0; place--)
        {
            var slot = _added[added];
            if (old >= 0 && Compare(_keys[old], _slots[old], keys[slot], slot, created) > 0)
            {
                (_slots[place], _keys[place]) = (_slots[old], _keys[old]);
                old--;
            }
            else
            {
                (_slots[place], _keys[place]) = (slot, keys[slot]);
                added--;
            }
        }

        Count = size;
        _added.Clear();
    }
}
