using FleetSystem.FleetModel.Matching.RuleSets;

namespace FleetSystem.FleetModel.Matching.Formation;

/// <summary>A comparison rule, made ready.</summary>
internal sealed class ComparisonCheck : RuleCheck
{
    private readonly ComparisonOperation _operation;
    private readonly ValueSource[] _measurements;
    private readonly ValueSource? _reference;
    private readonly double _literal;
    private readonly bool _comparesWithReference;
    private readonly bool _isText;
    private double[] _singles = [];

    public ComparisonCheck(ComparisonRule rule, TicketStore store)
    {
        _operation = rule.Operation;
        _comparesWithReference = rule.Reference is not null;
        _isText = rule.Measurements[0].Type.Kind == ExpressionKind.Text;
        PartyAggregation? party = _comparesWithReference ? rule.Party : null;
        _measurements = [.. rule.Measurements.Select(measurement => ExpressionCompiler.Values(measurement.Root, party, PartyListing.Union, store))];
        if (rule.Reference?.Expression is { } expression) _reference = ExpressionCompiler.Values(expression.Root, party, PartyListing.Union, store);
        else if (rule.Reference is { } reference) _literal = reference.Number ?? (reference.Texts is [var text] ? store.Texts.Hold(text) : -1);
        IsLasting = RuleShapes.IsLasting(rule);
    }

    public override bool IsLasting { get; }

    public override double Breach(Roster roster, int region) => _comparesWithReference ? FromReference(roster) : FromEachOther(roster);

    private double FromReference(Roster roster)
    {
        var literal = _literal;
        if (_reference is not null)
        {
            if (!_reference.Load(roster)) return Undefined;
            literal = _reference.Values[0];
        }

        var breach = 0d;
        foreach (var measurement in _measurements)
        {
            if (!measurement.Load(roster)) return Undefined;
            var values = measurement.Values.AsSpan(0, measurement.Count);
            foreach (var value in values) breach += One(value, literal);
        }

        return breach;
    }

    private double One(double value, double reference)
    {
        var holds = _operation switch
        {
            ComparisonOperation.Equal => value == reference,
            ComparisonOperation.NotEqual => value != reference,
            ComparisonOperation.Less => value < reference,
            ComparisonOperation.LessOrEqual => value <= reference,
            ComparisonOperation.Greater => value > reference,
            _ => value >= reference,
        };
        return holds ? 0 : _isText || value == reference ? 1 : Math.Abs(value - reference);
    }

    private double FromEachOther(Roster roster)
    {
        var breach = 0d;
        var singles = 0;
        foreach (var measurement in _measurements)
        {
            if (!measurement.Load(roster)) return Undefined;
            if (measurement.Depth == 0)
            {
                if (_singles.Length == 0) _singles = new double[_measurements.Length];
                _singles[singles++] = measurement.Values[0];
                continue;
            }

            var start = 0;
            for (var group = 0; group < measurement.Groups; group++)
            {
                breach += Among(measurement.Values.AsSpan(start, measurement.Ends[group] - start));
                start = measurement.Ends[group];
            }
        }

        return breach + Among(_singles.AsSpan(0, singles));
    }

    private double Among(ReadOnlySpan<double> values)
    {
        var breach = 0;
        for (var i = 1; i < values.Length; i++)
        {
            if (_operation == ComparisonOperation.Equal) breach += values[i] == values[0] ? 0 : 1;
            else if (values[..i].Contains(values[i])) breach++;
        }

        return breach;
    }
}
