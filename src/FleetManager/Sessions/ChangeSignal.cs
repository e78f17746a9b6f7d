namespace FleetSystem.FleetManager.Sessions;

/// <summary>
/// Wakes whoever waits for the next change. Each goes on in a turn of his own, and in a grain that is a turn of the grain: nothing passes
/// through the thread pool, as <c>WaitAsync</c> over a task that runs its continuations asynchronously does. One owner calls it, from one
/// thread at a time; only the cancellation may come from anywhere.
/// </summary>
internal sealed class ChangeSignal
{
    private List<TaskCompletionSource> _waiting = [];

    /// <summary>Waits for the next <see cref="Signal"/>.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    public async Task NextAsync(CancellationToken cancellationToken = default)
    {
        var woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add(woken);
        using var cancelled = cancellationToken.UnsafeRegister(static (waiter, token) => ((TaskCompletionSource)waiter!).TrySetCanceled(token), woken);
        try
        {
            await woken.Task;
        }
        finally
        {
            _waiting.Remove(woken);
        }
    }

    /// <summary>Wakes all that wait now.</summary>
    public void Signal()
    {
        var waiting = _waiting;
        _waiting = [];
        foreach (var woken in waiting) woken.TrySetResult();
    }
}
