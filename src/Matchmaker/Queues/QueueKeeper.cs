using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Queues;

/// <summary>Wakes the configured queues again and again, so that one whose silo has died goes on without a caller.</summary>
internal sealed partial class QueueKeeper(
    IGrainFactory grains, IOptions<FleetSystemOptions> system, IOptions<MatchmakerOptions> options, TimeProvider time, ILogger<QueueKeeper> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(system.Value.Queues.Select(queue => KeepAsync(queue.Id, stoppingToken)));

    private async Task KeepAsync(string queue, CancellationToken stoppingToken)
    {
        var failures = 0;
        using var timer = new PeriodicTimer(options.Value.Queues.VerifyInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await grains.GetGrain<IMatchmakingQueueGrain>(queue).Verify();
                failures = 0;
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                // Once is what happens until the silos have met. It is told when it stays so, and once.
                if (++failures == 2) LogVerifyFailed(log, queue, fault.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue {QueueId} could not be woken twice; trying again: {Reason}")]
    private static partial void LogVerifyFailed(ILogger logger, string queueId, string reason);
}
