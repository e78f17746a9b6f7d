using FleetSystem.FleetModel.Matching.RuleSets;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Tests.Matching.Formation;

/// <summary>
/// Says whether a match keeps to a rule set in the plainest way there is: lists of objects, no columns, no windows, nothing remembered. It shares
/// nothing with the product but the rule set that was read.
/// </summary>
internal sealed class PlainEvaluator(RuleSet ruleSet, IReadOnlyList<string> regions)
{
    /// <summary>Whether teams of tickets, in the rule set's order of teams, are a match at a time.</summary>
    public bool IsMatch(IReadOnlyList<IReadOnlyList<MatchmakingTicket>> teams, DateTimeOffset now) => RegionsOf(teams, now) is not null;

    /// <summary>Regions in which they are a match; null when they are none. Empty where no region is needed and none is reported by all.</summary>
    public IReadOnlyList<string>? RegionsOf(IReadOnlyList<IReadOnlyList<MatchmakingTicket>> teams, DateTimeOffset now)
    {
        var all = teams.SelectMany(team => team).ToList();
        if (all.Count == 0) return null;
        var born = ruleSet.Algorithm.ExpansionAgeSelection == ExpansionAgeSelection.Newest ? all.Max(ticket => ticket.CreatedAt) : all.Min(ticket => ticket.CreatedAt);
        var stage = ruleSet.Stages.Last(stage => stage.AfterSeconds <= (now - born).TotalSeconds);
        for (var i = 0; i < teams.Count; i++)
        {
            var players = teams[i].Sum(ticket => ticket.Players.Count);
            if (players < stage.Teams[i].MinPlayers || players > stage.Teams[i].MaxPlayers) return null;
        }

        var told = regions.Where(region => all.All(ticket => ticket.Players.All(player => player.LatencyMilliseconds.ContainsKey(region)))).ToList();
        if (!ruleSet.NeedsLatency) return Holds(stage, teams, null) ? told : null;
        var good = told.Where(region => Holds(stage, teams, region)).ToList();
        return good.Count > 0 ? good : null;
    }

    private bool Holds(RuleSetStage stage, IReadOnlyList<IReadOnlyList<MatchmakingTicket>> teams, string? region)
    {
        var rules = stage.Rules.ToDictionary(rule => rule.Name);
        return rules.Values.Where(rule => !ruleSet.CompoundParts.Contains(rule.Name)).All(rule => Holds(rule, rules, teams, region));
    }

    private bool Holds(MatchRule rule, Dictionary<string, MatchRule> rules, IReadOnlyList<IReadOnlyList<MatchmakingTicket>> teams, string? region)
    {
        switch (rule)
        {
            case SortRule:
                return true;
            case CompoundRule compound:
                bool Says(CompoundStatement part) => part.Operator switch
                {
                    CompoundOperator.Rule => Holds(rules[part.Rule], rules, teams, region),
                    CompoundOperator.And => part.Arguments.All(Says),
                    CompoundOperator.Or => part.Arguments.Any(Says),
                    CompoundOperator.Not => !Says(part.Arguments[0]),
                    _ => Says(part.Arguments[0]) != Says(part.Arguments[1]),
                };
                return Says(compound.Statement);
            case LatencyRule latency:
                var latencies = teams.SelectMany(team => team).Select(ticket => Together(ticket.Players.Select(player => (double)player.LatencyMilliseconds[region!]), latency.Party)).ToList();
                var from = latency.DistanceReference == LatencyReference.Min ? latencies.Min() : latencies.Average();
                return latencies.All(value => (latency.MaxLatency is null || value <= latency.MaxLatency) && (latency.MaxDistance is null || Math.Abs(value - from) <= latency.MaxDistance + 1e-9));
            case BatchDistanceRule { MaxDistance: null } batch:
                return teams.SelectMany(team => team).SelectMany(ticket => ticket.Players).Select(player => ValueOf(player, batch.Attribute).Text).Distinct().Count() == 1;
            case BatchDistanceRule batch:
                var values = teams.SelectMany(team => team).Select(ticket => Together(ticket.Players.Select(player => ValueOf(player, batch.Attribute).Number!.Value), batch.Party)).ToList();
                return values.Max() - values.Min() <= batch.MaxDistance;
            case ComparisonRule comparison:
                return Holds(comparison, teams);
            case DistanceRule distance:
                var reference = distance.Reference.Number ?? (double?)Evaluate(distance.Reference.Expression!.Root, teams, distance.Party, null);
                return reference is { } to && distance.Measurements.All(measurement => Evaluate(measurement.Root, teams, distance.Party, null) is { } measured && Leaves(measured).All(value =>
                    Math.Abs((double)value - to) is var apart && (distance.MaxDistance is null || apart <= distance.MaxDistance + 1e-9) && (distance.MinDistance is null || apart >= distance.MinDistance - 1e-9)));
            default:
                return Holds((CollectionRule)rule, teams);
        }
    }

    private bool Holds(ComparisonRule rule, IReadOnlyList<IReadOnlyList<MatchmakingTicket>> teams)
    {
        PartyAggregation? party = rule.Reference is null ? null : rule.Party;
        var measured = rule.Measurements.Select(measurement => Evaluate(measurement.Root, teams, party, null)).ToList();
        if (measured.Any(value => value is null)) return false;
        if (rule.Reference is { } reference)
        {
            object? to = reference.Number is { } number ? number : reference.Texts is { } texts ? texts[0] : Evaluate(reference.Expression!.Root, teams, party, null);
            return to is not null && measured.SelectMany(Leaves!).All(value => rule.Operation switch
            {
                ComparisonOperation.Equal => value.Equals(to),
                ComparisonOperation.NotEqual => !value.Equals(to),
                ComparisonOperation.Less => (double)value < (double)to,
                ComparisonOperation.LessOrEqual => (double)value <= (double)to,
                ComparisonOperation.Greater => (double)value > (double)to,
                _ => (double)value >= (double)to,
            });
        }

        var groups = measured.Where(value => value is List<object>).SelectMany(value => Groups((List<object>)value!)).Append([.. measured.Where(value => value is not List<object>).Select(value => value!)]);
        return groups.All(group => rule.Operation == ComparisonOperation.Equal ? group.Distinct().Count() <= 1 : group.Distinct().Count() == group.Count);
    }

    private bool Holds(CollectionRule rule, IReadOnlyList<IReadOnlyList<MatchmakingTicket>> teams)
    {
        bool IsRight(int count) => count >= (rule.MinCount ?? 0) && count <= (rule.MaxCount ?? int.MaxValue);
        HashSet<string> wanted = [.. rule.Reference?.Texts ?? []];
        if (rule.Reference?.Expression is { } expression)
        {
            if (Evaluate(expression.Root, teams, null, rule.Party) is not { } found) return false;
            wanted = [.. Leaves(found).SelectMany(value => value as string[] ?? [(string)value])];
        }

        foreach (var measurement in rule.Measurements)
        {
            if (Evaluate(measurement.Root, teams, null, rule.Party) is not { } measured) return false;
            foreach (var group in Groups(measured is List<object> list ? list : [measured]))
            {
                var sets = group.Select(value => value as string[] ?? [(string)value]).ToList();
                if (rule.Operation == CollectionOperation.ReferenceIntersectionCount && !sets.All(set => IsRight(set.Count(wanted.Contains)))) return false;
                if (rule.Operation == CollectionOperation.Contains && !IsRight(sets.Count(set => wanted.All(set.Contains)))) return false;
                if (rule.Operation == CollectionOperation.Intersection && (sets.Count == 0 || !IsRight(sets[0].Count(text => sets.All(set => set.Contains(text)))))) return false;
            }
        }

        return true;
    }

    /// <summary>A double, a string, a string[] (the list of a player or party), or a list of such; null where there is no value.</summary>
    private object? Evaluate(ExpressionNode node, IReadOnlyList<IReadOnlyList<MatchmakingTicket>> teams, PartyAggregation? party, PartyListing? listing)
    {
        if (node is PathNode path)
        {
            if (path.Type.Kind == ExpressionKind.Team) return path.Teams.Select(team => (object)(double)team).ToList();
            var groups = path.Teams.Select(team => teams[team].SelectMany(ticket => PlayerValues(path, ticket, party, listing ?? PartyListing.Union)).ToList()).ToList();
            return path.IsGrouped ? groups.Select(group => (object)group).ToList() : groups[0];
        }

        var call = (AggregationNode)node;
        if (Evaluate(call.Argument, teams, party, listing) is not { } argument) return null;
        return Apply(call.Function, argument);
    }

    private static object? Apply(Aggregation function, object argument)
    {
        if (function == Aggregation.Count && argument is string[] one) return (double)one.Length;
        var list = (List<object>)argument;
        var isNested = list.Count > 0 && list[0] is List<object>;
        switch (function)
        {
            case Aggregation.Flatten when isNested:
                return list.SelectMany(inner => (List<object>)inner).ToList();
            case Aggregation.Flatten:
                return list.SelectMany(inner => (string[])inner).Select(text => (object)text).ToList();
            case Aggregation.SetIntersection when isNested && ((List<object>)list[0]).Concat(list.SelectMany(inner => (List<object>)inner)).All(value => value is string):
                return list.Select(inner => ((List<object>)inner).Cast<string>()).Aggregate((left, right) => left.Intersect(right)).Distinct().ToArray();
            case Aggregation.SetIntersection when !isNested:
                return list.Count == 0 ? null : list.Cast<string[]>().Aggregate((left, right) => [.. left.Intersect(right)]);
        }

        if (isNested || (function == Aggregation.Count && list.Any(value => value is string[])))
        {
            var each = list.Select(inner => Apply(function, inner)).ToList();
            return each.Any(value => value is null) ? null : each.Select(value => value!).ToList();
        }

        if (function == Aggregation.Count) return (double)list.Count;
        var numbers = list.Cast<double>().Order().ToList();
        if (function == Aggregation.Sum) return numbers.Sum();
        if (numbers.Count == 0) return null;
        return function switch
        {
            Aggregation.Min => numbers[0],
            Aggregation.Max => numbers[^1],
            Aggregation.Average => numbers.Average(),
            Aggregation.Median => (numbers[(numbers.Count - 1) / 2] + numbers[numbers.Count / 2]) / 2,
            _ => Math.Sqrt(numbers.Average(number => Math.Pow(number - numbers.Average(), 2))),
        };
    }

    private IEnumerable<object> PlayerValues(PathNode path, MatchmakingTicket ticket, PartyAggregation? party, PartyListing listing)
    {
        var players = ticket.Players;
        if (path.IsPlayerId) return players.Select(player => (object)player.Id);
        if (path.Attribute is not { } attribute || path.Type.Kind == ExpressionKind.NumberMap) return players.Select((_, index) => (object)(double)index);
        switch (path.Type.Kind)
        {
            case ExpressionKind.Text:
                return players.Select(player => (object)ValueOf(player, attribute).Text!);
            case ExpressionKind.TextList:
                var lists = players.Select(player => ValueOf(player, attribute).Texts!.Distinct());
                return [lists.Aggregate((left, right) => listing == PartyListing.Union ? left.Union(right) : left.Intersect(right)).ToArray()];
            default:
                var own = players.Select(player => ValueOf(player, attribute).Number!.Value).ToList();
                return own.Select(value => (object)(party is { } together ? Together(own, together) : value));
        }
    }

    private AttributeValue ValueOf(MatchmakingPlayer player, int attribute) =>
        player.Attributes.TryGetValue(ruleSet.Attributes[attribute].Name, out var value) ? value : ruleSet.Attributes[attribute].Default!;

    private static double Together(IEnumerable<double> values, PartyAggregation party) =>
        party switch { PartyAggregation.Min => values.Min(), PartyAggregation.Max => values.Max(), _ => values.Average() };

    private static IEnumerable<object> Leaves(object value) => value is List<object> list ? list.SelectMany(Leaves) : [value];

    private static IEnumerable<List<object>> Groups(List<object> list) => list.Count > 0 && list.All(value => value is List<object>) ? list.Cast<List<object>>() : [list];
}
