namespace FleetSystem.Simulation.Tests.Engine;

/// <summary>
/// The one clock of a simulation. It stands still while anything is runnable, and then leaps to the next timer. A fake clock that is moved by
/// so much at a time would not do: nobody knows beforehand when something is due.
/// </summary>
internal sealed class VirtualTime : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // Equal times go in the order in which they were asked for, so that a seed is one exact run.
    private readonly PriorityQueue<(VirtualTimer Timer, int Version), (long Due, long Order)> _due = new();
    private long _order;

    /// <summary>Time since the start of the simulation.</summary>
    public TimeSpan Elapsed { get; private set; }

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Start + Elapsed;

    public override long GetTimestamp() => Elapsed.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Does something later, outside every grain: an answer arrives, a machine fails.</summary>
    public void After(TimeSpan delay, Action what) => new VirtualTimer(this, what).Change(delay, Timeout.InfiniteTimeSpan);

    /// <summary>Leaps to the next timer and fires it, unless the next one lies beyond <paramref name="end"/>.</summary>
    public bool FireNext(TimeSpan end)
    {
        while (_due.TryPeek(out var next, out var at))
        {
            if (next.Version != next.Timer.Version)
            {
                _due.Dequeue();
                continue;
            }

            if (at.Due > end.Ticks) break;
            _due.Dequeue();
            Elapsed = TimeSpan.FromTicks(at.Due);
            next.Timer.Fire();
            return true;
        }

        Elapsed = end;
        return false;
    }

    private sealed class VirtualTimer(VirtualTime time, Action callback) : ITimer
    {
        private TimeSpan _period;

        // Which of the timer's entries in the queue is the valid one.
        public int Version { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Version++;
            _period = period;
            if (dueTime != Timeout.InfiniteTimeSpan) time._due.Enqueue((this, Version), ((time.Elapsed + dueTime).Ticks, ++time._order));
            return true;
        }

        public void Fire()
        {
            if (_period > TimeSpan.Zero) Change(_period, _period);
            callback();
        }

        public void Dispose() => Version++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
