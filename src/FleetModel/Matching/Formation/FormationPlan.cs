using FleetSystem.FleetModel.Matching.RuleSets;

namespace FleetSystem.FleetModel.Matching.Formation;

/// <summary>A latency limit that a rule sets on its own.</summary>
/// <param name="Latencies">Latencies, by ticket and region.</param>
/// <param name="Most">Greatest latency in milliseconds.</param>
internal readonly record struct LatencyLimit(Column<float> Latencies, double Most);

/// <summary>How far two tickets of a match can be apart in an attribute.</summary>
/// <param name="Values">The attribute, by player.</param>
/// <param name="Distance">The greatest distance.</param>
internal readonly record struct DistanceLimit(Column<double> Values, double Distance);

/// <summary>What one stage of a rule set means for the search.</summary>
/// <param name="Program">Its rules.</param>
/// <param name="Window">How far two tickets of a match can be apart in the order attribute at most; infinite when no rule tells.</param>
/// <param name="IsRange">Whether all of a match are within that distance.</param>
/// <param name="Latencies">Latency limits.</param>
/// <param name="Distances">How far two tickets can be apart in other attributes.</param>
/// <param name="Sorts">How tickets are sorted as seen from the longest-waiting one; most important first.</param>
internal sealed record StagePlan(RuleProgram Program, double Window, bool IsRange, LatencyLimit[] Latencies, DistanceLimit[] Distances, TicketSort[] Sorts);

/// <summary>An attribute that a rule keeps close at every age, so that tickets can be ordered by it.</summary>
/// <param name="Attribute">Index of the attribute.</param>
/// <param name="Party">What a party counts as.</param>
internal readonly record struct OrderChoice(int Attribute, PartyAggregation Party);

/// <summary>
/// What a rule set tells about where to look for tickets that fit: which attribute they are ordered by and how far apart they can be, which
/// attributes they have in common, and which latency they need. Rules that a compound rule names tell nothing here, for they need not hold.
/// </summary>
internal sealed class FormationPlan
{
    private readonly int _regions;

    /// <summary>Makes the plan.</summary>
    /// <param name="ruleSet">The rule set.</param>
    /// <param name="store">Where its columns are.</param>
    /// <param name="choice">Which of <see cref="OrderChoices"/> tickets are ordered by; there may be none.</param>
    /// <param name="whole">The plan whose order tickets have already, where these are some of its rules; null to choose one.</param>
    public FormationPlan(RuleSet ruleSet, TicketStore store, int choice = 0, FormationPlan? whole = null)
    {
        (RuleSet, _regions) = (ruleSet, store.Regions);
        var teams = ruleSet.Stages[0].Teams.Count;
        var own = ruleSet.Stages.Select(stage => stage.Rules.Where(rule => !ruleSet.CompoundParts.Contains(rule.Name)).ToList()).ToList();

        var windowed = own.Select(rules => rules.Select(rule => RuleShapes.WindowOf(rule, teams)).Where(window => window is not null).Select(window => new OrderChoice(window!.Value.Attribute, window.Value.Party)).ToList()).ToList();
        OrderChoices = [.. windowed[0].Distinct().Where(window => windowed.All(stage => stage.Contains(window)))];
        var order = whole is not null ? whole.OrderedBy : OrderChoices.Length > 0 ? OrderChoices[choice] : OtherOrder(ruleSet, own, windowed);
        OrderedBy = order;
        Order = order is { } by ? store.Numbers(by.Attribute, by.Party) : null;
        Stages =
        [
            .. ruleSet.Stages.Select((stage, index) =>
            {
                var all = own[index].Select(rule => RuleShapes.WindowOf(rule, teams)).Where(window => window is not null).Select(window => window!.Value).ToList();
                var windows = all.Where(window => new OrderChoice(window.Attribute, window.Party) == order).ToList();
                var tightest = windows.Count == 0 ? (Distance: double.PositiveInfinity, IsRange: false) : windows.Select(window => (window.Distance, window.IsRange)).Min();
                return new StagePlan(
                    new(ruleSet, stage, store), tightest.Distance, tightest.IsRange,
                    [.. own[index].OfType<LatencyRule>().Select(rule => new LatencyLimit(store.Latencies(rule.Party), rule.MaxLatency ?? double.PositiveInfinity))],
                    [.. all.Except(windows).Select(window => new DistanceLimit(store.Numbers(window.Attribute, window.Party), window.Distance))],
                    [.. stage.Rules.OfType<SortRule>().Concat(SortsOf(ruleSet)).Select(sort => new TicketSort(sort, ruleSet, store))]);
            }),
        ];

        // Only what is equal at every age divides the pool.
        Equal =
        [
            .. own[0].Select(rule => RuleShapes.EqualAttributeOf(rule, teams)).OfType<int>().Distinct()
                .Where(attribute => own.All(rules => rules.Any(rule => RuleShapes.EqualAttributeOf(rule, teams) == attribute)))
                .Select(attribute => ruleSet.Attributes[attribute].Type == AttributeType.Number ? store.Numbers(attribute, null) : store.TextIds(attribute)),
        ];
        IsByRegion = own[0].Any(rule => rule is LatencyRule);
        LoosestLatencies = [.. Stages[0].Latencies.Select((limit, rule) => limit with { Most = Stages.Max(stage => stage.Latencies[rule].Most) })];
        AverageLatencies = store.Latencies(PartyAggregation.Average);
        Balanced = ruleSet.Algorithm.BalancedAttribute is { } balanced ? store.Numbers(balanced, null) : null;
        NamedTeams = ruleSet.Stages.SelectMany(stage => stage.Rules).SelectMany(ExpressionsOf).Where(expression => expression.Path.Teams.Count < teams).SelectMany(expression => expression.Path.Teams).ToHashSet();
        Reach = [.. Stages.Select((_, index) => IsByNewest ? Stages.Take(index + 1).Max(stage => stage.Window) : Stages.Max(stage => stage.Window))];
    }

    public RuleSet RuleSet { get; }

    /// <summary>Whether the newest ticket's age decides about expansions.</summary>
    public bool IsByNewest => RuleSet.Algorithm.ExpansionAgeSelection == ExpansionAgeSelection.Newest;

    public StagePlan[] Stages { get; }

    /// <summary>By player: what tickets are ordered by; null for their age.</summary>
    public Column<double>? Order { get; }

    /// <summary>The attribute of <see cref="Order"/>, or null.</summary>
    public OrderChoice? OrderedBy { get; }

    /// <summary>Attributes that tickets could be ordered by as well: the one in which fewest are near is best, and that only the tickets tell.</summary>
    public OrderChoice[] OrderChoices { get; }

    /// <summary>By player: what tickets of a match have in common.</summary>
    public Column<double>[] Equal { get; }

    /// <summary>Whether tickets of a match need a region in common.</summary>
    public bool IsByRegion { get; }

    /// <summary>The latency limits, each as it is at the age at which it allows most.</summary>
    public LatencyLimit[] LoosestLatencies { get; }

    public Column<float> AverageLatencies { get; }

    /// <summary>By player: what teams are balanced in, or null.</summary>
    public Column<double>? Balanced { get; }

    /// <summary>Teams that rules name one by one: they are not like others of their definition.</summary>
    public IReadOnlySet<int> NamedTeams { get; }

    /// <summary>By the stage of a ticket: how far away those can be with whom it could be in a match now.</summary>
    public double[] Reach { get; }

    /// <summary>Whether a ticket has told its latency to a region and keeps to limits there; always where no region counts.</summary>
    public bool KeepsTo(LatencyLimit[] limits, int ticket, int region)
    {
        if (region < 0) return true;
        var place = (ticket * _regions) + region;
        if (float.IsNaN(AverageLatencies.Values[place])) return false;
        foreach (var limit in limits)
        {
            if (!(limit.Latencies.Values[place] <= limit.Most)) return false;
        }

        return true;
    }

    /// <summary>Where no rule keeps an attribute close at every age: one that some rule does, else one that tells at least who is alike.</summary>
    private static OrderChoice? OtherOrder(RuleSet ruleSet, List<List<MatchRule>> own, List<List<OrderChoice>> windowed)
    {
        foreach (var window in windowed.SelectMany(stage => stage)) return window;
        if (own[0].OfType<SortRule>().FirstOrDefault(sort => sort.IsDistance && sort.MapKey is null) is { } nearest) return new(nearest.Attribute, nearest.Party);
        foreach (var attribute in ruleSet.Algorithm.SortByAttributes)
        {
            if (ruleSet.Attributes[attribute].Type == AttributeType.Number) return new(attribute, PartyAggregation.Average);
        }

        if (ruleSet.Algorithm.BalancedAttribute is { } balanced) return new(balanced, PartyAggregation.Average);
        return own[0].Select(RuleShapes.BalancedAttributeOf).FirstOrDefault(attribute => attribute is not null) is { } compared ? new(compared.Attribute, compared.Party) : null;
    }

    private static IEnumerable<SortRule> SortsOf(RuleSet ruleSet) => ruleSet.Algorithm.SortByAttributes
        .Where(attribute => ruleSet.Attributes[attribute].Type is AttributeType.Number or AttributeType.Text)
        .Select(attribute => new SortRule("", ruleSet.Attributes[attribute].Type == AttributeType.Number, ruleSet.Attributes[attribute].Type == AttributeType.Text, attribute, null, PartyAggregation.Average));

    private static IEnumerable<PropertyExpression> ExpressionsOf(MatchRule rule) => rule switch
    {
        ComparisonRule comparison => [.. comparison.Measurements, .. Optional(comparison.Reference?.Expression)],
        DistanceRule distance => [.. distance.Measurements, .. Optional(distance.Reference.Expression)],
        CollectionRule collection => [.. collection.Measurements, .. Optional(collection.Reference?.Expression)],
        _ => [],
    };

    private static IEnumerable<PropertyExpression> Optional(PropertyExpression? expression) => expression is null ? [] : [expression];
}

/// <summary>An order of tickets as seen from the longest-waiting one: what comes first has the lowest number.</summary>
internal sealed class TicketSort
{
    private readonly SortRule _rule;
    private readonly TicketStore _store;
    private readonly bool _isText;
    private readonly Column<double>? _values;
    private readonly Column<(int Key, double Value)[]>? _maps;
    private double _anchor;
    private int _key;

    public TicketSort(SortRule rule, RuleSet ruleSet, TicketStore store)
    {
        (_rule, _store) = (rule, store);
        var type = ruleSet.Attributes[rule.Attribute].Type;
        _isText = type == AttributeType.Text;
        if (type == AttributeType.NumberMap) _maps = store.Maps(rule.Attribute, rule.Party);
        else _values = _isText ? store.TextIds(rule.Attribute) : store.Numbers(rule.Attribute, rule.Party);
    }

    public void Anchor(int ticket)
    {
        if (_maps is null)
        {
            _anchor = _values!.Values[_store.FirstPlayer[ticket]];
            return;
        }

        (_key, _anchor) = (-1, double.NaN);
        foreach (var (key, value) in _maps.Values[ticket])
        {
            if (_key < 0 || (_rule.MapKey == MapKey.MinValue ? value < _anchor : value > _anchor)) (_key, _anchor) = (key, value);
        }
    }

    public double RankOf(int ticket)
    {
        var value = ValueOf(ticket);
        if (double.IsNaN(value)) return double.PositiveInfinity;
        var measured = _isText ? value == _anchor ? 1 : 0 : _rule.IsDistance ? Math.Abs(value - _anchor) : value;
        return _rule.IsDescending ? -measured : measured;
    }

    private double ValueOf(int ticket)
    {
        if (_maps is null) return _values!.Values[_store.FirstPlayer[ticket]];
        foreach (var (key, value) in _maps.Values[ticket])
        {
            if (key == _key) return value;
        }

        return double.NaN;
    }
}
