using System.Globalization;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Operations;
using FleetSystem.FleetModel.Placement;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Sizing;
using FleetSystem.FleetModel.Zones;

namespace FleetSystem.FleetManager.Regions;

/// <summary>What operators do with the region. Each change is written in one piece with its entry of the audit log.</summary>
internal sealed partial class RegionGrain
{
    // Who the audit log says it was.
    private const string ZoneMonitorName = "zone-monitor";

    private static readonly TimeSpan CountPatience = TimeSpan.FromSeconds(1);

    /// <summary>Why the region takes no new sessions, or null. A dial of 0 does not keep players out by itself: accelerators ignore dials while they fail over.</summary>
    private string? Refusal => store.State switch
    {
        { Intent: { Drained: true } drained } => Refused("drained", drained.By, drained.At, drained.Reason),
        { Traffic: { DialPercent: <= 0 } dialled } => Refused("dialled to 0", dialled.By, dialled.At, dialled.Reason),
        _ => null,
    };

    /// <summary>The dial that is wanted; null while no operator has ever said anything that concerns it.</summary>
    private double? WantedDial => store.State.Intent is { Drained: true } ? TrafficIntent.MinDial : store.State.Traffic?.DialPercent ?? store.State.DialBeforeDrain;

    public async Task<RegionIntent> SetRegion(RegionIntent intent)
    {
        intent = intent with { At = time.GetUtcNow(), SessionsThen = intent.Drained ? await CountSessionsAsync(null) : null };
        await StoreAsync(
            state =>
            {
                _audit.Append(state, AuditKind.Region, Region, intent.By, intent.Reason, state.Intent, intent);
                if (intent.Drained && _traffic is not null) state.DialBeforeDrain ??= _traffic.ActualDialPercent ?? TrafficIntent.MaxDial;
                state.Intent = intent;
            },
            CancellationToken.None);
        LogRegionIntent(log, Region, intent.Drained ? "drained" : "opened", intent.By, intent.Reason);
        _traffic?.Want(WantedDial, store.State.Traffic);
        await RankAsync();
        return intent;
    }

    public async Task<ZoneStatus?> SetZone(ZoneIntent intent)
    {
        if (!_zones.Has(intent.Zone)) return null;
        intent = intent with { At = time.GetUtcNow(), SessionsThen = intent.Evacuate ? await CountSessionsAsync(intent.Zone) : null };
        await StoreAsync(
            state =>
            {
                _audit.Append(state, AuditKind.Zone, intent.Zone, intent.By, intent.Reason, state.ZoneIntents.FirstOrDefault(known => known.Zone == intent.Zone), intent);
                state.ZoneIntents = RegionZones.With(state.ZoneIntents, intent);
            },
            CancellationToken.None);
        _zones.Want(store.State.ZoneIntents, intent);
        LogZoneIntent(log, Region, intent.Zone, intent.Evacuate ? "evacuated" : "let in again", intent.By, intent.Reason);
        return _zones.Statuses().First(zone => zone.Zone == intent.Zone);
    }

    public async Task<RouteIntent> SetRoute(RouteIntent intent)
    {
        intent = intent with { At = time.GetUtcNow() };
        await StoreAsync(
            state =>
            {
                _audit.Append(state, AuditKind.Routes, Region, intent.By, intent.Reason, state.Route, intent);
                state.Route = intent;
            },
            CancellationToken.None);
        LogRouteIntent(log, Region, intent.Kind, intent.ExpiresAt, intent.By, intent.Reason);
        return intent;
    }

    public async Task<TrafficIntent?> SetTraffic(TrafficIntent intent)
    {
        if (_traffic is null) return null;
        await StoreAsync(
            state =>
            {
                var before = state.Traffic;
                var weights = new Dictionary<string, int>(before?.Weights ?? new Dictionary<string, int>(), StringComparer.Ordinal);
                foreach (var (endpoint, weight) in intent.Weights) weights[endpoint] = weight;
                intent = intent with { DialPercent = intent.DialPercent ?? before?.DialPercent, Weights = weights, At = time.GetUtcNow() };
                _audit.Append(state, AuditKind.Traffic, Region, intent.By, intent.Reason, before, intent);
                state.Traffic = intent;
            },
            CancellationToken.None);
        LogTrafficIntent(log, Region, intent.DialPercent, intent.By, intent.Reason);
        _traffic.Want(WantedDial, store.State.Traffic);
        await RankAsync();
        return intent;
    }

    public Task<IReadOnlyList<FleetBounds>> ListFleetBounds() => Task.FromResult(store.State.FleetBounds);

    public async Task<bool> SetFleetBounds(FleetBounds bounds, BufferPolicy? expected, AuditNote note)
    {
        var isAsExpected = false;
        await StoreAsync(
            state =>
            {
                var known = state.FleetBounds.FirstOrDefault(one => IsOf(one, bounds));
                isAsExpected = known?.Policy == expected;
                if (!isAsExpected) return;
                _audit.Append(state, note);
                var others = state.FleetBounds.Where(one => !IsOf(one, bounds));
                state.FleetBounds = bounds.Policy is null ? [.. others] : [.. others, bounds with { At = time.GetUtcNow() }];
            },
            CancellationToken.None);
        return isAsExpected;

        static bool IsOf(FleetBounds one, FleetBounds other) => one.Cluster == other.Cluster && one.AgonesFleet == other.AgonesFleet;
    }

    public Task Record(AuditNote note) => StoreAsync(state => _audit.Append(state, note), CancellationToken.None);

    public Task<AuditPage> GetAudit(long before, int most) => _audit.ReadAsync(store.State, before, most);

    /// <summary>Stores what operators want of clusters, all of it or nothing, and then goes by it. What an intent leaves out stays, or is as configured.</summary>
    private async Task<IReadOnlyList<ClusterIntent>> WantAsync(IReadOnlyList<ClusterIntent> wanted, AuditKind kind, bool asConfigured = false)
    {
        IReadOnlyList<ClusterIntent> made = [];
        await StoreAsync(state =>
        {
            made = [.. wanted.Select(intent =>
            {
                var before = state.Intents.FirstOrDefault(known => known.Cluster == intent.Cluster);
                var after = (asConfigured ? intent : intent with { Priority = intent.Priority ?? before?.Priority, Weight = intent.Weight ?? before?.Weight }) with { At = time.GetUtcNow() };
                _audit.Append(state, kind, after.Cluster, after.By, after.Reason, before, after);
                return after;
            })];
            state.Intents = [.. state.Intents.Where(known => made.All(intent => intent.Cluster != known.Cluster)), .. made];
        }, CancellationToken.None);
        foreach (var intent in made) LogIntent(log, intent.Cluster, Region, intent.Priority, intent.Weight, intent.By, intent.Reason);
        await RankAsync();
        return made;
    }

    private string Refused(string how, string by, DateTimeOffset at, string reason) =>
        string.Create(CultureInfo.InvariantCulture, $"region {Region} is {how} by {by} since {at:yyyy-MM-dd HH:mm:ss}Z: {reason}");

    private Task RankAsync()
    {
        _ranking.Want(store.State.Intents, Refusal);
        return _ranking.RunAsync(CancellationToken.None);
    }

    /// <summary>Sessions of a zone, or of the region, for those who want to know later how far it is; null where a cluster does not say at once: an evacuation does not wait for a number.</summary>
    private async Task<int?> CountSessionsAsync(string? zone)
    {
        try
        {
            var clusters = system.Value.Clusters.Where(cluster => cluster.Region == Region).Select(cluster => GrainFactory.GetGrain<IClusterGrain>(cluster.Id).GetStatus());
            return Evacuation.SessionsIn(await Task.WhenAll(clusters).WaitAsync(CountPatience, time), zone);
        }
        catch (Exception fault) when (fault is TimeoutException or OrleansException)
        {
            LogNotCounted(log, Region, fault.Message);
            return null;
        }
    }

    /// <summary>Keeps what the zone monitor has judged, for the audit log alone: a zone's standing itself is an observation, and is not stored.</summary>
    private async Task RecordVerdictsAsync(CancellationToken cancellationToken)
    {
        var verdicts = _zones.TakeVerdicts();
        if (verdicts.Count == 0) return;
        try
        {
            await StoreAsync(
                state =>
                {
                    foreach (var verdict in verdicts) _audit.Append(state, AuditKind.ZoneVerdict, verdict.Zone, ZoneMonitorName, verdict.Reason, verdict.Before, verdict.After);
                },
                cancellationToken);
        }
        catch (SessionUnavailableException fault)
        {
            // The log has them; sessions go by the verdict whether or not it could be kept.
            LogVerdictsNotKept(log, Region, verdicts.Count, fault.Message);
        }
    }

    /// <summary>Moves sessions where operators want that, as long as they do.</summary>
    private Task MoveAsync(CancellationToken cancellationToken)
    {
        var orders = store.State.ZoneIntents
            .Where(intent => intent is { Evacuate: true, MoveRunning: true })
            .Select(intent => new MoveOrder(intent.Zone, intent.At, $"zone {intent.Zone} was evacuated by {intent.By}: {intent.Reason}"));
        if (store.State.Intent is { Drained: true, MoveRunning: true } drained)
            orders = [new MoveOrder(null, drained.At, $"region {Region} was drained by {drained.By}: {drained.Reason}")];
        return _moves.RunAsync([.. orders], GetStatus, _zones.HasTold, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Cluster {ClusterId} of region {RegionId} is asked with priority {Priority} and weight {Weight} (none: as configured), as {By} wants: {Reason}")]
    private static partial void LogIntent(ILogger logger, string clusterId, string regionId, int? priority, int? weight, string by, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Region {RegionId}: how many sessions ran when it was evacuated is not known: {Reason}")]
    private static partial void LogNotCounted(ILogger logger, string regionId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} verdicts on zones of region {RegionId} could not be kept for the audit log: {Reason}")]
    private static partial void LogVerdictsNotKept(ILogger logger, string regionId, int count, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Region {RegionId} was {Act} by {By}: {Reason}")]
    private static partial void LogRegionIntent(ILogger logger, string regionId, string act, string by, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The standard accelerator of region {RegionId} shall have dial {DialPercent} (none: as before), as {By} wants: {Reason}")]
    private static partial void LogTrafficIntent(ILogger logger, string regionId, double? dialPercent, string by, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Zone {ZoneId} of region {RegionId} was {Act} by {By}: {Reason}")]
    private static partial void LogZoneIntent(ILogger logger, string regionId, string zoneId, string act, string by, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "In region {RegionId} route {RouteKind} (none: each by its state) comes first until {ExpiresAt}, as {By} wants: {Reason}")]
    private static partial void LogRouteIntent(ILogger logger, string regionId, RouteKind? routeKind, DateTimeOffset expiresAt, string by, string reason);
}
