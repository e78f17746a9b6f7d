using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Zones;

namespace FleetSystem.FleetManager.Regions;

/// <summary>A zone before or after a verdict, as the audit log keeps it.</summary>
/// <param name="Phase">Where it stood.</param>
/// <param name="AdmittedShare">Share of new sessions that it took, 0 to 1.</param>
internal sealed record ZoneStanding(ZonePhase Phase, double AdmittedShare);

/// <summary>The zone monitor's word on a zone.</summary>
internal sealed record ZoneVerdict(string Zone, ZoneStanding Before, ZoneStanding After, string Reason);

/// <summary>
/// The zones of one region: what its clusters report of them, the monitor's verdicts, and what operators want. Both are merged into what the
/// clusters are told. No I/O; one owner calls it, from one thread at a time.
/// </summary>
internal sealed partial class RegionZones(string region, IReadOnlyList<string> zones, ZoneMonitorOptions options, ZoneMetrics metrics, TimeProvider time, ILogger log)
{
    // Of a region whose store cannot be written; the oldest go.
    private const int MaxVerdicts = 100;

    private readonly Queue<ZoneVerdict> _verdicts = new();
    private readonly Dictionary<string, (ZoneReport Report, DateTimeOffset At)> _reports = new(StringComparer.Ordinal);
    private IReadOnlyList<ZoneHealth> _zones = [.. zones.Select(zone => new ZoneHealth { Zone = zone })];

    /// <summary>The last word of an operator on each zone that there was one on.</summary>
    public IReadOnlyList<ZoneIntent> Intents { get; set; } = [];

    /// <summary>Takes a cluster's report in, and judges the zones anew.</summary>
    /// <returns>What the cluster shall do.</returns>
    public IReadOnlyList<ZoneDirective> Report(ZoneReport report)
    {
        var now = time.GetUtcNow();
        _reports[report.Cluster] = (report, now);
        foreach (var late in _reports.Where(pair => now - pair.Value.At > options.StaleAfter).Select(pair => pair.Key).ToList()) _reports.Remove(late);
        List<ZoneHealth> known = [.. _zones.Select(zone => report.Held.FirstOrDefault(held => held.Zone == zone.Zone) is { } held ? ZoneMonitor.Adopt(zone, held, options) : zone)];
        var seen = _reports.Values.SelectMany(one => one.Report.Zones).GroupBy(zone => zone.Zone).ToDictionary(group => group.Key, group => group.Aggregate((sum, next) => sum.Plus(next)));
        var next = ZoneMonitor.Next(known, seen, ClosedZones(), now, options);

        // What was adopted from a cluster is no verdict of now: whoever was the region before has told it.
        foreach (var (before, after) in known.Zip(next).Where(pair => (pair.First.Phase, pair.First.Step) != (pair.Second.Phase, pair.Second.Step)))
            _verdicts.Enqueue(new ZoneVerdict(after.Zone, StandingOf(before), StandingOf(after), after.Reason));
        while (_verdicts.Count > MaxVerdicts) _verdicts.Dequeue();
        Become(next);
        metrics.Show(region, Statuses());
        return Directives();
    }

    /// <summary>The monitor's verdicts since they were taken last, oldest first.</summary>
    public IReadOnlyList<ZoneVerdict> TakeVerdicts()
    {
        if (_verdicts.Count == 0) return [];
        List<ZoneVerdict> taken = [.. _verdicts];
        _verdicts.Clear();
        return taken;
    }

    /// <summary>The intents after one more.</summary>
    public static IReadOnlyList<ZoneIntent> With(IReadOnlyList<ZoneIntent> intents, ZoneIntent intent) => [.. intents.Where(other => other.Zone != intent.Zone), intent];

    /// <summary>
    /// Goes by the intents, one of which is new. A zone that is let in again, whoever evacuated it, takes the first step now, or the share that
    /// the operator named.
    /// </summary>
    public void Want(IReadOnlyList<ZoneIntent> intents, ZoneIntent changed)
    {
        if (!changed.Evacuate) Become([.. _zones.Select(health => health.Zone == changed.Zone ? LetIn(health, changed) : health)]);
        Intents = intents;
    }

    /// <summary>Whether a cluster has been told how its zones stand since a moment.</summary>
    public bool HasTold(string cluster, DateTimeOffset since) => _reports.TryGetValue(cluster, out var report) && report.At > since;

    /// <summary>Whether the region has a zone.</summary>
    public bool Has(string zone) => _zones.Any(health => health.Zone == zone);

    /// <summary>Where each zone stands.</summary>
    public IReadOnlyList<ZoneStatus> Statuses() => [.. _zones.Select(Status)];

    private ZoneStanding StandingOf(ZoneHealth zone) => new(zone.Phase, zone.AdmittedShare(options));

    private IReadOnlyList<ZoneDirective> Directives() =>
        [.. Statuses().Where(zone => zone.AdmittedShare < 1).Select(zone => new ZoneDirective(zone.Zone, zone.AdmittedShare, zone.Reason, zone.Since!.Value, zone.By))];

    private ZoneHealth LetIn(ZoneHealth zone, ZoneIntent intent)
    {
        if (intent.Share is not null) return ZoneMonitor.Open(zone, time.GetUtcNow());
        return Status(zone) is { Phase: ZonePhase.Evacuated } or { By: not null } ? ZoneMonitor.Restore(zone, time.GetUtcNow()) : zone;
    }

    private ZoneStatus Status(ZoneHealth zone) => Intents.FirstOrDefault(intent => intent.Zone == zone.Zone) switch
    {
        { Evacuate: true } intent => new ZoneStatus(zone.Zone, ZonePhase.Evacuated, 0, intent.Reason, intent.At, intent.By),
        { Share: { } share } intent when share < zone.AdmittedShare(options) => new ZoneStatus(zone.Zone, ZonePhase.Restoring, share, intent.Reason, intent.At, intent.By),
        _ => new ZoneStatus(zone.Zone, zone.Phase, zone.AdmittedShare(options), zone.Phase == ZonePhase.Healthy ? "" : zone.Reason, zone.Since, null),
    };

    private HashSet<string> ClosedZones() => Intents.Where(intent => intent.Evacuate).Select(intent => intent.Zone).ToHashSet(StringComparer.Ordinal);

    private void Become(IReadOnlyList<ZoneHealth> next)
    {
        foreach (var (before, after) in _zones.Zip(next).Where(pair => (pair.First.Phase, pair.First.Step) != (pair.Second.Phase, pair.Second.Step)))
            LogZoneChanged(log, region, after.Zone, before.Phase, after.Phase, after.AdmittedShare(options), after.Reason);
        _zones = next;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Region {RegionId}: zone {ZoneId} went from {Before} to {After} and takes {AdmittedShare:P0} of new sessions; why it was evacuated: {Reason}")]
    private static partial void LogZoneChanged(ILogger logger, string regionId, string zoneId, ZonePhase before, ZonePhase after, double admittedShare, string reason);
}
