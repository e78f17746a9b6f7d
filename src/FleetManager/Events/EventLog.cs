using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Events;

/// <summary>What this host has seen change lately, in memory: the newest of each kind. For any thread.</summary>
internal sealed class EventLog(IOptions<EventOptions> options)
{
    private readonly Lock _writing = new();
    private readonly Dictionary<EventKind, LinkedList<FleetEvent>> _kinds = [];
    private long _sequence;

    /// <summary>Takes events in.</summary>
    public void Append(IEnumerable<FleetEvent> events)
    {
        lock (_writing)
        {
            foreach (var happened in events) Append(happened);
        }
    }

    /// <summary>The events, newest first.</summary>
    /// <param name="kind">Their kind, or null for all.</param>
    /// <param name="region">Their region, or null for all.</param>
    public IReadOnlyList<FleetEvent> Read(EventKind? kind = null, string? region = null)
    {
        lock (_writing)
        {
            return [.. _kinds.Where(known => (kind ?? known.Key) == known.Key).SelectMany(known => known.Value)
                .Where(happened => (region ?? happened.Region) == happened.Region)
                .OrderByDescending(happened => happened.At).ThenByDescending(happened => happened.Sequence)];
        }
    }

    private void Append(FleetEvent happened)
    {
        if (!_kinds.TryGetValue(happened.Kind, out var kept)) _kinds[happened.Kind] = kept = [];
        if (happened.Episode is not null && Find(kept, happened) is { } going)
        {
            going.Value = going.Value with { Until = happened.At, Count = going.Value.Count + happened.Count };
            return;
        }

        kept.AddLast(happened with { Sequence = ++_sequence });
        if (kept.Count > options.Value.MaxPerKind) kept.RemoveFirst();
    }

    /// <summary>The event that goes on in another, or null.</summary>
    private LinkedListNode<FleetEvent>? Find(LinkedList<FleetEvent> kept, FleetEvent happened)
    {
        for (var node = kept.Last; node is not null; node = node.Previous)
        {
            var known = node.Value;
            if (known.Episode == happened.Episode && known.Region == happened.Region && known.Subject == happened.Subject)
                return happened.At - (known.Until ?? known.At) <= options.Value.EpisodeGap ? node : null;
        }

        return null;
    }
}
