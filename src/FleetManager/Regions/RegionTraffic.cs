using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Operations;
using FleetSystem.FleetModel.Routing;

namespace FleetSystem.FleetManager.Regions;

/// <summary>
/// Brings a region's standard accelerator to what is wanted of it: looks, plans, changes, looks again; at a bounded pace, with back-off, and
/// never while an earlier change is being deployed. Nothing waits for it. Belongs to the region's grain and runs on its scheduler alone.
/// </summary>
internal sealed partial class RegionTraffic(
    string region, StandardAcceleratorOptions accelerator, FleetManagerOptions options, IAcceleratorControlPlane api, TimeProvider time, ILogger<RegionTraffic> log)
{
    /// <summary>How often it is looked whether something is due.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly Backoff _backoff = new(options.TrafficBackoffMax, options.Seed);
    private WantedTraffic _wanted = WantedTraffic.Nothing;
    private TrafficIntent? _intent;
    private EndpointGroupTraffic? _actual;
    private DateTimeOffset? _seenAt;
    private TrafficState _state;
    private DateTimeOffset _since = time.GetUtcNow();
    private string? _lastError;
    private DateTimeOffset _due = time.GetUtcNow();
    private DateTimeOffset? _asked;
    private bool _running;

    /// <summary>The dial that was there when it was looked at last, or null before that.</summary>
    public double? ActualDialPercent => _actual?.DialPercent;

    /// <summary>How it stands.</summary>
    public TrafficStatus Status => new(_wanted.DialPercent, _wanted.Weights, _intent, _actual, _seenAt, _state, _since, _lastError);

    /// <summary>Takes in what is wanted from now on.</summary>
    public void Want(double? dialPercent, TrafficIntent? intent)
    {
        _intent = intent;
        var weights = accelerator.Endpoints.ToDictionary(endpoint => endpoint.EndpointId, endpoint => endpoint.Weight, StringComparer.Ordinal);
        foreach (var (endpoint, weight) in intent?.Weights ?? new Dictionary<string, int>()) weights[endpoint] = weight;
        _wanted = new WantedTraffic(dialPercent, weights);
        if (_actual is { } actual && TrafficPlanner.Next(_wanted, actual) is not null && _state == TrafficState.Settled) Become(TrafficState.Changing);

        // A new wish does not hurry an API that is failing.
        if (!_backoff.IsFailing) _due = Earliest();
    }

    /// <summary>Does what is due.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (_running || time.GetUtcNow() < _due) return;
        _running = true;
        _asked = time.GetUtcNow();
        try
        {
            _actual = await api.GetTrafficAsync(accelerator, region, cancellationToken);
            _seenAt = time.GetUtcNow();
            await TakeStepAsync(_actual, cancellationToken);
            _backoff.Reset();
        }
        catch (AcceleratorUnavailableException fault)
        {
            _lastError = fault.Message;
            if (fault.IsInProgress) Become(TrafficState.WaitingForDeployment);
            else Become(TrafficState.Failing);
            LogFailed(log, region, fault.Message);
            _due = time.GetUtcNow() + _backoff.Next();
        }
        finally
        {
            _running = false;
        }
    }

    private async Task TakeStepAsync(EndpointGroupTraffic actual, CancellationToken cancellationToken)
    {
        if (TrafficPlanner.Next(_wanted, actual) is not { } change)
        {
            Become(TrafficState.Settled);
            _lastError = null;
            _due = time.GetUtcNow() + options.TrafficRefreshInterval;
            return;
        }

        if (!actual.IsDeployed)
        {
            Become(TrafficState.WaitingForDeployment);
            _due = Earliest();
            return;
        }

        Become(TrafficState.Changing);
        await api.SetTrafficAsync(accelerator, actual.Arn, change, cancellationToken);
        LogChanged(log, region, change.DialPercent, change.Endpoints?.Count ?? 0);
        _due = Earliest();
    }

    private DateTimeOffset Earliest() => (_asked ?? DateTimeOffset.MinValue) + options.TrafficUpdateInterval;

    private void Become(TrafficState state)
    {
        if (_state == state) return;
        (_state, _since) = (state, time.GetUtcNow());
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The standard accelerator of region {RegionId} was changed: dial {DialPercent} (none: stays), {Endpoints} endpoints (0: stay)")]
    private static partial void LogChanged(ILogger logger, string regionId, double? dialPercent, int endpoints);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The standard accelerator of region {RegionId} could not be brought to what is wanted; it is tried again: {Reason}")]
    private static partial void LogFailed(ILogger logger, string regionId, string reason);
}
