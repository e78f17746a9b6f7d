namespace FleetSystem.FleetModel.Operations;

/// <summary>How the allocations of a fleet in a region went, counted from some moment on: counts only grow, and the difference of two is what came between.</summary>
[GenerateSerializer, Immutable, Alias("fleet.AllocationTally")]
public sealed record AllocationTally
{
    /// <summary>Upper bounds in seconds by which durations are counted, ascending; longer ones are counted behind the last.</summary>
    public static readonly IReadOnlyList<double> Bounds =
        [0.005, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30, 60];

    /// <summary>The fleet.</summary>
    [Id(0)] public required string Fleet { get; init; }

    /// <summary>Allocations that brought a server.</summary>
    [Id(1)] public long Allocated { get; init; }

    /// <summary>Allocations that failed. Sessions that wait, or were ended meanwhile, are none.</summary>
    [Id(2)] public long Failed { get; init; }

    /// <summary>Those that brought a server, by how long they took: one count for each of <see cref="Bounds"/>, and one more.</summary>
    [Id(3)] public IReadOnlyList<long> Durations { get; init; } = new long[Bounds.Count + 1];

    /// <summary>Sessions whose server was lost; they get another where the fleet replaces servers.</summary>
    [Id(440)] public long Lost { get; init; }

    /// <summary>Sessions that left their server for another because somebody wanted it so.</summary>
    [Id(441)] public long Moved { get; init; }

    /// <summary>With one allocation more.</summary>
    public AllocationTally WithAllocated(TimeSpan duration)
    {
        var counts = Durations.ToArray();
        counts[BoundOf(duration.TotalSeconds)]++;
        return this with { Allocated = Allocated + 1, Durations = counts };
    }

    /// <summary>With one failure more.</summary>
    public AllocationTally WithFailed() => this with { Failed = Failed + 1 };

    /// <summary>With one session more that left its server.</summary>
    /// <param name="isMove">Whether it was moved; else the server was lost.</param>
    public AllocationTally WithServerLeft(bool isMove) => isMove ? this with { Moved = Moved + 1 } : this with { Lost = Lost + 1 };

    /// <summary>Both together.</summary>
    public AllocationTally Plus(AllocationTally other) => Combine(other, (mine, others) => mine + others);

    /// <summary>What came since an earlier count.</summary>
    public AllocationTally Minus(AllocationTally earlier) => Combine(earlier, (mine, before) => mine - before);

    /// <summary>How long a share of the allocations took at most, in seconds, read between two bounds; null when there was none.</summary>
    /// <param name="share">The share, 0 to 1.</param>
    public double? Percentile(double share)
    {
        var wanted = Durations.Sum() * share;
        if (wanted <= 0) return null;
        var below = 0.0;
        for (var index = 0; index < Durations.Count; index++)
        {
            if (Durations[index] > 0 && below + Durations[index] >= wanted)
            {
                // What took longer than the last bound took at least that.
                if (index == Bounds.Count) return Bounds[^1];
                var low = index == 0 ? 0 : Bounds[index - 1];
                return low + ((Bounds[index] - low) * (wanted - below) / Durations[index]);
            }

            below += Durations[index];
        }

        return Bounds[^1];
    }

    private static int BoundOf(double seconds)
    {
        for (var index = 0; index < Bounds.Count; index++)
        {
            if (seconds <= Bounds[index]) return index;
        }

        return Bounds.Count;
    }

    // A silo of another version may have fewer bounds; those are the first of ours.
    private AllocationTally Combine(AllocationTally other, Func<long, long, long> with) => this with
    {
        Allocated = with(Allocated, other.Allocated),
        Failed = with(Failed, other.Failed),
        Lost = with(Lost, other.Lost),
        Moved = with(Moved, other.Moved),
        Durations = [.. Durations.Select((count, index) => with(count, index < other.Durations.Count ? other.Durations[index] : 0))],
    };
}

/// <summary>How allocations in a region went since its grain began to count.</summary>
/// <param name="Since">When that was: with another moment the counts began anew.</param>
/// <param name="Fleets">The counts, by fleet.</param>
[GenerateSerializer, Immutable, Alias("fleet.RegionAllocations")]
public sealed record RegionAllocations(
    [property: Id(0)] DateTimeOffset Since,
    [property: Id(1)] IReadOnlyList<AllocationTally> Fleets)
{
    /// <summary>The counts with more of them.</summary>
    public RegionAllocations Plus(IEnumerable<AllocationTally> more) => this with
    {
        Fleets = [.. Fleets.Concat(more).GroupBy(tally => tally.Fleet).Select(fleet => fleet.Aggregate((sum, next) => sum.Plus(next))).OrderBy(tally => tally.Fleet, StringComparer.Ordinal)],
    };
}
