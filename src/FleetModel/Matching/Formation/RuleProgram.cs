using FleetSystem.FleetModel.Matching.RuleSets;

namespace FleetSystem.FleetModel.Matching.Formation;

/// <summary>
/// The rules of one stage, made ready to be asked of rosters. It answers two questions: whether a whole match keeps to the rules, and whether a
/// match that is still being filled can come to keep to them. The second looks only at rules of which is known that nobody who comes can mend them
/// once they are broken.
/// </summary>
internal sealed class RuleProgram
{
    private const int CheapCost = 12;

    private readonly RuleCheck[] _all;
    private readonly RuleCheck[] _lasting;

    public RuleProgram(RuleSet ruleSet, RuleSetStage stage, TicketStore store)
    {
        var checks = stage.Rules.Where(rule => rule is not (SortRule or CompoundRule)).ToDictionary(rule => rule.Name, rule => RuleCheck.Of(rule, store), StringComparer.Ordinal);
        _all =
        [
            .. stage.Rules.Where(rule => !ruleSet.CompoundParts.Contains(rule.Name) && checks.ContainsKey(rule.Name)).Select(rule => checks[rule.Name]),
            .. stage.Rules.OfType<CompoundRule>().Select(rule => new CompoundCheck(rule.Statement, checks)),
        ];
        _lasting = [.. _all.Where(check => check.IsLasting)];
        Cost = 1 + (stage.Rules.Sum(CostOf) / CheapCost);
    }

    /// <summary>How much more than a simple rule set it costs to ask: 1 for up to some ten parts of expressions.</summary>
    public int Cost { get; }

    /// <summary>False when the match breaks a rule that stays broken whoever comes.</summary>
    public bool MayHold(Roster roster, int region)
    {
        foreach (var check in _lasting)
        {
            if (check.State(roster, region) == RuleState.BrokenForEver) return false;
        }

        return true;
    }

    /// <summary>Parts of a rule's expressions; sets of strings cost more than numbers.</summary>
    private static int CostOf(MatchRule rule) => rule switch
    {
        ComparisonRule comparison => comparison.Measurements.Sum(measurement => measurement.Nodes) + (comparison.Reference?.Expression?.Nodes ?? 0),
        DistanceRule distance => distance.Measurements.Sum(measurement => measurement.Nodes) + (distance.Reference.Expression?.Nodes ?? 0),
        CollectionRule collection => 8 * (collection.Measurements.Sum(measurement => measurement.Nodes) + (collection.Reference?.Expression?.Nodes ?? 0)),
        CompoundRule compound => compound.Statement.Nodes,
        SortRule => 0,
        _ => 2,
    };

    /// <summary>Whether the match keeps to every rule.</summary>
    public bool Holds(Roster roster, int region)
    {
        foreach (var check in _all)
        {
            if (!(check.Breach(roster, region) <= 0)) return false;
        }

        return true;
    }

    /// <summary>How far the match is from keeping to the rules: 0 when it does. Only good for telling better from worse.</summary>
    public double Breach(Roster roster, int region)
    {
        var sum = 0d;
        foreach (var check in _all) sum += check.Breach(roster, region);
        return double.IsNaN(sum) ? RuleCheck.Hopeless : sum;
    }
}
