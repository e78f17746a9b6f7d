namespace FleetSystem.LocalCloud.GlobalAccelerator;

/// <summary>Gives the ports of a custom routing listener to subnets: always the lowest free ones, so that the same calls give the same ports.</summary>
internal static class PortAllocator
{
    /// <summary>The ranges that nobody has, in ascending order.</summary>
    public static List<PortInterval> Free(IEnumerable<PortInterval> listener, IEnumerable<PortInterval> taken)
    {
        var used = taken.OrderBy(range => range.From).ToList();
        var free = new List<PortInterval>();
        foreach (var range in listener.OrderBy(range => range.From))
        {
            var next = range.From;
            foreach (var block in used.Where(range.Overlaps))
            {
                if (block.From > next)
                    free.Add(new PortInterval(next, block.From - 1));
                next = block.To + 1;
            }

            if (next <= range.To)
                free.Add(new PortInterval(next, range.To));
        }

        return free;
    }

    /// <summary>Takes a number of ports: from the first gap that holds them all, or else from as many gaps as it needs.</summary>
    /// <returns>The ranges, or null when there are not enough ports.</returns>
    public static List<PortInterval>? Take(IReadOnlyList<PortInterval> free, int count)
    {
        foreach (var gap in free)
        {
            if (gap.Count >= count)
                return [new PortInterval(gap.From, gap.From + count - 1)];
        }

        if (free.Sum(gap => gap.Count) < count)
            return null;

        var taken = new List<PortInterval>();
        foreach (var gap in free)
        {
            var part = Math.Min(gap.Count, count);
            taken.Add(new PortInterval(gap.From, gap.From + part - 1));
            count -= part;
            if (count == 0)
                break;
        }

        return taken;
    }
}
