using System.Text.Json;

namespace FleetSystem.FleetModel.Matching.RuleSets;

/// <summary>Reads single rules, from the document or with a value of an expansion in place.</summary>
internal sealed class RuleReader(ExpressionParser expressions, IReadOnlyList<PlayerAttributeDeclaration> attributes, bool isLarge, RuleSetFaultList faults)
{
    private const double Greatest = 1e15;

    private static readonly Dictionary<string, PartyAggregation> Parties = new() { ["avg"] = PartyAggregation.Average, ["min"] = PartyAggregation.Min, ["max"] = PartyAggregation.Max };
    private static readonly Dictionary<string, PartyListing> Collections = new() { ["union"] = PartyListing.Union, ["intersection"] = PartyListing.Intersection };
    private static readonly Dictionary<string, MapKey> MapKeys = new() { ["minValue"] = MapKey.MinValue, ["maxValue"] = MapKey.MaxValue };
    private static readonly Dictionary<string, bool> Directions = new() { ["ascending"] = false, ["descending"] = true };
    private static readonly Dictionary<string, LatencyReference> LatencyReferences = new() { ["min"] = LatencyReference.Min, ["avg"] = LatencyReference.Average };

    private static readonly Dictionary<string, ComparisonOperation> Comparisons = new()
    {
        ["<"] = ComparisonOperation.Less,
        ["<="] = ComparisonOperation.LessOrEqual,
        ["="] = ComparisonOperation.Equal,
        ["!="] = ComparisonOperation.NotEqual,
        [">"] = ComparisonOperation.Greater,
        [">="] = ComparisonOperation.GreaterOrEqual,
    };

    private static readonly Dictionary<string, CollectionOperation> CollectionOperations = new()
    {
        ["intersection"] = CollectionOperation.Intersection,
        ["contains"] = CollectionOperation.Contains,
        ["reference_intersection_count"] = CollectionOperation.ReferenceIntersectionCount,
    };

    private int _nodes;

    /// <summary>Reads a rule; null when it has faults, which are told.</summary>
    public MatchRule? Read(ObjectReader rule)
    {
        var before = faults.Faults.Count;
        var name = rule.Name("name");
        var read = rule.Text("type", isRequired: true) switch
        {
            "comparison" => ReadComparison(rule, name ?? ""),
            "distance" => ReadDistance(rule, name ?? ""),
            "batchDistance" => ReadBatchDistance(rule, name ?? ""),
            "collection" => ReadCollection(rule, name ?? ""),
            "latency" => ReadLatency(rule, name ?? ""),
            "distanceSort" => ReadSort(rule, name ?? "", isDistance: true),
            "absoluteSort" => ReadSort(rule, name ?? "", isDistance: false),
            "compound" => ReadCompound(rule, name ?? ""),
            null => null,
            var other => Unknown(rule, other),
        };
        if (isLarge && read is not (null or LatencyRule { MaxDistance: null } or BatchDistanceRule))
            rule.Fault("type", $"cannot be in a rule set for {RuleSetLimits.LargeMatchPlayers} players or more: there are latency rules with maxLatency only, and batchDistance rules.");
        return faults.Faults.Count == before ? read : null;
    }

    private static MatchRule? Unknown(ObjectReader rule, string type)
    {
        rule.Fault("type", $"is '{type}': it must be one of comparison, distance, batchDistance, collection, latency, distanceSort, absoluteSort, compound.");
        return null;
    }

    private ComparisonRule? ReadComparison(ObjectReader rule, string name)
    {
        rule.AllowOnly("a comparison rule", "name", "description", "type", "measurements", "referenceValue", "operation", "partyAggregation");
        var measurements = Measurements(rule, "numbers or strings", ExpressionKind.Number, ExpressionKind.Text);
        var operation = rule.Choice("operation", Comparisons, isRequired: true);
        var party = rule.Choice("partyAggregation", Parties);
        if (measurements.Count == 0 || operation is not { } compare) return null;
        var kind = measurements[0].Type.Kind;
        if (measurements.Any(measurement => measurement.Type.Kind != kind)) rule.Fault("measurements", "mix numbers and strings: make a rule for each.");
        if (!rule.Has("referenceValue"))
        {
            if (compare is not (ComparisonOperation.Equal or ComparisonOperation.NotEqual)) rule.Fault("referenceValue", "is missing: without one, values are compared with each other, by = or != only.");
            return new(name, measurements, compare, null, PartyAggregation.Average);
        }

        if (kind == ExpressionKind.Text && compare is not (ComparisonOperation.Equal or ComparisonOperation.NotEqual)) rule.Fault("operation", "orders strings: they are compared by = or != only.");
        if (Reference(rule, kind) is not { } reference) return null;
        if (reference.Expression is { Type.Depth: not 0 } list) rule.Fault("referenceValue", $"'{list.Text}' is {list.Type}: it must be one value. Put min, max, avg, sum, median or count around it.");
        return new(name, measurements, compare, reference, party ?? PartyAggregation.Average);
    }

    private DistanceRule? ReadDistance(ObjectReader rule, string name)
    {
        rule.AllowOnly("a distance rule", "name", "description", "type", "measurements", "referenceValue", "minDistance", "maxDistance", "partyAggregation");
        var measurements = Measurements(rule, "numbers", ExpressionKind.Number);
        var (least, most) = (rule.Number("minDistance", 0, Greatest), rule.Number("maxDistance", 0, Greatest));
        var party = rule.Choice("partyAggregation", Parties);
        if (!rule.Has("minDistance") && !rule.Has("maxDistance")) rule.Fault("maxDistance", "is missing: a distance rule has maxDistance, minDistance or both.");
        if (least > most) rule.Fault("minDistance", "is greater than maxDistance: no distance would do.");
        if (!rule.Has("referenceValue")) rule.Fault("referenceValue", "is missing.");
        else if (Reference(rule, ExpressionKind.Number) is { } reference)
        {
            if (reference.Expression is { Type.Depth: not 0 } list) rule.Fault("referenceValue", $"'{list.Text}' is {list.Type}: it must be one number. Put min, max, avg, sum, median or count around it.");
            if (measurements.Count > 0) return new(name, measurements, reference, least, most, party ?? PartyAggregation.Average);
        }

        return null;
    }

    private BatchDistanceRule? ReadBatchDistance(ObjectReader rule, string name)
    {
        rule.AllowOnly("a batchDistance rule", "name", "description", "type", "batchAttribute", "maxDistance", "partyAggregation");
        var most = rule.Number("maxDistance", 0, Greatest);
        var party = rule.Choice("partyAggregation", Parties);
        if (Attribute(rule, "batchAttribute") is not { } attribute) return null;
        switch (attributes[attribute].Type)
        {
            case AttributeType.Number when !rule.Has("maxDistance"):
                rule.Fault("maxDistance", $"is missing: '{attributes[attribute].Name}' is a number, and only strings must be equal.");
                break;
            case AttributeType.Text when rule.Has("maxDistance"):
                rule.Warn("maxDistance", $"says nothing: '{attributes[attribute].Name}' is a string, and strings must be equal.");
                most = null;
                break;
            case AttributeType.TextList or AttributeType.NumberMap:
                rule.Fault("batchAttribute", $"'{attributes[attribute].Name}' must be a number or a string.");
                break;
        }

        return new(name, attribute, most, party ?? PartyAggregation.Average);
    }

    private CollectionRule? ReadCollection(ObjectReader rule, string name)
    {
        rule.AllowOnly("a collection rule", "name", "description", "type", "measurements", "referenceValue", "operation", "minCount", "maxCount", "partyAggregation");
        var measurements = Measurements(rule, "strings or lists of strings", ExpressionKind.Text, ExpressionKind.TextList);
        var operation = rule.Choice("operation", CollectionOperations, isRequired: true);
        var (least, most) = (rule.Whole("minCount", 0, 1_000_000), rule.Whole("maxCount", 0, 1_000_000));
        var party = rule.Choice("partyAggregation", Collections);
        if (!rule.Has("minCount") && !rule.Has("maxCount")) rule.Fault("minCount", "is missing: a collection rule has minCount, maxCount or both.");
        if (least > most) rule.Fault("minCount", "is greater than maxCount: no count would do.");
        RuleReference? reference = null;
        if (operation == CollectionOperation.Intersection)
        {
            if (rule.Has("referenceValue")) rule.Warn("referenceValue", "says nothing: intersection looks at the measurements alone.");
        }
        else if (operation is not null)
        {
            if (!rule.Has("referenceValue")) rule.Fault("referenceValue", "is missing.");
            else reference = Reference(rule, ExpressionKind.Text);
            if (operation == CollectionOperation.Contains && reference?.Expression is not null) rule.Fault("referenceValue", "must be the string that contains looks for, or an array of strings.");
        }

        return measurements.Count == 0 || operation is not { } counted ? null : new(name, measurements, counted, reference, least, most, party ?? PartyListing.Union);
    }

    private static LatencyRule ReadLatency(ObjectReader rule, string name)
    {
        rule.AllowOnly("a latency rule", "name", "description", "type", "maxLatency", "maxDistance", "distanceReference", "partyAggregation");
        var (most, distance) = (rule.Number("maxLatency", 0, int.MaxValue), rule.Number("maxDistance", 0, int.MaxValue));
        var reference = rule.Choice("distanceReference", LatencyReferences, isRequired: rule.Has("maxDistance"));
        var party = rule.Choice("partyAggregation", Parties);
        if (!rule.Has("maxLatency") && !rule.Has("maxDistance")) rule.Fault("maxLatency", "is missing: a latency rule has maxLatency, or maxDistance with distanceReference, or both.");
        if (rule.Has("distanceReference") && !rule.Has("maxDistance")) rule.Fault("maxDistance", "is missing: distanceReference is what it is measured from.");
        return new(name, most, distance, reference, party ?? PartyAggregation.Average);
    }

    private SortRule? ReadSort(ObjectReader rule, string name, bool isDistance)
    {
        rule.AllowOnly($"a{(isDistance ? " distanceSort" : "n absoluteSort")} rule", "name", "description", "type", "sortDirection", "sortAttribute", "mapKey", "partyAggregation");
        var direction = rule.Choice("sortDirection", Directions, isRequired: true);
        var key = rule.Choice("mapKey", MapKeys);
        var party = rule.Choice("partyAggregation", Parties);
        if (Attribute(rule, "sortAttribute") is not { } attribute) return null;
        var type = attributes[attribute].Type;
        if (type == AttributeType.TextList || (isDistance && type == AttributeType.Text))
            rule.Fault("sortAttribute", $"'{attributes[attribute].Name}' must be {(isDistance ? "a number or a map" : "a number, a string or a map")}.");
        if (type == AttributeType.NumberMap && !rule.Has("mapKey")) rule.Fault("mapKey", $"is missing: '{attributes[attribute].Name}' is a map; minValue or maxValue says which of its keys counts.");
        if (type != AttributeType.NumberMap && rule.Has("mapKey")) rule.Warn("mapKey", $"says nothing: '{attributes[attribute].Name}' is no map.");
        return direction is not { } isDescending ? null : new(name, isDistance, isDescending, attribute, type == AttributeType.NumberMap ? key : null, party ?? PartyAggregation.Average);
    }

    private CompoundRule? ReadCompound(ObjectReader rule, string name)
    {
        rule.AllowOnly("a compound rule", "name", "description", "type", "statement");
        if (rule.Text("statement", isRequired: true) is not { } text) return null;
        try
        {
            var statement = CompoundStatement.Parse(text);
            CountNodes(statement.Nodes, rule, "statement");
            return new(name, statement);
        }
        catch (FormatException fault)
        {
            rule.Fault("statement", fault.Message);
            return null;
        }
    }

    private int? Attribute(ObjectReader rule, string name)
    {
        if (rule.Text(name, isRequired: true) is not { } text) return null;
        if (expressions.AttributeOf(text) is { } attribute) return attribute;
        rule.Fault(name, $"is '{text}', which playerAttributes does not have.");
        return null;
    }

    /// <summary>One expression or an array of them; FlexMatch takes both.</summary>
    private List<PropertyExpression> Measurements(ObjectReader rule, string wanted, params ReadOnlySpan<ExpressionKind> kinds)
    {
        var places = rule.Find("measurements") is { Value.ValueKind: JsonValueKind.String } single ? [single] : rule.Items("measurements", RuleSetLimits.MaxCollectionSize, isRequired: true);
        if (rule.Has("measurements") && places.Count == 0) rule.Fault("measurements", "must have at least one property expression.");
        var read = new List<PropertyExpression>();
        foreach (var (value, path) in places)
        {
            if (value.ValueKind != JsonValueKind.String) faults.Add(path, $"must be a property expression in a string, not {ObjectReader.Describe(value)}.");
            else if (Expression(rule, value.GetString()!, path) is not { } expression) continue;
            else if (!kinds.Contains(expression.Type.Kind)) faults.Add(path, $"'{expression.Text}' is {expression.Type}: it must be {wanted}.");
            else read.Add(expression);
        }

        return read;
    }

    private RuleReference? Reference(ObjectReader rule, ExpressionKind kind)
    {
        var (value, path) = rule.Find("referenceValue")!.Value;
        var texts = kind != ExpressionKind.Number;
        if (value.ValueKind == JsonValueKind.String && ExpressionParser.IsExpression(value.GetString()!))
        {
            if (Expression(rule, value.GetString()!, path) is not { } expression) return null;
            if (texts ? expression.Type.Kind is ExpressionKind.Text or ExpressionKind.TextList : expression.Type.Kind == ExpressionKind.Number) return new(Expression: expression);
            faults.Add(path, $"'{expression.Text}' is {expression.Type}: it must be {(texts ? "strings" : "a number")}, as what it is compared with.");
            return null;
        }

        if (!texts)
        {
            if (ObjectReader.AsNumber(value) is { } number) return new(Number: number);
            faults.Add(path, $"must be a number or a property expression, not {(value.ValueKind == JsonValueKind.String ? $"'{value.GetString()}'" : ObjectReader.Describe(value))}.");
            return null;
        }

        if (value.ValueKind == JsonValueKind.String) return new(Texts: [value.GetString()!]);
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() is >= 1 and <= RuleSetLimits.MaxCollectionSize && value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String))
            return new(Texts: [.. value.EnumerateArray().Select(item => item.GetString()!).Distinct(StringComparer.Ordinal)]);
        faults.Add(path, $"must be a string, an array of 1 to {RuleSetLimits.MaxCollectionSize} strings, or a property expression, not {ObjectReader.Describe(value)}.");
        return null;
    }

    private PropertyExpression? Expression(ObjectReader rule, string text, string path)
    {
        try
        {
            var expression = expressions.Parse(text);
            CountNodes(expression.Nodes, rule, "name");
            return expression;
        }
        catch (FormatException fault)
        {
            faults.Add(path, fault.Message);
            return null;
        }
    }

    private void CountNodes(int nodes, ObjectReader rule, string name)
    {
        _nodes += nodes;
        if (_nodes > RuleSetLimits.MaxExpressionNodes) rule.Fault(name, $"makes the rule set's expressions longer than {RuleSetLimits.MaxExpressionNodes} parts in all: simplify them.");
    }
}
