using FleetSystem.FleetModel.Grains;

namespace FleetSystem.Matchmaker.Queues;

/// <summary>
/// Calls that wait until the queue has come to a position, in the order of their positions. Each goes on in a turn of its own grain. One owner calls it, from one
/// thread at a time.
/// </summary>
/// <param name="most">Most that wait at once.</param>
internal sealed class Waiters(int most)
{
    private readonly Queue<(long Position, DateTimeOffset Since, TaskCompletionSource Woken)> _waiting = new();

    /// <summary>How many wait.</summary>
    public int Count => _waiting.Count;

    /// <summary>Waits for a position, not below that of whoever came before.</summary>
    /// <exception cref="QueueUnavailableException">Too many wait.</exception>
    public Task WaitAsync(long position, DateTimeOffset now)
    {
        if (_waiting.Count >= most) throw new QueueUnavailableException($"{most} calls of the queue wait already.");
        var woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue((position, now, woken));
        return woken.Task;
    }

    /// <summary>Wakes all that wait for a position up to this one.</summary>
    public void Release(long through)
    {
        while (_waiting.TryPeek(out var first) && first.Position <= through) _waiting.Dequeue().Woken.TrySetResult();
    }

    /// <summary>Wakes those that have waited since a moment or longer.</summary>
    public void ReleaseOlder(DateTimeOffset since)
    {
        while (_waiting.TryPeek(out var first) && first.Since <= since) _waiting.Dequeue().Woken.TrySetResult();
    }

    /// <summary>Fails those that have waited since a moment or longer.</summary>
    public void FailOlder(DateTimeOffset since, string reason)
    {
        while (_waiting.TryPeek(out var first) && first.Since <= since) _waiting.Dequeue().Woken.TrySetException(new QueueUnavailableException(reason));
    }

    /// <summary>Fails all.</summary>
    public void Fail(string reason) => FailOlder(DateTimeOffset.MaxValue, reason);
}
