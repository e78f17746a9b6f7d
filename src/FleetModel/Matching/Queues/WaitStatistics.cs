using FleetSystem.FleetModel.Zones;

namespace FleetSystem.FleetModel.Matching.Queues;

/// <summary>How long tickets waited, and how many matches there were lately: of the latest tickets, as many as fit a fixed place.</summary>
public sealed class WaitStatistics
{
    private const int Capacity = 4096;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private readonly (long At, long Wait)[] _waits = new (long, long)[Capacity];
    private readonly SlidingCount _matches = new(TimeSpan.FromMinutes(1));
    private long _count;

    /// <summary>A match was formed.</summary>
    public void NoteMatch(DateTimeOffset now) => _matches.Add(now);

    /// <summary>A ticket was matched.</summary>
    public void NoteWait(DateTimeOffset now, TimeSpan wait) => _waits[_count++ % Capacity] = (now.UtcTicks, wait.Ticks);

    /// <summary>Matches in the last minute.</summary>
    public int MatchesPerMinute(DateTimeOffset now) => _matches.Count(now);

    /// <summary>What half, and 95 of a hundred, of the tickets waited at most that were matched in the last five minutes; null when there were none.</summary>
    public (TimeSpan Median, TimeSpan P95)? Waits(DateTimeOffset now)
    {
        var since = now.UtcTicks - Window.Ticks;
        var waits = _waits.AsSpan(0, (int)Math.Min(_count, Capacity)).ToArray().Where(wait => wait.At >= since).Select(wait => wait.Wait).Order().ToArray();
        return waits.Length == 0 ? null : (TimeSpan.FromTicks(waits[(waits.Length - 1) / 2]), TimeSpan.FromTicks(waits[(waits.Length - 1) * 95 / 100]));
    }
}
