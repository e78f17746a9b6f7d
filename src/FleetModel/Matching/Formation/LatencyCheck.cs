using FleetSystem.FleetModel.Matching.RuleSets;

namespace FleetSystem.FleetModel.Matching.Formation;

/// <summary>A latency rule, made ready.</summary>
internal sealed class LatencyCheck : RuleCheck
{
    private readonly LatencyRule _rule;
    private readonly Column<float> _latencies;
    private readonly int _regions;

    public LatencyCheck(LatencyRule rule, TicketStore store)
    {
        (_rule, _latencies, _regions) = (rule, store.Latencies(rule.Party), store.Regions);
        IsLasting = RuleShapes.IsLasting(rule);
    }

    public override bool IsLasting { get; }

    public override double Breach(Roster roster, int region)
    {
        if (region < 0) return Hopeless;
        var column = _latencies.Values;
        var (breach, least, greatest, sum, count) = (0d, double.PositiveInfinity, double.NegativeInfinity, 0d, 0);
        for (var team = 0; team < roster.Teams; team++)
        {
            foreach (var ticket in roster.Tickets(team))
            {
                var latency = (double)column[(ticket * _regions) + region];
                if (double.IsNaN(latency)) return Hopeless;
                if (latency > _rule.MaxLatency) breach += latency - _rule.MaxLatency.Value;
                (least, greatest, sum, count) = (Math.Min(least, latency), Math.Max(greatest, latency), sum + latency, count + 1);
            }
        }

        if (_rule.MaxDistance is not { } most || count == 0) return breach;
        var reference = _rule.DistanceReference == LatencyReference.Min ? least : sum / count;
        return breach + Math.Max(0, Math.Max(greatest - reference, reference - least) - most);
    }
}
