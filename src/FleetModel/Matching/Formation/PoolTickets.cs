namespace FleetSystem.FleetModel.Matching.Formation;

/// <summary>What a pool knows of its tickets beside what they brought, by slot.</summary>
internal sealed class PoolTickets
{
    private const int FirstSize = 16;

    /// <summary>Whether it is there: neither matched nor gone.</summary>
    public bool[] IsWaiting { get; private set; } = new bool[FirstSize];

    /// <summary>Whether something changed with it since it was asked: it came, or other rules hold for it.</summary>
    public bool[] HasChanged { get; private set; } = new bool[FirstSize];

    /// <summary>Whether it is asked in this pass.</summary>
    public bool[] IsSeed { get; private set; } = new bool[FirstSize];

    /// <summary>The stage of the rule set for its age.</summary>
    public byte[] Stages { get; private set; } = new byte[FirstSize];

    /// <summary>What it is ordered by.</summary>
    public double[] Orders { get; private set; } = new double[FirstSize];

    /// <summary>When it was created, as what the list of all is ordered by.</summary>
    public double[] Ages { get; private set; } = new double[FirstSize];

    /// <summary>The group that it is in.</summary>
    public TicketGroup[] Groups { get; private set; } = new TicketGroup[FirstSize];

    /// <summary>The pass in which something changed with it last.</summary>
    public int[] ChangedIn { get; private set; } = new int[FirstSize];

    /// <summary>The pass in which it was asked in vain last; 0 when never.</summary>
    public int[] SearchedIn { get; private set; } = new int[FirstSize];

    /// <summary>How often in a row it was asked in vain, and the pass in which it is asked again at the latest while passes cannot ask everybody.</summary>
    public (byte Failures, int Until)[] Rests { get; private set; } = new (byte, int)[FirstSize];

    /// <summary>Makes room for so many slots.</summary>
    public void Reserve(int size)
    {
        if (size <= IsWaiting.Length) return;
        (IsWaiting, HasChanged, IsSeed, Stages) = (Grown(IsWaiting, size), Grown(HasChanged, size), Grown(IsSeed, size), Grown(Stages, size));
        (Orders, Ages, Groups) = (Grown(Orders, size), Grown(Ages, size), Grown(Groups, size));
        (ChangedIn, SearchedIn, Rests) = (Grown(ChangedIn, size), Grown(SearchedIn, size), Grown(Rests, size));
    }

    private static T[] Grown<T>(T[] array, int size)
    {
        Array.Resize(ref array, size);
        return array;
    }
}

/// <summary>Tickets that have the same values where rules want them equal: a list for each region, or one.</summary>
internal sealed class TicketGroup(int lists)
{
    public NeighbourList?[] Lists { get; } = new NeighbourList?[lists];

    public int Tickets { get; set; }

    /// <summary>Whether something changed with somebody in it.</summary>
    public bool HasChanged { get; set; }

    /// <summary>Whether somebody left it.</summary>
    public bool HasLeavers { get; set; }
}
