using FleetSystem.FleetModel.Grains;

namespace FleetSystem.Matchmaker.Api;

/// <summary>Makes a call that may be repeated until there is an answer, also when the silo that would give it dies, stops or hands its grain on meanwhile.</summary>
internal static class CallRetry
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MostPause = TimeSpan.FromSeconds(1);

    /// <summary>Asks until there is an answer.</summary>
    /// <param name="call">The call.</param>
    /// <param name="lasts">How long the operation itself may take; the patience comes on top.</param>
    /// <param name="patience">How long it is asked again without a try that gets through.</param>
    /// <param name="time">The clock.</param>
    /// <param name="askedAgain">Told of each fault after which it is asked again.</param>
    /// <exception cref="TimeoutException">No answer came in that time. Where a try failed, its fault is thrown instead: it says more.</exception>
    public static async Task<T> AskAsync<T>(Func<Task<T>> call, TimeSpan lasts, TimeSpan patience, TimeProvider time, Action<Exception> askedAgain)
    {
        var until = time.GetUtcNow() + lasts + patience;
        DateTimeOffset? failing = null;
        Exception? latest = null;
        for (var pause = FirstPause; ; pause = pause * 2 < MostPause ? pause * 2 : MostPause)
        {
            var left = until - time.GetUtcNow();
            if (left <= TimeSpan.Zero) throw latest ?? new TimeoutException();
            try
            {
                return await call().WaitAsync(left, time);
            }
            catch (Exception fault) when (IsPassing(fault) && time.GetUtcNow() + pause - (failing ?? time.GetUtcNow()) < patience)
            {
                failing ??= time.GetUtcNow();
                latest = fault;
                askedAgain(fault);
            }

            await Task.Delay(pause, time);
        }
    }

    // What another silo may answer, or the same one in a moment. A time-out is none: it is this call's own, and all there was.
    private static bool IsPassing(Exception fault) => fault is SiloUnavailableException or OrleansMessageRejectionException or SessionUnavailableException or QueueUnavailableException
        or Orleans.Runtime.Messaging.ConnectionFailedException;
}
