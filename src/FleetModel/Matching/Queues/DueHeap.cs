namespace FleetSystem.FleetModel.Matching.Queues;

/// <summary>What is due when: a binary heap whose members know their place, so that what is off leaves it at once.</summary>
internal sealed class DueHeap
{
    private readonly List<Held> _heap = [];

    /// <summary>How many wait.</summary>
    public int Count => _heap.Count;

    /// <summary>Puts something in, or moves it.</summary>
    public void Set(Held held, DateTimeOffset due)
    {
        held.Due = due.UtcTicks;
        if (held.DueIndex < 0)
        {
            held.DueIndex = _heap.Count;
            _heap.Add(held);
        }

        Settle(held.DueIndex);
    }

    /// <summary>Takes something out; nothing happens when it is not there.</summary>
    public void Remove(Held held)
    {
        if (held.DueIndex < 0) return;
        var last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        if (last != held)
        {
            (_heap[held.DueIndex], last.DueIndex) = (last, held.DueIndex);
            Settle(last.DueIndex);
        }

        held.DueIndex = -1;
    }

    /// <summary>Takes out what has been due for longest; null when nothing is.</summary>
    public Held? TakeDue(DateTimeOffset now)
    {
        if (_heap.Count == 0 || _heap[0].Due > now.UtcTicks) return null;
        var first = _heap[0];
        Remove(first);
        return first;
    }

    private void Settle(int at)
    {
        var held = _heap[at];
        for (; at > 0 && _heap[(at - 1) / 2].Due > held.Due; at = (at - 1) / 2) Place(_heap[(at - 1) / 2], at);
        while (true)
        {
            var child = (at * 2) + 1;
            if (child + 1 < _heap.Count && _heap[child + 1].Due < _heap[child].Due) child++;
            if (child >= _heap.Count || _heap[child].Due >= held.Due) break;
            Place(_heap[child], at);
            at = child;
        }

        Place(held, at);
    }

    private void Place(Held held, int at) => (_heap[at], held.DueIndex) = (held, at);
}
