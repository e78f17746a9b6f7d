using FleetSystem.FleetModel.Matching.RuleSets;

namespace FleetSystem.FleetModel.Matching.Formation;

/// <summary>A batchDistance rule, made ready.</summary>
internal sealed class BatchDistanceCheck : RuleCheck
{
    private readonly Column<double> _column;
    private readonly double? _most;

    public BatchDistanceCheck(BatchDistanceRule rule, TicketStore store)
    {
        _most = rule.MaxDistance;
        _column = _most is null ? store.TextIds(rule.Attribute) : store.Numbers(rule.Attribute, rule.Party);
    }

    public override bool IsLasting => true;

    public override double Breach(Roster roster, int region)
    {
        var column = _column.Values;
        var (least, greatest) = (double.PositiveInfinity, double.NegativeInfinity);
        for (var team = 0; team < roster.Teams; team++)
        {
            foreach (var player in roster.Players(team))
            {
                var value = column[player];
                least = value < least ? value : least;
                greatest = value > greatest ? value : greatest;
            }
        }

        if (greatest < least) return 0;
        return _most is { } most ? Math.Max(0, greatest - least - most) : greatest == least ? 0 : 1;
    }
}
