using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.RuleSets;

namespace FleetSystem.FleetModel.Matching.Formation;

/// <summary>
/// Looks at why tickets find no match: which single rule, if it were not there, would let them have one. It asks the same search as a pass does, with the rules that are
/// left, about some of the tickets and with a limit to its work; a pass knows nothing of it.
/// </summary>
internal sealed class ObstacleFinder
{
    /// <summary>Tickets that are looked at.</summary>
    public const int MaxTickets = 8;

    // Of rules that are left out in turn, and of tickets that each is tried with: enough to tell, and some hundred milliseconds at most.
    private const int MaxRules = 16;
    private const int MaxScanned = 4_096;
    private const int MaxCandidates = 96;
    private const int MaxPlacements = 500;
    private const int MaxWork = 200_000;

    private readonly TicketStore _store;
    private readonly PoolTickets _tickets;
    private readonly int _regions;
    private readonly List<Trial> _trials;
    private readonly Trial _none;
    private readonly List<(double Distance, int Slot)> _near = [];
    private long _work;

    public ObstacleFinder(FormationPlan whole, TicketStore store, PoolTickets tickets)
    {
        (_store, _tickets, _regions) = (store, tickets, store.Regions);
        var own = whole.RuleSet.Stages[0].Rules.Where(rule => rule is not SortRule && !whole.RuleSet.CompoundParts.Contains(rule.Name)).Select(rule => rule.Name).ToList();
        _trials = [.. own.Take(MaxRules).Select(name => Without(whole, name, rule => rule.Name == name))];
        _none = Without(whole, "", rule => own.Contains(rule.Name));
    }

    /// <summary>What keeps the longest-waiting tickets from a match, most frequent first.</summary>
    /// <param name="waiting">Tickets, the longest-waiting first.</param>
    public IReadOnlyList<MatchObstacle> Find(ReadOnlySpan<int> waiting)
    {
        _work = MaxWork;
        var slots = Some(waiting);
        var (looked, counts, unclear) = (0, new Dictionary<string, int>(StringComparer.Ordinal), 0);
        foreach (var anchor in waiting)
        {
            if (looked == MaxTickets || _work <= 0) break;
            if (!_tickets.IsWaiting[anchor]) continue;
            looked++;
            if (!HasMatch(_none, anchor, slots))
            {
                Count("");
                continue;
            }

            var isClear = false;
            foreach (var trial in _trials)
            {
                if (!HasMatch(trial, anchor, slots)) continue;
                Count(trial.Left);
                isClear = true;
            }

            if (!isClear) unclear++;
        }

        // For whom no single rule is in the way, the one that is for most others is as good an answer as there is.
        if (unclear > 0 && _trials.Count > 0)
        {
            var most = counts.Where(pair => pair.Key.Length > 0).OrderByDescending(pair => pair.Value).Select(pair => pair.Key).FirstOrDefault();
            if (most is not null) counts[most] += unclear;
        }

        return [.. counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => new MatchObstacle(pair.Key, pair.Value, looked))];

        void Count(string rule) => counts[rule] = counts.GetValueOrDefault(rule) + 1;
    }

    private Trial Without(FormationPlan whole, string name, Predicate<MatchRule> isLeftOut)
    {
        var (all, stages) = (whole.RuleSet, new List<RuleSetStage>());
        foreach (var stage in all.Stages) stages.Add(new(stage.AfterSeconds, stage.Teams, [.. stage.Rules.Where(rule => !isLeftOut(rule))]));
        var plan = new FormationPlan(new RuleSet(all.Name, all.Attributes, all.Algorithm, stages, all.CompoundParts), _store, whole: whole);
        return new Trial(name, plan, new MatchSearch(plan, _store));
    }

    /// <summary>Tickets evenly through the whole age.</summary>
    private static int[] Some(ReadOnlySpan<int> waiting)
    {
        var some = new int[Math.Min(MaxScanned, waiting.Length)];
        for (var i = 0; i < some.Length; i++) some[i] = waiting[(int)((long)i * waiting.Length / some.Length)];
        return some;
    }

    private bool HasMatch(Trial trial, int anchor, int[] slots)
    {
        var plan = trial.Plan;
        int own = _tickets.Stages[anchor];
        Span<int> stages = plan.IsByNewest ? [0, own] : [own, plan.Stages.Length - 1];
        for (var i = 0; i < stages.Length; i++)
        {
            if (i > 0 && stages[i] == stages[0]) break;
            for (var region = plan.RuleSet.NeedsLatency ? 0 : -1; region < (plan.RuleSet.NeedsLatency ? _regions : 0); region++)
            {
                if (_work <= 0 || !plan.KeepsTo(plan.Stages[stages[i]].Latencies, anchor, region)) continue;
                Gather(plan, anchor, stages[i], region, slots);
                var candidates = _near.Take(MaxCandidates).Select(near => near.Slot).ToArray();
                var isFound = trial.Search.Run(anchor, candidates, stages[i], region, MaxPlacements);
                _work -= 1 + ((long)trial.Search.Work * plan.Stages[stages[i]].Program.Cost);
                if (isFound) return true;
            }
        }

        return false;
    }

    /// <summary>The tickets that can be in a match with one, the nearest first.</summary>
    private void Gather(FormationPlan plan, int anchor, int stage, int region, int[] slots)
    {
        _near.Clear();
        _work -= slots.Length / 64;
        var of = plan.Stages[stage];
        foreach (var slot in slots)
        {
            if (slot == anchor || !_tickets.IsWaiting[slot] || !(plan.IsByNewest ? _tickets.Stages[slot] >= stage : _tickets.Stages[slot] <= stage)) continue;
            var distance = Math.Abs(_tickets.Orders[slot] - _tickets.Orders[anchor]);
            if (distance > of.Window || !plan.KeepsTo(of.Latencies, slot, region) || !IsClose(plan, of, anchor, slot)) continue;
            _near.Add((distance, slot));
        }

        _near.Sort();
    }

    private bool IsClose(FormationPlan plan, StagePlan stage, int anchor, int slot)
    {
        var (one, other) = (_store.FirstPlayer[anchor], _store.FirstPlayer[slot]);
        foreach (var column in plan.Equal)
        {
            if (column.Values[one] != column.Values[other]) return false;
        }

        foreach (var (values, limit) in stage.Distances)
        {
            if (Math.Abs(values.Values[one] - values.Values[other]) > limit) return false;
        }

        return true;
    }

    /// <summary>A rule set without one rule.</summary>
    /// <param name="Left">The rule; empty when it is without any.</param>
    /// <param name="Plan">What is left.</param>
    /// <param name="Search">The search by it.</param>
    private sealed record Trial(string Left, FormationPlan Plan, MatchSearch Search);
}
