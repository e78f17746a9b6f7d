using FleetSystem.FleetManager.Events;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Dashboard.Live;

/// <summary>
/// Looks at all regions for all open pages of this process: however many there are, a region is asked once each interval, and seldom while there is
/// none. A region that does not answer is shown as it was last. What has changed from one look to the next is kept as events.
/// </summary>
internal sealed partial class FleetWatch(
    IGrainFactory grains, IOptions<FleetSystemOptions> system, IOptions<DashboardOptions> options, EventLog events, TimeProvider time, ILogger<FleetWatch> log) : BackgroundService
{
    private readonly Lock _changing = new();
    private Action[] _watchers = [];
    private volatile FleetReading _current = new(
        time.GetUtcNow(), system.Value.Cell, [.. system.Value.Regions.Select(region => new RegionReading(region.Id, [.. region.Zones]))]);

    /// <summary>The newest reading.</summary>
    public FleetReading Current => _current;

    /// <summary>Pages that watch.</summary>
    public int Watchers => Volatile.Read(ref _watchers).Length;

    /// <summary>Calls somebody after each reading, until what is returned is disposed. The call must not take long.</summary>
    public IDisposable Watch(Action changed)
    {
        // Told apart from another watch with the same call.
        Action mine = () => changed();
        lock (_changing) _watchers = [.. _watchers, mine];
        return new Watcher(() =>
        {
            lock (_changing) _watchers = [.. _watchers.Where(watcher => watcher != mine)];
        });
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Interval, time);
        DateTimeOffset? point = null;
        do
        {
            var now = time.GetUtcNow();
            var isPoint = point is not { } last || now - last >= options.Value.HistoryInterval;
            if (!isPoint && Watchers == 0) continue;
            if (isPoint) point = now;
            var regions = await Task.WhenAll(_current.Regions.Select(region => ReadAsync(region, isPoint, stoppingToken)));
            foreach (var (before, after) in _current.Regions.Zip(regions)) events.Append(RegionEvents.Between(before, after, after.AnsweredAt ?? now));
            _current = _current with { At = time.GetUtcNow(), Regions = regions };
            Tell();
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<RegionReading> ReadAsync(RegionReading before, bool isPoint, CancellationToken stopping)
    {
        try
        {
            var status = await grains.GetGrain<IRegionGrain>(before.Region).GetStatus().WaitAsync(options.Value.Patience, time, stopping);
            var now = time.GetUtcNow();
            return before with { Status = status, AnsweredAt = now, Fault = null, History = isPoint ? With(before.History, status, now) : before.History };
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            if (before.Fault is null) LogSilent(log, before.Region, fault.Message);
            return before with { Fault = fault is TimeoutException ? $"no answer within {options.Value.Patience.TotalSeconds:0.#} s" : fault.Message };
        }
    }

    private IReadOnlyList<HistoryPoint> With(IReadOnlyList<HistoryPoint> history, RegionStatus status, DateTimeOffset now) =>
        [.. history.Skip(Math.Max(0, history.Count + 1 - options.Value.HistoryPoints)), HistoryPoint.Of(status, now, history.Count > 0 ? history[^1] : null, FleetsOf(status.Region))];

    private IReadOnlyList<FleetOptions> FleetsOf(string region) =>
        [.. system.Value.Fleets.Where(fleet => fleet.RunsIn(region)).Take(options.Value.HistoryFleets)];

    private void Tell()
    {
        foreach (var watcher in Volatile.Read(ref _watchers))
        {
            try
            {
                watcher();
            }
            catch (Exception fault)
            {
                // A page's fault is not the others'.
                LogWatcherFailed(log, fault);
            }
        }
    }

    private sealed class Watcher(Action end) : IDisposable
    {
        public void Dispose() => end();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Region {RegionId} did not answer the dashboard; it is shown as it was: {Reason}")]
    private static partial void LogSilent(ILogger logger, string regionId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A page of the dashboard could not be told of a reading")]
    private static partial void LogWatcherFailed(ILogger logger, Exception fault);
}
