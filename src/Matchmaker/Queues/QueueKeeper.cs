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
        var isAway = false;
        using var timer = new PeriodicTimer(options.Value.Queues.VerifyInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await grains.GetGrain<IMatchmakingQueueGrain>(queue).Verify();
                isAway = false;
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                if (!isAway) LogVerifyFailed(log, queue, fault);
                isAway = true;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Queue {QueueId} could not be woken; trying again")]
    private static partial void LogVerifyFailed(ILogger logger, string queueId, Exception fault);
}
