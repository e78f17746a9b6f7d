using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;

namespace FleetSystem.Matchmaker.Regions;

/// <summary>Caches every region's status in this silo: one question a region and interval, however many players ask.</summary>
[StatelessWorker(1), Reentrant]
internal sealed partial class RegionDirectoryGrain(
    IOptions<FleetSystemOptions> system, IOptions<MatchmakerOptions> options, TimeProvider time, ILogger<RegionDirectoryGrain> log) : Grain, IRegionDirectoryGrain
{
    private readonly Dictionary<string, RegionStatus> _known = new(StringComparer.Ordinal);
    private Task _refreshing = Task.CompletedTask;
    private DateTimeOffset _refreshedAt;

    public async Task<IReadOnlyList<RegionStatus>> List()
    {
        if (time.GetUtcNow() - _refreshedAt >= options.Value.RegionRefreshInterval && _refreshing.IsCompleted) _refreshing = RefreshAsync();

        // Only the first question waits; later ones are answered with what is known.
        if (_known.Count == 0) await _refreshing;
        return [.. system.Value.Regions.Where(region => _known.ContainsKey(region.Id)).Select(region => _known[region.Id])];
    }

    private async Task RefreshAsync()
    {
        _refreshedAt = time.GetUtcNow();
        await Task.WhenAll(system.Value.Regions.Select(async region =>
        {
            try
            {
                _known[region.Id] = await GrainFactory.Reach<IRegionGrain>(region.Id).GetStatus();
            }
            catch (Exception fault)
            {
                LogRefreshFailed(log, region.Id, fault);
            }
        }));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The status of region {RegionId} could not be asked for; the last known one stays")]
    private static partial void LogRefreshFailed(ILogger logger, string regionId, Exception fault);
}
