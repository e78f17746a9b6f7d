using FleetSystem.FleetModel.Configuration;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Dashboard;

/// <summary>How the dashboard works. The configuration section <c>Dashboard</c>.</summary>
public sealed class DashboardOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Dashboard";

    /// <summary>Time between two looks at the regions while a page is open, for all pages together. The default is 1 second; 0.2 seconds to 1 minute.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Time between two points of the charts, and between two looks while no page is open: who opens one at night sees what came before. The default
    /// is 5 seconds; <see cref="Interval"/> to 1 hour.
    /// </summary>
    public TimeSpan HistoryInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Points that are kept of each region. The default is 180, 15 minutes; 2 to 2000.</summary>
    public int HistoryPoints { get; set; } = 180;

    /// <summary>
    /// Fleets of which points are kept beside those of the region as a whole: the first so many of the configuration that run there. One point is some 100 bytes. The default is
    /// 64; 0 to 256.
    /// </summary>
    public int HistoryFleets { get; set; } = 64;

    /// <summary>How long a region may take to answer a look. The default is 2 seconds; 0.1 seconds to 1 minute.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Most pages that are open at once on this host; a further one is refused. The default is 200; 1 to 10000.</summary>
    public int MaxPages { get; set; } = 200;
}

internal sealed class DashboardOptionsValidator : IValidateOptions<DashboardOptions>
{
    public ValidateOptionsResult Validate(string? name, DashboardOptions options)
    {
        var faults = new FaultList(DashboardOptions.Section);
        faults.Within(options.Interval, TimeSpan.FromSeconds(0.2), TimeSpan.FromMinutes(1), nameof(options.Interval));
        faults.Within(options.HistoryInterval, options.Interval, TimeSpan.FromHours(1), nameof(options.HistoryInterval));
        faults.Within(options.HistoryPoints, 2, 2000, nameof(options.HistoryPoints));
        faults.Within(options.HistoryFleets, 0, 256, nameof(options.HistoryFleets));
        faults.Within(options.Patience, TimeSpan.FromSeconds(0.1), TimeSpan.FromMinutes(1), nameof(options.Patience));
        faults.Within(options.MaxPages, 1, 10_000, nameof(options.MaxPages));
        return faults.ToResult();
    }
}
