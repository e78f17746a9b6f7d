using System;
using System.Threading;
using System.Threading.Tasks;

namespace FleetSystem.GameClient;

/// <summary>Waiting on a clock.</summary>
internal static class ClockExtensions
{
    /// <summary>Waits.</summary>
    /// <exception cref="OperationCanceledException">Cancelled first.</exception>
    public static async Task DelayAsync(this IClock clock, TimeSpan due, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        using (clock.After(due, () => done.TrySetResult(true)))
        using (cancellationToken.Register(() => done.TrySetCanceled(cancellationToken)))
            await done.Task.ConfigureAwait(false);
    }

    /// <summary>Cancels a source after a time; dispose what is returned when the work is done, before the source.</summary>
    public static IDisposable CancelAfter(this IClock clock, CancellationTokenSource source, TimeSpan due) => clock.After(due, () =>
    {
        try
        {
            source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The work ended at the same moment.
        }
    });
}
