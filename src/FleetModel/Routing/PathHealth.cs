using System.Numerics;
using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.FleetModel.Routing;

/// <summary>State of a path into a region.</summary>
public enum PathState
{
    /// <summary>Probes come back.</summary>
    Healthy,

    /// <summary>It works, but it loses many probes, or has been down lately: it comes back only after a while.</summary>
    Degraded,

    /// <summary>Probes are lost.</summary>
    Down,
}

/// <summary>
/// When a path changes its state. The defaults go with a probe every 100 ms: a path that is cut is down after 1.2 s and the probe's time-out,
/// and one that loses a tenth of all datagrams at random stays healthy for years.
/// </summary>
public sealed class PathHealthOptions
{
    /// <summary>Longest window of probes.</summary>
    public const int MaxWindow = 64;

    /// <summary>Last probes that decide whether a path is down. The default is 16; 2 to 64.</summary>
    public int DownWindow { get; set; } = 16;

    /// <summary>
    /// Lost probes among those that take a path down; as many answered ones bring it back as degraded. The default is 12; more than half of
    /// <see cref="DownWindow"/> and at least 2, so that one lost probe never changes anything.
    /// </summary>
    public int LossesToDown { get; set; } = 12;

    /// <summary>Last probes that decide whether a path is degraded. The default is 64; 2 to 64.</summary>
    public int DegradedWindow { get; set; } = 64;

    /// <summary>Lost probes among those that make a healthy path degraded. The default is 24; 2 to <see cref="DegradedWindow"/>.</summary>
    public int LossesToDegraded { get; set; } = 24;

    /// <summary>Most lost probes among those with which a degraded path is on its way back. The default is 12; 0 to less than <see cref="LossesToDegraded"/>.</summary>
    public int LossesWhenGood { get; set; } = 12;

    /// <summary>How long a degraded path must be good to be healthy. The default is 10 seconds; 0 to 1 hour.</summary>
    public TimeSpan HealthyAfter { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Each relapse doubles that time, up to this. The default is 5 minutes; <see cref="HealthyAfter"/> to 24 hours.</summary>
    public TimeSpan HealthyAfterMax { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Going down again within this time of the last is a relapse. The default is 10 minutes; 0 to 24 hours.</summary>
    public TimeSpan RelapseWithin { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Tells every fault.</summary>
    /// <param name="faults">Where to.</param>
    /// <param name="key">Key of this object below the list's section.</param>
    public void Check(FaultList faults, string key)
    {
        faults.Within(DownWindow, 2, MaxWindow, $"{key}:{nameof(DownWindow)}");
        if (LossesToDown < 2 || LossesToDown * 2 <= DownWindow || LossesToDown > DownWindow)
            faults.Add($"{key}:{nameof(LossesToDown)}", $"is {LossesToDown}: more than half of {nameof(DownWindow)} ({DownWindow}), up to all of it and at least 2, is possible");
        faults.Within(DegradedWindow, 2, MaxWindow, $"{key}:{nameof(DegradedWindow)}");
        if (LossesToDegraded < 2 || LossesToDegraded > DegradedWindow) faults.Add($"{key}:{nameof(LossesToDegraded)}", $"is {LossesToDegraded}: 2 to {nameof(DegradedWindow)} ({DegradedWindow}) is possible");
        if (LossesWhenGood < 0 || LossesWhenGood >= LossesToDegraded) faults.Add($"{key}:{nameof(LossesWhenGood)}", $"is {LossesWhenGood}: 0 to less than {nameof(LossesToDegraded)} ({LossesToDegraded}) is possible");
        faults.Within(HealthyAfter, TimeSpan.Zero, TimeSpan.FromHours(1), $"{key}:{nameof(HealthyAfter)}");
        if (HealthyAfterMax < HealthyAfter || HealthyAfterMax > TimeSpan.FromHours(24)) faults.Add($"{key}:{nameof(HealthyAfterMax)}", $"is {HealthyAfterMax}: {nameof(HealthyAfter)} ({HealthyAfter}) to 24 hours is possible");
        faults.Within(RelapseWithin, TimeSpan.Zero, TimeSpan.FromHours(24), $"{key}:{nameof(RelapseWithin)}");
    }
}

/// <summary>What is known of a path: a state with hysteresis and damping. Immutable; <see cref="Observe"/> gives the next.</summary>
public sealed record PathHealth
{
    private const int MaxRelapses = 20;

    // The newest probe is the lowest bit; a lost one is 1.
    private ulong History { get; init; }

    private int Observed { get; init; }

    private DateTimeOffset? GoodSince { get; init; }

    private DateTimeOffset? LastDown { get; init; }

    private int Relapses { get; init; }

    /// <summary>Its state.</summary>
    public PathState State { get; init; }

    /// <summary>Since when it has this state.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>When it was observed last: a state whose source is gone stays, and says its age by this.</summary>
    public DateTimeOffset ObservedAt { get; init; }

    /// <summary>Share of the last probes that were lost, 0 to 1.</summary>
    public double LossShare => Observed == 0 ? 0 : (double)Lost(Observed) / Observed;

    /// <summary>A path that has not been probed yet: taken for healthy, so that a start does not look like an outage.</summary>
    public static PathHealth Unprobed(DateTimeOffset now) => new() { State = PathState.Healthy, Since = now, ObservedAt = now };

    /// <summary>
    /// The health of a kind of route from that of its addresses: the best of them, because a player holds them all and needs one.
    /// </summary>
    /// <param name="addresses">At least one.</param>
    public static PathHealth Best(IEnumerable<PathHealth> addresses) => addresses.MinBy(address => (address.State, address.Since))!;

    /// <summary>The health after one more probe.</summary>
    public PathHealth Observe(bool answered, DateTimeOffset now, PathHealthOptions options)
    {
        var next = this with
        {
            History = (History << 1) | (answered ? 0UL : 1UL),
            Observed = Math.Min(Observed + 1, PathHealthOptions.MaxWindow),
            ObservedAt = now,
        };
        next = next with { GoodSince = next.Lost(options.DegradedWindow) <= options.LossesWhenGood ? GoodSince ?? now : null };

        return State switch
        {
            not PathState.Down when next.Lost(options.DownWindow) >= options.LossesToDown => next.GoDown(now, options),
            PathState.Down when next.Answered(options.DownWindow) >= options.LossesToDown => next.ComeBack(now),
            PathState.Healthy when next.Lost(options.DegradedWindow) >= options.LossesToDegraded => next.Enter(PathState.Degraded, now),
            PathState.Degraded when now - next.GoodSince >= next.HealthyAfter(options) => next.Enter(PathState.Healthy, now),
            _ => next,
        };
    }

    private PathHealth GoDown(DateTimeOffset now, PathHealthOptions options) => Enter(PathState.Down, now) with
    {
        LastDown = now,
        Relapses = now - LastDown <= options.RelapseWithin ? Math.Min(Relapses + 1, MaxRelapses) : 0,
    };

    // What was lost while it was down says nothing about how it does from now on.
    private PathHealth ComeBack(DateTimeOffset now) => Enter(PathState.Degraded, now) with { History = 0, Observed = 0, GoodSince = now };

    private PathHealth Enter(PathState state, DateTimeOffset now) => this with { State = state, Since = now };

    private TimeSpan HealthyAfter(PathHealthOptions options)
    {
        var damped = options.HealthyAfter * Math.Pow(2, Relapses);
        return damped < options.HealthyAfterMax ? damped : options.HealthyAfterMax;
    }

    private int Lost(int window) => BitOperations.PopCount(History & Mask(window));

    private int Answered(int window) => Math.Min(Observed, window) - Lost(window);

    private static ulong Mask(int window) => window >= PathHealthOptions.MaxWindow ? ulong.MaxValue : (1UL << window) - 1;
}
