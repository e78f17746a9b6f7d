using FleetSystem.FleetModel.Matching.RuleSets;

namespace FleetSystem.FleetModel.Matching.Formation;

/// <summary>A collection rule, made ready.</summary>
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
