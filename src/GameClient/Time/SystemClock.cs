using System;
using System.Diagnostics;
using System.Threading;

namespace FleetSystem.GameClient;

/// <summary>The machine's clock.</summary>
internal sealed class SystemClock : IClock
{
    public static SystemClock Instance { get; } = new SystemClock();

    public TimeSpan Now
    {
        get
        {
#pragma warning disable RS0030 // The one place that reads the machine's clock: all others take an IClock.
            var ticks = Stopwatch.GetTimestamp();
#pragma warning restore RS0030
            return TimeSpan.FromTicks(Stopwatch.Frequency == TimeSpan.TicksPerSecond ? ticks : (long)(ticks * ((double)TimeSpan.TicksPerSecond / Stopwatch.Frequency)));
        }
    }

    public IDisposable After(TimeSpan due, Action action) => new Timer(Run, action, due, Timeout.InfiniteTimeSpan);

    public IDisposable Every(TimeSpan interval, Action action) => new Timer(Run, action, interval, interval);

    private static void Run(object? action) => ((Action)action!)();
}
