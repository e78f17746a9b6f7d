using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.FleetModel.Routing;

/// <summary>When players' reports make a path suspected. Nothing here lets one player, or the players of one session, do so.</summary>
public sealed class PathReportOptions
{
    /// <summary>Least time between two reports of a player that are taken. The default is 1 second, the least that GameClient allows; 0.1 second to 1 minute.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a report counts. The default is 1 minute, twice the time at which GameClient repeats itself; 5 seconds to 10 minutes.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Players a region whose reports are kept; beyond them the oldest report goes. The default is 20000; 100 to 1000000.</summary>
    public int MaxPlayers { get; set; } = 20_000;

    /// <summary>Players for whom a path must fail before it is suspected. The default is 10; 2 to 10000.</summary>
    public int MinPlayers { get; set; } = 10;

    /// <summary>Sessions that they must be of. The default is 3; 2 to <see cref="MinPlayers"/>.</summary>
    public int MinSessions { get; set; } = 3;

    /// <summary>Share for whom it must fail, each session weighing the same. The default is 0.5; above 0, up to 1.</summary>
    public double SuspectedShare { get; set; } = 0.5;

    /// <summary>Share below which a suspected path is suspected no more. The default is 0.25; above 0, up to <see cref="SuspectedShare"/>.</summary>
    public double ClearedShare { get; set; } = 0.25;

    /// <summary>Tells every fault.</summary>
    /// <param name="faults">Where to.</param>
    /// <param name="key">Key of this object below the list's section.</param>
    public void Check(FaultList faults, string key)
    {
        faults.Within(Interval, TimeSpan.FromSeconds(0.1), TimeSpan.FromMinutes(1), $"{key}:{nameof(Interval)}");
        faults.Within(Window, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(10), $"{key}:{nameof(Window)}");
        faults.Within(MaxPlayers, 100, 1_000_000, $"{key}:{nameof(MaxPlayers)}");
        faults.Within(MinPlayers, 2, 10_000, $"{key}:{nameof(MinPlayers)}");
        if (MinSessions < 2 || MinSessions > MinPlayers) faults.Add($"{key}:{nameof(MinSessions)}", $"is {MinSessions}: 2 to {nameof(MinPlayers)} ({MinPlayers}) is possible");
        if (!(SuspectedShare is > 0 and <= 1)) faults.Add($"{key}:{nameof(SuspectedShare)}", $"is {SuspectedShare}: above 0, up to 1, is possible");
        if (!(ClearedShare > 0 && ClearedShare <= SuspectedShare)) faults.Add($"{key}:{nameof(ClearedShare)}", $"is {ClearedShare}: above 0, up to {nameof(SuspectedShare)} ({SuspectedShare}), is possible");
    }
}
