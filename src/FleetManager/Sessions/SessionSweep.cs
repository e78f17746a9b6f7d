using FleetSystem.FleetManager.Storage;
using FleetSystem.FleetModel.Grains;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Sessions;

/// <summary>
/// Looks at every stored session again and again, first right after the start: interrupted allocations go on, sessions whose server vanished
/// while nobody watched find out, and expired ones end.
/// </summary>
internal sealed partial class SessionSweep(
    IGrainFactory grains, IGrainStateIndex index, IOptions<FleetManagerOptions> options, TimeProvider time, ILogger<SessionSweep> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.SessionSweepInterval, time);
        do
        {
            try
            {
                await Parallel.ForEachAsync(
                    index.ListAsync(SessionGrainState.Name, stoppingToken),
                    new ParallelOptions { MaxDegreeOfParallelism = options.Value.SessionSweepConcurrency, CancellationToken = stoppingToken },
                    async (entry, _) => await VerifyAsync(entry.GrainId));
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                LogSweepFailed(log, fault);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task VerifyAsync(GrainId session)
    {
        try
        {
            await grains.GetGrain<ISessionGrain>(session.Key.ToString()!).Verify();
        }
        catch (Exception fault)
        {
            LogVerifyFailed(log, session.Key.ToString()!, fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The stored sessions could not be listed; trying again at the next sweep")]
    private static partial void LogSweepFailed(ILogger logger, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {SessionId} could not be looked at; trying again at the next sweep")]
    private static partial void LogVerifyFailed(ILogger logger, string sessionId, Exception fault);
}
