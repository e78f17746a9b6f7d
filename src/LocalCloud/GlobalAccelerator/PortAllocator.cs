namespace FleetSystem.LocalCloud.GlobalAccelerator;

/// <summary>Gives the ports of a custom routing listener to subnets: always the lowest free ones, so that the same calls give the same ports.</summary>
internal static class PortAllocator
{
    /// <summary>The ranges that nobody has, in ascending order.</summary>
    public static List<PortRange> Free(IEnumerable<PortRange> listener, IEnumerable<PortRange> taken)
    {
        var used = taken.OrderBy(range => range.From).ToList();
        var free = new List<PortRange>();
        foreach (var range in listener.OrderBy(range => range.From))
        {
            var next = range.From;
            foreach (var block in used.Where(range.Overlaps))
            {
                if (block.From > next)
                    free.Add(new PortRange(next, block.From - 1));
                next = block.To + 1;
            }

            if (next <= range.To)
                free.Add(new PortRange(next, range.To));
        }

        return free;
    }

    /// <summary>Takes a number of ports: from the first gap that holds them all, or else from as many gaps as it needs.</summary>
    /// <returns>The ranges, or null when there are not enough ports.</returns>
    public static List<PortRange>? Take(IReadOnlyList<PortRange> free, int count)
    {
        foreach (var gap in free)
        {
            if (gap.Count >= count)
                return [new PortRange(gap.From, gap.From + count - 1)];
        }

        if (free.Sum(gap => gap.Count) < count)
            return null;

        var taken = new List<PortRange>();
        foreach (var gap in free)
        {
            var part = Math.Min(gap.Count, count);
            taken.Add(new PortRange(gap.From, gap.From + part - 1));
            count -= part;
            if (count == 0)
                break;
        }

        return taken;
    }
}
