namespace FleetSystem.FleetModel.Zones;

/// <summary>
/// Judges the zones of a region from what is seen of them. A zone is evacuated when it fails and another zone, compared with it, does not: when all
/// fail alike it is not the zones (a bad build, the network, Kubernetes itself), and evacuating them would only take what still works.
/// </summary>
public static class ZoneMonitor
{
    private enum Sign
    {
        Nodes,
        Servers,
        Claims,
    }

    /// <summary>The zones after one more look.</summary>
    /// <param name="zones">The zones before it.</param>
    /// <param name="signals">What is seen of each now; a zone of which nothing is known is neither failing nor quiet.</param>
    /// <param name="closed">Zones that an operator has evacuated: they are judged all the same, but no zone may be left to them.</param>
    /// <param name="now">The time.</param>
    /// <param name="options">When a zone changes.</param>
    public static IReadOnlyList<ZoneHealth> Next(
        IReadOnlyList<ZoneHealth> zones, IReadOnlyDictionary<string, ZoneSignals> signals, IReadOnlySet<string> closed, DateTimeOffset now, ZoneMonitorOptions options)
    {
        // Those that a failing zone is compared with, and that its sessions can go to.
        var sound = zones
            .Where(zone => zone.Phase == ZonePhase.Healthy && !closed.Contains(zone.Zone) && signals.TryGetValue(zone.Zone, out var seen) && seen.Servers > 0 && IsQuiet(seen, options))
            .Select(zone => signals[zone.Zone])
            .ToList();
        return [.. zones.Select(zone => Next(zone, signals.GetValueOrDefault(zone.Zone), sound, now, options))];
    }

    /// <summary>A zone that an operator lets in again: from the first step on, without the wait before it.</summary>
    public static ZoneHealth Restore(ZoneHealth zone, DateTimeOffset now) =>
        zone with { Phase = ZonePhase.Restoring, Step = 0, Since = now, FailingSince = null, QuietSince = now };

    /// <summary>A zone that an operator opens: to all sessions, without steps. While it fails it is evacuated again.</summary>
    public static ZoneHealth Open(ZoneHealth zone, DateTimeOffset now) =>
        zone.Phase == ZonePhase.Healthy ? zone : zone with { Phase = ZonePhase.Healthy, Step = 0, Since = now, FailingSince = null, QuietSince = null, RestoredAt = now };

    /// <summary>
    /// A zone of which nothing is known yet, as it was when the region's grain last told its clusters: what they hold outlives it. A zone that
    /// has a history of its own keeps that.
    /// </summary>
    public static ZoneHealth Adopt(ZoneHealth zone, ZoneDirective held, ZoneMonitorOptions options)
    {
        if (zone.Since is not null || held.By is not null || held.AdmittedShare >= 1) return zone;
        var step = options.Steps.Index().LastOrDefault(pair => pair.Item <= held.AdmittedShare).Index;
        return zone with { Phase = held.AdmittedShare <= 0 ? ZonePhase.Evacuated : ZonePhase.Restoring, Step = step, Since = held.Since, Reason = held.Reason };
    }

    /// <summary>How long a zone must be quiet for its next step.</summary>
    public static TimeSpan WaitOf(ZoneHealth zone, ZoneMonitorOptions options)
    {
        var wait = options.QuietTime * Math.Pow(2, Math.Min(zone.Relapses, 30));
        return wait < options.MaxQuietTime ? wait : options.MaxQuietTime;
    }

    private static ZoneHealth Next(ZoneHealth zone, ZoneSignals? seen, IReadOnlyList<ZoneSignals> sound, DateTimeOffset now, ZoneMonitorOptions options)
    {
        if (seen is null) return zone with { FailingSince = null, QuietSince = null };
        var failure = FailureOf(seen, sound, options);
        var next = zone with
        {
            FailingSince = failure is null ? null : zone.FailingSince ?? now,
            QuietSince = IsQuiet(seen, options) ? zone.QuietSince ?? now : null,
        };
        if (next.Phase != ZonePhase.Evacuated) return now - next.FailingSince >= options.TripAfter ? Evacuate(next, failure!, now, options) : Advance(next, now, options);
        return now - next.QuietSince >= WaitOf(next, options) ? Restore(next, now) : next;
    }

    private static ZoneHealth Evacuate(ZoneHealth zone, string reason, DateTimeOffset now, ZoneMonitorOptions options)
    {
        var isRelapse = zone.Phase == ZonePhase.Restoring || now - zone.RestoredAt < options.ForgetAfter;
        return zone with { Phase = ZonePhase.Evacuated, Since = now, Reason = reason, QuietSince = null, Relapses = isRelapse ? zone.Relapses + 1 : 0 };
    }

    private static ZoneHealth Advance(ZoneHealth zone, DateTimeOffset now, ZoneMonitorOptions options)
    {
        if (zone.Phase != ZonePhase.Restoring || !(now - zone.QuietSince >= WaitOf(zone, options))) return zone;
        var step = zone.Step + 1;
        return step < options.Steps.Count
            ? zone with { Step = step, Since = now, QuietSince = now }
            : zone with { Phase = ZonePhase.Healthy, Step = 0, Since = now, RestoredAt = now };
    }

    /// <summary>What is failing in a zone while a sound one shows that it need not, or null.</summary>
    private static string? FailureOf(ZoneSignals seen, IReadOnlyList<ZoneSignals> sound, ZoneMonitorOptions options)
    {
        foreach (var sign in Enum.GetValues<Sign>())
        {
            // A zone that nobody claims in proves nothing about claims.
            var compared = sound.Any(other => other.Zone != seen.Zone && (sign != Sign.Claims || other.Claims >= options.MinClaims));
            if (compared && ShareOf(sign, seen, options) >= options.TripShare) return Describe(sign, seen);
        }

        return null;
    }

    /// <summary>At least one node stands, and nothing fails but what always does.</summary>
    private static bool IsQuiet(ZoneSignals seen, ZoneMonitorOptions options) =>
        seen.Nodes > seen.NodesDown && Enum.GetValues<Sign>().All(sign => ShareOf(sign, seen, options) <= options.ClearShare);

    private static double ShareOf(Sign sign, ZoneSignals seen, ZoneMonitorOptions options)
    {
        var (failed, of, least) = sign switch
        {
            Sign.Nodes => (seen.NodesDown, seen.Nodes, options.MinNodes),
            Sign.Servers => (seen.ServersLost, seen.Servers + seen.ServersLost, options.MinServers),
            _ => (seen.ClaimsFailed, seen.Claims, options.MinClaims),
        };

        // A failure can be seen a little later than what failed: it may have left the window already.
        return failed < least ? 0 : (double)failed / Math.Max(of, failed);
    }

    private static string Describe(Sign sign, ZoneSignals seen) => sign switch
    {
        Sign.Nodes => $"{seen.NodesDown} of {seen.Nodes} nodes are down",
        Sign.Servers => $"{seen.ServersLost} servers failed and {seen.Servers} are left",
        _ => $"{seen.ClaimsFailed} of {seen.Claims} allocations failed",
    };
}
