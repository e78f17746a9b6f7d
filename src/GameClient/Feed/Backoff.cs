using System;

namespace FleetSystem.GameClient;

/// <summary>Pauses between tries: doubled each time up to a bound, each between half and the whole of it, so that players do not return all at once.</summary>
internal sealed class Backoff
{
    private readonly TimeSpan _first;
    private readonly TimeSpan _max;
    private readonly Random _random;
    private TimeSpan _next;

    public Backoff(TimeSpan first, TimeSpan max, Random random)
    {
        _first = _next = first;
        _max = max;
        _random = random;
    }

    /// <summary>The next pause.</summary>
    public TimeSpan Next()
    {
        var pause = _next;
        _next = pause * 2 < _max ? pause * 2 : _max;
        return pause * (0.5 + _random.NextDouble() / 2);
    }

    /// <summary>It worked: the next failure is a first one.</summary>
    public void Reset() => _next = _first;
}
