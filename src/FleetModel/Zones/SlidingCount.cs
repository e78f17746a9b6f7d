namespace FleetSystem.FleetModel.Zones;

/// <summary>Counts what happened within a window that ends now, in as much memory whatever the number: to a thirtieth of the window.</summary>
/// <param name="window">Length of the window.</param>
internal sealed class SlidingCount(TimeSpan window)
{
    private const int Slots = 30;

    private readonly long _ticksPerSlot = Math.Max(1, window.Ticks / Slots);
    private readonly int[] _slots = new int[Slots];
    private long _newest;

    /// <summary>Counts one.</summary>
    public void Add(DateTimeOffset now) => _slots[Turn(now)]++;

    /// <summary>How many were counted within the window.</summary>
    public int Count(DateTimeOffset now)
    {
        Turn(now);
        return _slots.Sum();
    }

    /// <summary>Empties the slots that time has passed over. A clock that goes back counts into the newest slot.</summary>
    private int Turn(DateTimeOffset now)
    {
        var slot = Math.Max(now.UtcTicks / _ticksPerSlot, _newest);
        if (slot - _newest >= Slots) Array.Clear(_slots);
        else for (var passed = _newest + 1; passed <= slot; passed++) _slots[passed % Slots] = 0;
        _newest = slot;
        return (int)(slot % Slots);
    }
}
