using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.FleetModel.Zones;

/// <summary>
/// When a zone is evacuated, and how it is restored. From a failure that the signals show, an evacuation takes at most
/// <see cref="TripAfter"/> and twice <see cref="ReportInterval"/>: within the bounds, never more than 5 seconds.
/// </summary>
public sealed class ZoneMonitorOptions
{
    /// <summary>
    /// Share of a zone's nodes, servers or allocations that must fail for the zone to count as failing. The default is 0.6; 0.1 to 1.
    /// </summary>
    public double TripShare { get; set; } = 0.6;

    /// <summary>Share at which, or below, a zone counts as quiet. The default is 0.2; 0 to less than <see cref="TripShare"/>.</summary>
    public double ClearShare { get; set; } = 0.2;

    /// <summary>Fewer nodes down than this are never a zone's failure. The default is 2; 1 to 1000.</summary>
    public int MinNodes { get; set; } = 2;

    /// <summary>Fewer servers lost within the window than this are never a zone's failure. The default is 5; 1 to 10000.</summary>
    public int MinServers { get; set; } = 5;

    /// <summary>Fewer allocations failed within the window than this are never a zone's failure. The default is 10; 1 to 10000.</summary>
    public int MinClaims { get; set; } = 10;

    /// <summary>How far back lost servers and allocations count. The default is 15 seconds; 1 second to 10 minutes.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a zone must fail without a break to be evacuated. The default is 1 second; 0 to 3 seconds.</summary>
    public TimeSpan TripAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long an evacuated zone must be quiet without a break to take the first sessions again, and then for each further step. Doubled at
    /// every relapse. The default is 30 seconds; 1 second to 1 hour.
    /// </summary>
    public TimeSpan QuietTime { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest wait that relapses lead to. The default is 10 minutes; at least <see cref="QuietTime"/>, at most 24 hours.</summary>
    public TimeSpan MaxQuietTime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>A failure this long after a restoration, or later, is no relapse. The default is 30 minutes; 0 to 7 days.</summary>
    public TimeSpan ForgetAfter { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Shares of new sessions that a zone takes step by step before it takes all; each above 0, below 1, and more than the one before. At
    /// most 16. Empty means 0.1 and 0.5.
    /// </summary>
    public IList<double> RestoreShares { get; set; } = [];

    /// <summary>Time between two reports of a cluster to its region; a change of its nodes is reported at once. The default is 500 ms; 50 ms to 1 second.</summary>
    public TimeSpan ReportInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a cluster waits for its region's answer before it goes on with what it was told last. The default is 2 seconds; 0.1 to 30 seconds.</summary>
    public TimeSpan ReportTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>A cluster's report that is older says nothing any more. The default is 5 seconds; 1 second to 5 minutes.</summary>
    public TimeSpan StaleAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The steps of a restoration, with the default applied.</summary>
    public IReadOnlyList<double> Steps => RestoreShares.Count == 0 ? [0.1, 0.5] : [.. RestoreShares];

    /// <summary>Tells every fault.</summary>
    /// <param name="faults">Where to.</param>
    /// <param name="key">Key of this object below the list's section.</param>
    public void Check(FaultList faults, string key)
    {
        faults.Within(TripShare, 0.1, 1, $"{key}:{nameof(TripShare)}");
        faults.Check(ClearShare >= 0 && ClearShare < TripShare, $"{key}:{nameof(ClearShare)}", $"is {ClearShare}: 0 to less than TripShare, {TripShare}, is possible");
        faults.Within(MinNodes, 1, 1000, $"{key}:{nameof(MinNodes)}");
        faults.Within(MinServers, 1, 10_000, $"{key}:{nameof(MinServers)}");
        faults.Within(MinClaims, 1, 10_000, $"{key}:{nameof(MinClaims)}");
        faults.Within(Window, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10), $"{key}:{nameof(Window)}");
        faults.Within(TripAfter, TimeSpan.Zero, TimeSpan.FromSeconds(3), $"{key}:{nameof(TripAfter)}");
        faults.Within(QuietTime, TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), $"{key}:{nameof(QuietTime)}");
        faults.Within(MaxQuietTime, QuietTime, TimeSpan.FromHours(24), $"{key}:{nameof(MaxQuietTime)}");
        faults.Within(ForgetAfter, TimeSpan.Zero, TimeSpan.FromDays(7), $"{key}:{nameof(ForgetAfter)}");
        faults.Within(ReportInterval, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(1), $"{key}:{nameof(ReportInterval)}");
        faults.Within(ReportTimeout, TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(30), $"{key}:{nameof(ReportTimeout)}");
        faults.Within(StaleAfter, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), $"{key}:{nameof(StaleAfter)}");
        var grows = RestoreShares.Zip(RestoreShares.Skip(1)).All(pair => pair.First < pair.Second);
        faults.Check(
            RestoreShares.Count <= 16 && RestoreShares.All(share => share is > 0 and < 1) && grows,
            $"{key}:{nameof(RestoreShares)}",
            $"is {string.Join(", ", RestoreShares)}: up to 16 shares above 0 and below 1 are possible, each more than the one before");
    }
}
