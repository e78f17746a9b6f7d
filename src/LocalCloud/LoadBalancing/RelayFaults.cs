namespace FleetSystem.LocalCloud.LoadBalancing;

/// <summary>Faults of a data path, both ways: cut, loss, delay. Those of a parent path come on top.</summary>
internal sealed class RelayFaults(int seed, RelayFaults? parent = null)
{
    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);
    private volatile bool _cut;
    private double _lossRatio;
    private long _delayTicks;

    /// <summary>Whether datagrams vanish; sockets stay open, so that nobody is told.</summary>
    public bool IsCut
    {
        get => _cut || parent is { IsCut: true };
        set => _cut = value;
    }

    /// <summary>Share of datagrams that vanish, 0 to 1.</summary>
    public double LossRatio
    {
        get => Volatile.Read(ref _lossRatio);
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1);
            Volatile.Write(ref _lossRatio, value);
        }
    }

    /// <summary>How long each datagram is held, either way.</summary>
    public TimeSpan Delay
    {
        get => new(Volatile.Read(ref _delayTicks) + (parent?.Delay.Ticks ?? 0));
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            Volatile.Write(ref _delayTicks, value.Ticks);
        }
    }

    /// <summary>Draws whether the next datagram vanishes.</summary>
    public bool Drops()
    {
        if (_cut || (parent?.Drops() ?? false))
            return true;

        var ratio = LossRatio;
        if (ratio == 0)
            return false;

        lock (_lock)
            return _random.NextDouble() < ratio;
    }
}
