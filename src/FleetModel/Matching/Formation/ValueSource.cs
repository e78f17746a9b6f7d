using FleetSystem.FleetModel.Matching.RuleSets;

namespace FleetSystem.FleetModel.Matching.Formation;

/// <summary>
/// The values of a property expression for a roster: numbers, or strings, players and teams by their numbers. One value, a list, or lists that
/// follow each other. Its buffers are used again at each load.
/// </summary>
internal abstract class ValueSource(int depth)
{
    /// <summary>0 for one value, 1 for a list, 2 for lists.</summary>
    public int Depth { get; } = depth;

    public double[] Values { get; protected set; } = new double[RuleSetLimits.MaxPlayers];

    public int Count { get; protected set; }

    /// <summary>Where each list ends; one end for one list.</summary>
    public int[] Ends { get; protected set; } = [0];

    public int Groups { get; protected set; } = 1;

    /// <summary>Loads the values.</summary>
    /// <returns>False when there is no value, as of the average of nobody.</returns>
    public abstract bool Load(Roster roster);

    protected void Push(double value)
    {
        if (Count == Values.Length)
        {
            var grown = Values;
            Array.Resize(ref grown, Count * 2);
            Values = grown;
        }

        Values[Count++] = value;
    }
}

/// <summary>Values of players, by team: a column, or the players themselves.</summary>
internal sealed class PlayerValues : ValueSource
{
    private readonly int[] _teams;
    private readonly bool _isGrouped;
    private readonly Column<double>? _column;

    public PlayerValues(int[] teams, bool isGrouped, int depth, Column<double>? column) : base(depth)
    {
        (_teams, _isGrouped, _column) = (teams, isGrouped, column);
        if (isGrouped) Ends = new int[teams.Length];
    }

    public override bool Load(Roster roster)
    {
        var column = _column?.Values;
        var (values, count) = (Values, 0);
        for (var i = 0; i < _teams.Length; i++)
        {
            foreach (var player in roster.Players(_teams[i])) values[count++] = column is null ? player : column[player];
            if (_isGrouped) Ends[i] = count;
        }

        Count = count;
        if (_isGrouped) Groups = _teams.Length;
        else Ends[0] = count;
        return true;
    }
}

/// <summary>The teams themselves.</summary>
internal sealed class TeamValues(int[] teams, int depth) : ValueSource(depth)
{
    public override bool Load(Roster roster)
    {
        Count = 0;
        foreach (var team in teams) Push(team);
        Ends[0] = Count;
        return true;
    }
}

/// <summary>A function of numbers: one value for each list.</summary>
internal sealed class AggregatedValues(ValueSource inner, Aggregation function) : ValueSource(inner.Depth - 1)
{
    private double[] _sorted = [];

    public override bool Load(Roster roster)
    {
        if (!inner.Load(roster)) return false;
        Count = 0;
        var start = 0;
        for (var group = 0; group < inner.Groups; group++)
        {
            var values = inner.Values.AsSpan(start, inner.Ends[group] - start);
            start = inner.Ends[group];
            if (values.Length == 0 && function is not (Aggregation.Sum or Aggregation.Count)) return false;
            Push(Of(values));
        }

        Ends[0] = Count;
        return true;
    }

    private double Of(ReadOnlySpan<double> values)
    {
        switch (function)
        {
            case Aggregation.Min:
                var least = values[0];
                foreach (var value in values) least = value < least ? value : least;
                return least;
            case Aggregation.Max:
                var most = values[0];
                foreach (var value in values) most = value > most ? value : most;
                return most;
            case Aggregation.Sum:
                return Sum(values);
            case Aggregation.Average:
                return Sum(values) / values.Length;
            case Aggregation.StandardDeviation:
                var (average, squares) = (Sum(values) / values.Length, 0d);
                foreach (var value in values) squares += (value - average) * (value - average);
                return Math.Sqrt(squares / values.Length);
            case Aggregation.Median:
                if (_sorted.Length < values.Length) _sorted = new double[values.Length];
                values.CopyTo(_sorted);
                Array.Sort(_sorted, 0, values.Length);
                var middle = values.Length / 2;
                return values.Length % 2 == 1 ? _sorted[middle] : (_sorted[middle - 1] + _sorted[middle]) / 2;
            default:
                return values.Length;
        }
    }

    private static double Sum(ReadOnlySpan<double> values)
    {
        var sum = 0d;
        foreach (var value in values) sum += value;
        return sum;
    }
}

/// <summary>One list of what is in the lists.</summary>
internal sealed class FlattenedValues(ValueSource inner) : ValueSource(1)
{
    public override bool Load(Roster roster)
    {
        if (!inner.Load(roster)) return false;
        (Values, Count) = (inner.Values, inner.Count);
        Ends[0] = Count;
        return true;
    }
}

/// <summary>The strings of string lists, one after the other.</summary>
internal sealed class ListedValues(ListSource inner) : ValueSource(1)
{
    public override bool Load(Roster roster)
    {
        if (!inner.Load(roster)) return false;
        Count = 0;
        for (var i = 0; i < inner.Count; i++)
        {
            foreach (var text in inner.Items[i]) Push(text);
        }

        Ends[0] = Count;
        return true;
    }
}

/// <summary>How many strings each string list has.</summary>
internal sealed class ListSizes(ListSource inner) : ValueSource(inner.Depth)
{
    public override bool Load(Roster roster)
    {
        if (!inner.Load(roster)) return false;
        Count = 0;
        for (var i = 0; i < inner.Count; i++) Push(inner.Items[i].Length);
        (Ends, Groups) = (inner.Ends, inner.Groups);
        return true;
    }
}
