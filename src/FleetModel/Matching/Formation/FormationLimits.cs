namespace FleetSystem.FleetModel.Matching.Formation;

/// <summary>How much a pool holds, and how hard it looks for a match.</summary>
public sealed record FormationLimits
{
    /// <summary>Most tickets in one pool. The default value is 1,000,000. Value must be from 1 to 4,000,000.</summary>
    public int MaxTickets { get; init; } = 1_000_000;

    /// <summary>Neighbours of a ticket that are looked at in one search. The default value is 2,048. Value must be from 16 to 1,000,000.</summary>
    public int MaxNeighbours { get; init; } = 2_048;

    /// <summary>Of these, tickets that a match is tried with; twice a match's players when that is more. The default value is 96. Value must be from 8 to 4,096.</summary>
    public int MaxCandidates { get; init; } = 96;

    /// <summary>Placements of a ticket in a team that one search tries. The default value is 2,000. Value must be from 100 to 10,000,000.</summary>
    public int MaxPlacements { get; init; } = 2_000;

    /// <summary>
    /// Placements that one pass tries in all, those under long rule sets counted several times: what is left is gone on with in the next. A million
    /// take about half a second. The default value is 2,000,000. Value must be from 1,000 to 1,000,000,000.
    /// </summary>
    public long MaxWork { get; init; } = 2_000_000;

    /// <summary>Throws when a limit is out of its bounds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A limit is out of its bounds.</exception>
    internal void Check()
    {
        Check(MaxTickets, 1, 4_000_000, nameof(MaxTickets));
        Check(MaxNeighbours, 16, 1_000_000, nameof(MaxNeighbours));
        Check(MaxCandidates, 8, 4_096, nameof(MaxCandidates));
        Check(MaxPlacements, 100, 10_000_000, nameof(MaxPlacements));
        Check(MaxWork, 1_000, 1_000_000_000, nameof(MaxWork));
    }

    private static void Check(long value, long least, long most, string name)
    {
        if (value < least || value > most) throw new ArgumentOutOfRangeException(name, value, $"must be from {least} to {most}");
    }
}
