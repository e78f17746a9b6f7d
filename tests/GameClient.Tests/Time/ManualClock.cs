namespace FleetSystem.GameClient.Tests.Time;

/// <summary>A clock that stands until it is moved; what falls due then runs on the mover's thread, in order.</summary>
internal sealed class ManualClock : IClock
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<Due, (TimeSpan At, long Order)> _due = new();
    private TimeSpan _now = TimeSpan.FromHours(1);
    private long _order;
    private TaskCompletionSource _added = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TimeSpan Now
    {
        get
        {
            lock (_gate)
                return _now;
        }
    }

    public IDisposable After(TimeSpan due, Action action) => Add(due, null, action);

    public IDisposable Every(TimeSpan interval, Action action) => Add(interval, interval, action);

    public void Advance(double milliseconds) => Advance(TimeSpan.FromMilliseconds(milliseconds));

    public void Advance(TimeSpan by)
    {
        var until = Now + by;
        while (true)
        {
            Due next;
            lock (_gate)
            {
                if (!_due.TryPeek(out next!, out var key) || key.At > until)
                {
                    _now = until;
                    return;
                }

                _due.Dequeue();
                if (next.IsCalledOff) continue;
                _now = key.At;
                if (next.Interval is { } interval) _due.Enqueue(next, (key.At + interval, _order++));
            }

            next.Action();
        }
    }

    /// <summary>Passes time in which nothing runs, as in a process that is asleep; what fell due runs at its end.</summary>
    public void Sleep(TimeSpan by)
    {
        lock (_gate)
        {
            var due = _due.UnorderedItems.ToList();
            _now += by;
            _due.Clear();
            foreach (var (item, priority) in due) _due.Enqueue(item, (priority.At > _now ? priority.At : _now, priority.Order));
        }
    }

    /// <summary>Waits until something waits for this clock, and no longer than so much.</summary>
    public async Task UntilWaitingAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task added;
            lock (_gate)
            {
                if (_due.UnorderedItems.Any(item => !item.Element.IsCalledOff && item.Priority.At - _now <= atMost)) return;
                added = _added.Task;
            }

            await added.WaitAsync(cancellationToken);
        }
    }

    private Due Add(TimeSpan due, TimeSpan? interval, Action action)
    {
        lock (_gate)
        {
            var added = new Due(interval, action);
            _due.Enqueue(added, (_now + due, _order++));
            _added.TrySetResult();
            _added = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return added;
        }
    }

    private sealed class Due(TimeSpan? interval, Action action) : IDisposable
    {
        public TimeSpan? Interval => interval;

        public Action Action => action;

        public bool IsCalledOff { get; private set; }

        public void Dispose() => IsCalledOff = true;
    }
}
