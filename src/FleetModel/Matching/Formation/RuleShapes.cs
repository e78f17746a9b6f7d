using FleetSystem.FleetModel.Matching.RuleSets;

namespace FleetSystem.FleetModel.Matching.Formation;

/// <summary>
/// What the shape of a rule tells before anybody is matched: whether it stays broken once it is, and how far apart two tickets of a match can be.
/// Where the shape tells nothing, nothing is assumed, and the rule is only asked of whole matches.
/// </summary>
internal static class RuleShapes
{
    /// <summary>Whether a rule that a part of a match breaks is broken by every match with that part in it.</summary>
    public static bool IsLasting(MatchRule rule) => rule switch
    {
        BatchDistanceRule => true,
        LatencyRule latency => latency.MaxDistance is null || latency.DistanceReference == LatencyReference.Min,
        ComparisonRule { Reference: null } comparison => comparison.Measurements.All(IsPlain),
        ComparisonRule { Reference.Expression: null } comparison => comparison.Measurements.All(measurement => IsPlain(measurement) || OnlyGetsWorse(measurement, comparison.Operation)),
        DistanceRule { MinDistance: null or 0 } distance => distance.Measurements.All(measurement => OnlyGetsFarther(measurement, distance.Reference)),
        CollectionRule collection => IsLasting(collection),
        _ => false,
    };

    /// <summary>
    /// The attribute in which a rule keeps tickets together, and how far apart two of them can be at most; null when its shape does not tell.
    /// <c>IsRange</c>: not only two, all of a match are within the distance.
    /// </summary>
    public static (int Attribute, PartyAggregation Party, double Distance, bool IsRange)? WindowOf(MatchRule rule, int teams)
    {
        if (rule is BatchDistanceRule { MaxDistance: { } batch } near) return (near.Attribute, near.Party, batch, true);
        if (rule is not DistanceRule { MaxDistance: { } most, Reference.Expression: { } reference } distance || !CoversAll(reference, teams) || OverAll(reference) is not { } to) return null;
        foreach (var measurement in distance.Measurements)
        {
            if (!CoversAll(measurement, teams) || measurement.Path.Attribute != reference.Path.Attribute) continue;
            var isEach = IsPlain(measurement);
            if ((isEach && to is Aggregation.Min or Aggregation.Max) || (OverAll(measurement), to) is (Aggregation.Max, Aggregation.Min) or (Aggregation.Min, Aggregation.Max))
                return (reference.Path.Attribute!.Value, distance.Party, most, true);
            if (isEach && to is Aggregation.Average or Aggregation.Median) return (reference.Path.Attribute!.Value, distance.Party, 2 * most, false);
        }

        return null;
    }

    /// <summary>The attribute that all of a match have in common by a rule; null when its shape does not tell.</summary>
    public static int? EqualAttributeOf(MatchRule rule, int teams) => rule switch
    {
        BatchDistanceRule { MaxDistance: null } batch => batch.Attribute,
        ComparisonRule { Reference: null, Operation: ComparisonOperation.Equal } comparison =>
            comparison.Measurements.FirstOrDefault(measurement => measurement.Path.Attribute is not null && IsPlain(measurement) && measurement.Type.Depth == 1 && CoversAll(measurement, teams))?.Path.Attribute,
        _ => null,
    };

    /// <summary>The number attribute that a rule compares between teams; null when its shape does not tell.</summary>
    public static (int Attribute, PartyAggregation Party)? BalancedAttributeOf(MatchRule rule) =>
        rule is DistanceRule distance && distance.Measurements[0].Path is { Attribute: { } attribute, Type.Kind: ExpressionKind.Number } ? (attribute, distance.Party) : null;

    private static bool IsLasting(CollectionRule rule)
    {
        var (noLeast, noMost) = (rule.MinCount is null or 0, rule.MaxCount is null);
        if (!rule.Measurements.All(IsPlain)) return false;
        return rule.Operation switch
        {
            // Whoever comes can only take from what all have in common, and only add to those who have something.
            CollectionOperation.Intersection => noMost && rule.Measurements.All(measurement => measurement.Type.Depth == 1),
            CollectionOperation.Contains => noLeast,
            _ => rule.Reference switch
            {
                { Expression: null } => true,
                { Expression.Root: AggregationNode { Function: Aggregation.SetIntersection, Argument: var argument } } => noMost && IsPlain(argument),
                { Expression: { } expression } => noLeast && IsPlain(expression),
                _ => false,
            },
        };
    }

    private static bool OnlyGetsWorse(PropertyExpression measurement, ComparisonOperation operation) => measurement.Root is AggregationNode { Function: var function, Argument: var argument } && IsPlain(argument) &&
        (function, operation) is
            (Aggregation.Min, ComparisonOperation.Greater or ComparisonOperation.GreaterOrEqual)
            or (Aggregation.Max or Aggregation.Count, ComparisonOperation.Less or ComparisonOperation.LessOrEqual)
        && (function == Aggregation.Count || measurement.Type.Depth == 0);

    private static bool OnlyGetsFarther(PropertyExpression measurement, RuleReference reference)
    {
        if (reference.Expression is not { } expression) return IsPlain(measurement);

        // The extreme of a group is only left behind by those who are in the group themselves.
        if (OverAll(expression) is not { } to || !measurement.Path.Teams.All(expression.Path.Teams.Contains) || measurement.Path.Attribute != expression.Path.Attribute) return false;
        if (IsPlain(measurement)) return to is Aggregation.Min or Aggregation.Max;
        return measurement.Root is AggregationNode { Argument: var argument, Function: var function } && IsPlain(argument)
            && (function, to) is (Aggregation.Max, Aggregation.Min) or (Aggregation.Min, Aggregation.Max);
    }

    /// <summary>The function that makes one number of all players' values; null when it is something else.</summary>
    private static Aggregation? OverAll(PropertyExpression expression) =>
        expression.Root is AggregationNode { Function: var function, Argument: { Type: { Kind: ExpressionKind.Number, Depth: 1 } } argument } && IsPlain(argument) ? function : null;

    private static bool CoversAll(PropertyExpression expression, int teams) => expression.Path.Teams.Count == teams;

    private static bool IsPlain(PropertyExpression expression) => IsPlain(expression.Root);

    /// <summary>The values of players as they are, at most put into one list.</summary>
    private static bool IsPlain(ExpressionNode node) => node switch
    {
        PathNode { Type.Kind: not ExpressionKind.Team } => true,
        AggregationNode { Function: Aggregation.Flatten, Argument: PathNode { Type.Kind: not ExpressionKind.Team } } => true,
        _ => false,
    };
}
