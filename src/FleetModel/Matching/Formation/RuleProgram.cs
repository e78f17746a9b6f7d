using FleetSystem.FleetModel.Matching.RuleSets;

namespace FleetSystem.FleetModel.Matching.Formation;

/// <summary>
/// The rules of one stage, made ready to be asked of rosters. It answers two questions: whether a whole match keeps to the rules, and whether a
/// match that is still being filled can come to keep to them. The second looks only at rules of which is known that nobody who comes can mend them
/// once they are broken.
/// </summary>
internal sealed class RuleProgram
{
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
    }

    /// <summary>False when the match breaks a rule that stays broken whoever comes.</summary>
    public bool MayHold(Roster roster, int region)
    {
        foreach (var check in _lasting)
        {
            if (check.State(roster, region) == RuleState.BrokenForEver) return false;
        }

        return true;
    }

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

/// <summary>What is known of a rule while a match is being filled.</summary>
internal enum RuleState
{
    /// <summary>Nothing that would stay.</summary>
    Open,

    /// <summary>It is broken and stays so, whoever comes.</summary>
    BrokenForEver,
}

/// <summary>One rule, made ready.</summary>
internal abstract class RuleCheck
{
    /// <summary>There is nothing to measure yet, as of a team without players: a whole match does not hold then, one that is being filled may yet.</summary>
    protected const double Undefined = double.NaN;

    /// <summary>Broken beyond measure.</summary>
    public const double Hopeless = 1e9;

    /// <summary>Whether it can be broken for ever before the match is full.</summary>
    public abstract bool IsLasting { get; }

    /// <summary>How far from holding it is: 0 when it holds, NaN when there is nothing to measure.</summary>
    public abstract double Breach(Roster roster, int region);

    public virtual RuleState State(Roster roster, int region) => IsLasting && Breach(roster, region) > 0 ? RuleState.BrokenForEver : RuleState.Open;

    public static RuleCheck Of(MatchRule rule, TicketStore store) => rule switch
    {
        ComparisonRule comparison => new ComparisonCheck(comparison, store),
        DistanceRule distance => new DistanceCheck(distance, store),
        BatchDistanceRule batch => new BatchDistanceCheck(batch, store),
        CollectionRule collection => new CollectionCheck(collection, store),
        LatencyRule latency => new LatencyCheck(latency, store),
        _ => throw new InvalidOperationException($"There is no check for {rule.GetType().Name}."),
    };
}

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

internal sealed class CollectionCheck : RuleCheck
{
    private readonly CollectionOperation _operation;
    private readonly (ListSource? Lists, ValueSource? Texts)[] _measurements;
    private readonly (ListSource? Lists, ValueSource? Texts) _reference;
    private readonly int[] _literal = [];
    private readonly HashSet<int> _wanted = [];
    private readonly int _least;
    private readonly int _most;

    public CollectionCheck(CollectionRule rule, TicketStore store)
    {
        _operation = rule.Operation;
        _measurements = [.. rule.Measurements.Select(measurement => Source(measurement, rule.Party, store))];
        if (rule.Reference?.Expression is { } expression) _reference = Source(expression, rule.Party, store);
        else if (rule.Reference?.Texts is { } texts) _literal = [.. texts.Select(store.Texts.Hold)];
        (_least, _most) = (rule.MinCount ?? 0, rule.MaxCount ?? int.MaxValue);
        IsLasting = RuleShapes.IsLasting(rule);
    }

    public override bool IsLasting { get; }

    public override double Breach(Roster roster, int region)
    {
        _wanted.Clear();
        foreach (var text in _literal) _wanted.Add(text);
        if (!LoadReference(roster)) return Undefined;
        var breach = 0d;
        foreach (var (lists, texts) in _measurements)
        {
            if (!(lists?.Load(roster) ?? texts!.Load(roster))) return Undefined;
            breach += lists is not null ? OfLists(lists) : OfTexts(texts!);
        }

        return breach;
    }

    private static (ListSource?, ValueSource?) Source(PropertyExpression expression, PartyListing party, TicketStore store) => expression.Type.Kind == ExpressionKind.TextList
        ? (ExpressionCompiler.Lists(expression.Root, party, null, store), null)
        : (null, ExpressionCompiler.Values(expression.Root, null, party, store));

    private bool LoadReference(Roster roster)
    {
        if (_reference.Lists is { } lists)
        {
            if (!lists.Load(roster)) return false;
            for (var i = 0; i < lists.Count; i++) _wanted.UnionWith(lists.Items[i]);
        }
        else if (_reference.Texts is { } texts)
        {
            if (!texts.Load(roster)) return false;
            for (var i = 0; i < texts.Count; i++) _wanted.Add((int)texts.Values[i]);
        }

        return true;
    }

    private double OfLists(ListSource source)
    {
        if (_operation == CollectionOperation.ReferenceIntersectionCount)
        {
            var breach = 0d;
            for (var i = 0; i < source.Count; i++) breach += Outside(source.Items[i].Count(_wanted.Contains));
            return breach;
        }

        var (sum, start) = (0d, 0);
        for (var group = 0; group < source.Groups; group++)
        {
            var lists = source.Items.AsSpan(start, source.Ends[group] - start);
            start = source.Ends[group];
            if (_operation == CollectionOperation.Intersection && lists.Length == 0) return Undefined;
            sum += Outside(_operation == CollectionOperation.Contains ? Containing(lists) : Common(lists));
        }

        return sum;
    }

    /// <summary>Strings of players, each as a list of one.</summary>
    private double OfTexts(ValueSource source)
    {
        var (breach, start) = (0d, 0);
        for (var group = 0; group < source.Groups; group++)
        {
            var texts = source.Values.AsSpan(start, source.Ends[group] - start);
            start = source.Ends[group];
            if (_operation == CollectionOperation.Intersection && texts.Length == 0) return Undefined;
            var count = 0;
            foreach (var text in texts)
            {
                var isIn = _operation == CollectionOperation.Intersection ? text == texts[0] : _wanted.Contains((int)text) && (_operation != CollectionOperation.Contains || _wanted.Count == 1);
                if (_operation == CollectionOperation.ReferenceIntersectionCount) breach += Outside(isIn ? 1 : 0);
                else if (isIn) count++;
            }

            if (_operation == CollectionOperation.Contains) breach += Outside(count);
            else if (_operation == CollectionOperation.Intersection) breach += Outside(count == texts.Length ? 1 : 0);
        }

        return breach;
    }

    private int Containing(ReadOnlySpan<int[]> lists)
    {
        var count = 0;
        foreach (var list in lists)
        {
            var found = 0;
            foreach (var text in list) found += _wanted.Contains(text) ? 1 : 0;
            if (found == _wanted.Count) count++;
        }

        return count;
    }

    private static int Common(ReadOnlySpan<int[]> lists)
    {
        var count = 0;
        foreach (var text in lists[0])
        {
            var isCommon = true;
            for (var i = 1; isCommon && i < lists.Length; i++) isCommon = Array.BinarySearch(lists[i], text) >= 0;
            count += isCommon ? 1 : 0;
        }

        return count;
    }

    private double Outside(int count) => count < _least ? _least - count : count > _most ? count - _most : 0;
}

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
