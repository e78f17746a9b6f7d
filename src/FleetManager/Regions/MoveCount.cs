using FleetSystem.FleetModel.Operations;

namespace FleetSystem.FleetManager.Regions;

/// <summary>Counts how an order to move sessions goes. What stays is counted look by look: a look at all sessions of a cluster takes several rounds.</summary>
internal sealed class MoveCount(MoveOrder order, DateTimeOffset since)
{
    private const int MaxFailureLength = 300;

    // By cluster: of the look that is under way, and of the last whole one.
    private readonly Dictionary<string, (Stayed Now, Stayed? Last)> _stayed = new(StringComparer.Ordinal);
    private long _moved;
    private DateTimeOffset? _lastMovedAt;

    /// <summary>Why a call failed last, or null.</summary>
    public string? LastFailure { get; set; }

    /// <summary>Whether it counts for an order.</summary>
    public bool IsOf(MoveOrder other) => (order.Zone, order.At) == (other.Zone, other.At);

    /// <summary>Adds a round in a cluster.</summary>
    public void Add(string cluster, int moved, int noRoom, int failed, DateTimeOffset now)
    {
        _moved += moved;
        if (moved > 0) _lastMovedAt = now;
        var (seen, last) = _stayed.GetValueOrDefault(cluster);
        _stayed[cluster] = (new(seen.NoRoom + noRoom, seen.Failed + failed), last);
    }

    /// <summary>All sessions of a cluster have been looked at.</summary>
    public void EndLook(string cluster) => _stayed[cluster] = (default, _stayed.GetValueOrDefault(cluster).Now);

    /// <summary>The count so far.</summary>
    public MoveTally Tally()
    {
        var stayed = _stayed.Values.Select(cluster => cluster.Last ?? cluster.Now).ToList();
        return new(order.Zone, order.At, since, _moved, stayed.Sum(cluster => cluster.NoRoom), stayed.Sum(cluster => cluster.Failed), _lastMovedAt, LastFailure is { Length: > MaxFailureLength } text ? text[..MaxFailureLength] : LastFailure);
    }

    private readonly record struct Stayed(int NoRoom, int Failed);
}
