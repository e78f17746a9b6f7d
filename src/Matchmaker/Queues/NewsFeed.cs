using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Queues;

namespace FleetSystem.Matchmaker.Queues;

/// <summary>Tells hosts what happened to a queue's tickets, as soon as it is in the journal.</summary>
/// <param name="context">The queue.</param>
/// <param name="state">Its decisions.</param>
/// <param name="epoch">The life of the queue.</param>
internal sealed class NewsFeed(QueueContext context, QueueState state, long epoch)
{
    private readonly NewsRing _ring = new(epoch, context.Options.NewsCapacity);
    private readonly Waiters _waiting = new(context.Options.MaxWaitingCalls);

    /// <summary>A segment is in the journal.</summary>
    public void Add(SegmentDraft draft)
    {
        foreach (var change in draft.News)
        {
            _ring.Add(change);
            context.Metrics.Ticket(context.Id, change.Event.Status);
        }

        _waiting.Release(long.MaxValue);
    }

    /// <summary>What happened since a moment; waits for a while when nothing did.</summary>
    public async Task<QueueNews> SinceAsync(NewsCursor? after)
    {
        if (after is null) return new(_ring.Now, false, [], []);
        if (!_ring.HasNews(after)) await _waiting.WaitAsync(0, context.Now);
        return _ring.Since(after, context.Options.MaxNews, state.GetMatch);
    }

    /// <summary>Answers those who have waited long enough.</summary>
    public void Turn(DateTimeOffset now) => _waiting.ReleaseOlder(now - context.Options.NewsPollLimit);

    /// <summary>The queue's life is over.</summary>
    public void End() => _waiting.Fail($"Queue {context.Id} moves to another silo.");
}
