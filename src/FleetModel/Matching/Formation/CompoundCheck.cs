using FleetSystem.FleetModel.Matching.RuleSets;

namespace FleetSystem.FleetModel.Matching.Formation;

/// <summary>A compound rule, made ready.</summary>
internal sealed class CompoundCheck(CompoundStatement statement, IReadOnlyDictionary<string, RuleCheck> checks) : RuleCheck
{
    public override bool IsLasting { get; } = statement.RuleNames.Any(name => checks[name].IsLasting);

    public override double Breach(Roster roster, int region) => Breach(statement, roster, region);

    public override RuleState State(Roster roster, int region) => Known(statement, roster, region) == false ? RuleState.BrokenForEver : RuleState.Open;

    private double Breach(CompoundStatement part, Roster roster, int region)
    {
        switch (part.Operator)
        {
            case CompoundOperator.Rule:
                return checks[part.Rule].Breach(roster, region) is var own && own <= 0 ? 0 : double.IsNaN(own) ? Hopeless : own;
            case CompoundOperator.And:
                var sum = 0d;
                foreach (var argument in part.Arguments) sum += Breach(argument, roster, region);
                return sum;
            case CompoundOperator.Or:
                var least = double.PositiveInfinity;
                foreach (var argument in part.Arguments) least = Math.Min(least, Breach(argument, roster, region));
                return least;
            case CompoundOperator.Not:
                return Breach(part.Arguments[0], roster, region) > 0 ? 0 : 1;
            default:
                var (left, right) = (Breach(part.Arguments[0], roster, region), Breach(part.Arguments[1], roster, region));
                return left > 0 == right > 0 ? Math.Max(1, Math.Min(left, right)) : 0;
        }
    }

    /// <summary>What is known to stay, whoever comes: false, true, or nothing.</summary>
    private bool? Known(CompoundStatement part, Roster roster, int region)
    {
        switch (part.Operator)
        {
            case CompoundOperator.Rule:
                return checks[part.Rule].State(roster, region) == RuleState.BrokenForEver ? false : null;
            case CompoundOperator.Not:
                return !Known(part.Arguments[0], roster, region);
            case CompoundOperator.Xor:
                return Known(part.Arguments[0], roster, region) is { } left && Known(part.Arguments[1], roster, region) is { } right ? left != right : null;
            default:
                // One false decides an and, one true an or.
                var isAnd = part.Operator == CompoundOperator.And;
                bool? result = isAnd;
                foreach (var argument in part.Arguments)
                {
                    var known = Known(argument, roster, region);
                    if (known == !isAnd) return known;
                    if (known is null) result = null;
                }

                return result;
        }
    }
}
