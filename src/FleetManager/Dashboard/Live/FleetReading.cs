using FleetSystem.FleetModel.Grains;

namespace FleetSystem.FleetManager.Dashboard.Live;

/// <summary>How the cell's regions stand, as the pages show it: one reading for all of them, replaced as a whole by the next.</summary>
/// <param name="At">When it was taken.</param>
/// <param name="Cell">The cell's name.</param>
/// <param name="Regions">The regions, in the order of the configuration.</param>
public sealed record FleetReading(DateTimeOffset At, string Cell, IReadOnlyList<RegionReading> Regions);

/// <summary>How a region stands.</summary>
/// <param name="Region">Its id.</param>
/// <param name="Zones">Its zones, in the order of the configuration.</param>
public sealed record RegionReading(string Region, IReadOnlyList<string> Zones)
{
    /// <summary>What it answered last; null before the first answer.</summary>
    public RegionStatus? Status { get; init; }

    /// <summary>When that was.</summary>
    public DateTimeOffset? AnsweredAt { get; init; }

    /// <summary>Why it did not answer this time; null when it did, or was not asked yet.</summary>
    public string? Fault { get; init; }

    /// <summary>What it was like lately, oldest first.</summary>
    public IReadOnlyList<HistoryPoint> History { get; init; } = [];
}
