using FleetSystem.FleetModel.Matching.RuleSets;

namespace FleetSystem.FleetModel.Matching.Formation;

/// <summary>A distance rule, made ready.</summary>
internal sealed class DistanceCheck : RuleCheck
{
    private readonly ValueSource[] _measurements;
    private readonly ValueSource? _reference;
    private readonly double _literal;
    private readonly double _least;
    private readonly double _most;

    public DistanceCheck(DistanceRule rule, TicketStore store)
    {
        _measurements = [.. rule.Measurements.Select(measurement => ExpressionCompiler.Values(measurement.Root, rule.Party, PartyListing.Union, store))];
        if (rule.Reference.Expression is { } expression) _reference = ExpressionCompiler.Values(expression.Root, rule.Party, PartyListing.Union, store);
        else _literal = rule.Reference.Number!.Value;
        (_least, _most) = (rule.MinDistance ?? 0, rule.MaxDistance ?? double.PositiveInfinity);
        IsLasting = RuleShapes.IsLasting(rule);
    }

    public override bool IsLasting { get; }

    public override double Breach(Roster roster, int region)
    {
        var reference = _literal;
        if (_reference is not null)
        {
            if (!_reference.Load(roster)) return Undefined;
            reference = _reference.Values[0];
        }

        var breach = 0d;
        foreach (var measurement in _measurements)
        {
            if (!measurement.Load(roster)) return Undefined;
            var values = measurement.Values.AsSpan(0, measurement.Count);
            foreach (var value in values)
            {
                var distance = Math.Abs(value - reference);
                if (distance > _most) breach += distance - _most;
                else if (distance < _least) breach += _least - distance;
                else if (double.IsNaN(distance)) return Undefined;
            }
        }

        return breach;
    }
}
