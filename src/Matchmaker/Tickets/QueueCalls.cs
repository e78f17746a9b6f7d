using FleetSystem.FleetModel.Grains;
using FleetSystem.Matchmaker.Api;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Tickets;

/// <summary>
/// Calls a queue's grain for a caller who wants an answer, also when the silo that runs it dies, stops or gives the queue to another meanwhile: then it is asked
/// again, because every operation on a queue may be repeated.
/// </summary>
internal sealed partial class QueueCalls(IGrainFactory grains, IOptions<MatchmakerOptions> options, TimeProvider time, ILogger<QueueCalls> log)
{
    /// <summary>Asks until there is an answer.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="call">The operation, which may be repeated.</param>
    /// <param name="lasts">How long the operation itself may take; the calls' patience comes on top.</param>
    /// <exception cref="TimeoutException">No answer came for as long as the calls' patience.</exception>
    /// <exception cref="OrleansException">No try got through for as long.</exception>
    public Task<T> AskAsync<T>(string queue, Func<IMatchmakingQueueGrain, Task<T>> call, TimeSpan lasts = default) =>
        CallRetry.AskAsync(() => call(grains.Reach<IMatchmakingQueueGrain>(queue)), lasts, options.Value.CallPatience, time, fault => LogAskedAgain(log, queue, fault.Message));

    [LoggerMessage(Level = LogLevel.Information, Message = "Queue {QueueId} could not be asked and is asked again: {Reason}")]
    private static partial void LogAskedAgain(ILogger logger, string queueId, string reason);
}
