using FleetSystem.FleetModel.Matching.RuleSets;

namespace FleetSystem.FleetModel.Matching.Formation;

/// <summary>Makes sources of property expressions.</summary>
internal static class ExpressionCompiler
{
    public static ValueSource Values(ExpressionNode node, PartyAggregation? party, PartyListing listing, TicketStore store) => node switch
    {
        PathNode { Type.Kind: ExpressionKind.Team } path => new TeamValues([.. path.Teams], path.Type.Depth),
        PathNode path => new PlayerValues([.. path.Teams], path.IsGrouped, path.Type.Depth, ColumnOf(path, party, store)),
        AggregationNode { Function: Aggregation.Flatten, Argument.Type.Kind: ExpressionKind.TextList } flatten => new ListedValues(Lists(flatten.Argument, listing, party, store)),
        AggregationNode { Function: Aggregation.Flatten } flatten => new FlattenedValues(Values(flatten.Argument, party, listing, store)),
        AggregationNode { Function: Aggregation.Count, Argument.Type.Kind: ExpressionKind.TextList } count => new ListSizes(Lists(count.Argument, listing, party, store)),
        AggregationNode aggregation => new AggregatedValues(Values(aggregation.Argument, party, listing, store), aggregation.Function),
        _ => throw new InvalidOperationException($"There is no {node.GetType().Name}."),
    };

    public static ListSource Lists(ExpressionNode node, PartyListing listing, PartyAggregation? party, TicketStore store) => node switch
    {
        PathNode path => new TicketLists([.. path.Teams], path.IsGrouped, path.Type.Depth, store.Lists(path.Attribute!.Value, listing)),
        AggregationNode { Function: Aggregation.Flatten } flatten => new FlattenedLists(Lists(flatten.Argument, listing, party, store)),
        AggregationNode { Argument.Type.Kind: ExpressionKind.Text } texts => new IntersectedTexts(Values(texts.Argument, party, listing, store)),
        AggregationNode intersection => new IntersectedLists(Lists(intersection.Argument, listing, party, store)),
        _ => throw new InvalidOperationException($"There is no {node.GetType().Name}."),
    };

    private static Column<double>? ColumnOf(PathNode path, PartyAggregation? party, TicketStore store) => path switch
    {
        { IsPlayerId: true } => store.PlayerIdTexts(),
        { Attribute: null } or { Type.Kind: ExpressionKind.NumberMap } => null,
        { Type.Kind: ExpressionKind.Text } => store.TextIds(path.Attribute.Value),
        _ => store.Numbers(path.Attribute.Value, party),
    };
}
