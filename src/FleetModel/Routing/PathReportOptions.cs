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

    /// <summary>Everything that is wrong: the setting, and what to do.</summary>
    public IEnumerable<(string Key, string Fault)> Faults()
    {
        if (Interval < TimeSpan.FromSeconds(0.1) || Interval > TimeSpan.FromMinutes(1)) yield return (nameof(Interval), $"is {Interval}: 0.1 second to 1 minute is possible");
        if (Window < TimeSpan.FromSeconds(5) || Window > TimeSpan.FromMinutes(10)) yield return (nameof(Window), $"is {Window}: 5 seconds to 10 minutes is possible");
        if (MaxPlayers is < 100 or > 1_000_000) yield return (nameof(MaxPlayers), $"is {MaxPlayers}: 100 to 1000000 is possible");
        if (MinPlayers is < 2 or > 10_000) yield return (nameof(MinPlayers), $"is {MinPlayers}: 2 to 10000 is possible");
        if (MinSessions < 2 || MinSessions > MinPlayers) yield return (nameof(MinSessions), $"is {MinSessions}: 2 to {nameof(MinPlayers)} ({MinPlayers}) is possible");
        if (!(SuspectedShare is > 0 and <= 1)) yield return (nameof(SuspectedShare), $"is {SuspectedShare}: above 0, up to 1, is possible");
        if (!(ClearedShare > 0 && ClearedShare <= SuspectedShare)) yield return (nameof(ClearedShare), $"is {ClearedShare}: above 0, up to {nameof(SuspectedShare)} ({SuspectedShare}), is possible");
    }
}
