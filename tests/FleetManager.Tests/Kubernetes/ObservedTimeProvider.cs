using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.FleetManager.Tests.Kubernetes;

/// <summary>A clock that the test moves, and that tells which timers were set: so a test moves it only once the wait has begun.</summary>
internal sealed class ObservedTimeProvider : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _set = Channel.CreateUnbounded<TimeSpan>();

    /// <summary>The next timer that was set to a time in this range; others on the way are passed over.</summary>
    public async Task<TimeSpan> NextTimerAsync(TimeSpan least, TimeSpan most)
    {
        while (true)
        {
            var due = await ClusterFixture.Within(_set.Reader.ReadAsync(ClusterFixture.Cancelled).AsTask());
            if (due >= least && due <= most) return due;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ObservedTimer(this, base.CreateTimer(callback, state, dueTime, period));
        _set.Writer.TryWrite(dueTime);
        return timer;
    }

    private sealed class ObservedTimer(ObservedTimeProvider owner, ITimer timer) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var changed = timer.Change(dueTime, period);
            owner._set.Writer.TryWrite(dueTime);
            return changed;
        }

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
