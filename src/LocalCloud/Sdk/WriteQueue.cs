namespace FleetSystem.LocalCloud.Sdk;

/// <summary>What a sidecar writes to its GameServer.</summary>
internal enum SdkWrite
{
    State,
    Labels,
    Annotations,
    Counters,
    Lists,
}

/// <summary>Runs each kind of write some time after it was asked for, once for all requests that came meanwhile.</summary>
internal sealed class WriteQueue(TimeSpan delay, TimeProvider time, Action<SdkWrite> write) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly ITimer?[] _timers = new ITimer?[Enum.GetValues<SdkWrite>().Length];
    private readonly bool[] _waiting = new bool[Enum.GetValues<SdkWrite>().Length];
    private bool _ended;

    public void Enqueue(SdkWrite kind)
    {
        if (delay == TimeSpan.Zero)
        {
            write(kind);
            return;
        }

        lock (_gate)
        {
            if (_ended || _waiting[(int)kind])
                return;
            _waiting[(int)kind] = true;
            if (_timers[(int)kind] is { } timer)
                timer.Change(delay, Timeout.InfiniteTimeSpan);
            else
                _timers[(int)kind] = time.CreateTimer(_ => Run(kind), null, delay, Timeout.InfiniteTimeSpan);
        }
    }

    public async ValueTask DisposeAsync()
    {
        ITimer?[] timers;
        lock (_gate)
        {
            _ended = true;
            timers = [.. _timers];
        }

        foreach (var timer in timers)
        {
            if (timer is not null)
                await timer.DisposeAsync();
        }
    }

    private void Run(SdkWrite kind)
    {
        lock (_gate)
        {
            if (_ended)
                return;
            _waiting[(int)kind] = false;
        }

        write(kind);
    }
}
