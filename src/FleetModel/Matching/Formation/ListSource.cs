using FleetSystem.FleetModel.Matching.RuleSets;

namespace FleetSystem.FleetModel.Matching.Formation;

/// <summary>String lists of a property expression for a roster, as sorted sets of the strings' numbers.</summary>
internal abstract class ListSource(int depth)
{
    public int Depth { get; } = depth;

    public int[][] Items { get; protected set; } = new int[RuleSetLimits.MaxPlayers][];

    public int Count { get; protected set; }

    public int[] Ends { get; protected set; } = [0];

    public int Groups { get; protected set; } = 1;

    public abstract bool Load(Roster roster);

    /// <summary>What is in both of two sorted sets.</summary>
    protected static int[] Intersect(int[] left, int[] right)
    {
        if (left.Length == 0 || right.Length == 0) return [];
        var common = new List<int>();
        for (int i = 0, j = 0; i < left.Length && j < right.Length;)
        {
            if (left[i] == right[j]) common.Add(left[i]);
            if (left[i] <= right[j]) i++;
            else j++;
        }

        return [.. common];
    }
}

/// <summary>String lists of tickets, by team.</summary>
internal sealed class TicketLists : ListSource
{
    private readonly int[] _teams;
    private readonly bool _isGrouped;
    private readonly Column<int[]> _column;

    public TicketLists(int[] teams, bool isGrouped, int depth, Column<int[]> column) : base(depth)
    {
        (_teams, _isGrouped, _column) = (teams, isGrouped, column);
        if (isGrouped) Ends = new int[teams.Length];
    }

    public override bool Load(Roster roster)
    {
        var column = _column.Values;
        Count = 0;
        for (var i = 0; i < _teams.Length; i++)
        {
            foreach (var ticket in roster.Tickets(_teams[i])) Items[Count++] = column[ticket];
            if (_isGrouped) Ends[i] = Count;
        }

        if (_isGrouped) Groups = _teams.Length;
        else Ends[0] = Count;
        return true;
    }
}

/// <summary>One list of the lists in the lists.</summary>
internal sealed class FlattenedLists(ListSource inner) : ListSource(1)
{
    public override bool Load(Roster roster)
    {
        if (!inner.Load(roster)) return false;
        (Items, Count) = (inner.Items, inner.Count);
        Ends[0] = Count;
        return true;
    }
}

/// <summary>Strings that are in every list: one list for each group.</summary>
internal sealed class IntersectedLists(ListSource inner) : ListSource(inner.Depth - 1)
{
    public override bool Load(Roster roster)
    {
        if (!inner.Load(roster)) return false;
        Count = 0;
        var start = 0;
        for (var group = 0; group < inner.Groups; group++)
        {
            var end = inner.Ends[group];
            int[]? common = null;
            for (var i = start; i < end; i++) common = common is null ? inner.Items[i] : Intersect(common, inner.Items[i]);
            if (common is null) return false;
            Items[Count++] = common;
            start = end;
        }

        Ends[0] = Count;
        return true;
    }
}

/// <summary>Strings that are in the list of every group.</summary>
internal sealed class IntersectedTexts(ValueSource inner) : ListSource(0)
{
    public override bool Load(Roster roster)
    {
        if (!inner.Load(roster)) return false;
        int[]? common = null;
        var start = 0;
        for (var group = 0; group < inner.Groups; group++)
        {
            int[] own = [.. inner.Values.AsSpan(start, inner.Ends[group] - start).ToArray().Select(value => (int)value).Distinct().Order()];
            common = common is null ? own : Intersect(common, own);
            start = inner.Ends[group];
        }

        (Items[0], Count) = (common ?? [], 1);
        Ends[0] = 1;
        return true;
    }
}
