using FleetSystem.FleetModel.Grains;

namespace FleetSystem.FleetManager.Sessions;

/// <summary>
/// Tells the regions once a second how this silo's allocations went, so that one question to a region answers for all silos. No allocation waits for
/// it; what is lost on the way is missing from a chart.
/// </summary>
internal sealed partial class AllocationReporter(IGrainFactory grains, AllocationTallies tallies, TimeProvider time, ILogger<AllocationReporter> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var region in tallies.Take())
            {
                try
                {
                    await grains.GetGrain<IRegionGrain>(region.Key).NoteAllocations([.. region]);
                }
                catch (Exception fault) when (fault is not OperationCanceledException)
                {
                    LogNotTold(log, region.Key, fault.Message);
                }
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Region {RegionId} was not told how allocations went: {Reason}")]
    private static partial void LogNotTold(ILogger logger, string regionId, string reason);
}
