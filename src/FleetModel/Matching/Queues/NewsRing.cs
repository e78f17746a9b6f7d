using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Matching.Queues;

/// <summary>The latest of what happened to a queue's tickets, for those who follow it; older things fall off.</summary>
/// <param name="epoch">The life of the queue that counts.</param>
/// <param name="capacity">How much it keeps.</param>
public sealed class NewsRing(long epoch, int capacity)
{
    private readonly TicketChange[] _ring = new TicketChange[capacity];
    private long _end;

    /// <summary>Where it stands now.</summary>
    public NewsCursor Now => new(epoch, _end);

    /// <summary>Something happened, and is in the journal.</summary>
    public void Add(TicketChange change) => _ring[_end++ % capacity] = change;

    /// <summary>Whether there is anything to tell since a moment.</summary>
    public bool HasNews(NewsCursor after) => after != Now;

    /// <summary>What happened since a moment.</summary>
    /// <param name="after">The moment.</param>
    /// <param name="most">Most changes that are told at once; the next question goes on.</param>
    /// <param name="matches">Finds a match as it is in the journal.</param>
    public QueueNews Since(NewsCursor after, int most, Func<string, MatchRecord?> matches)
    {
        if (after.Epoch != epoch || after.Position > _end) return new(Now, true, [], []);
        var (hasGap, from) = (after.Position < _end - capacity, Math.Max(after.Position, _end - capacity));
        var changes = new TicketChange[Math.Min(_end - from, most)];
        for (var i = 0; i < changes.Length; i++) changes[i] = _ring[(from + i) % capacity];
        var told = changes.Select(change => change.Event.MatchId).OfType<string>().Distinct(StringComparer.Ordinal).Select(matches).OfType<MatchRecord>();
        return new(new(epoch, from + changes.Length), hasGap, changes, [.. told]);
    }
}
