namespace FleetSystem.FleetModel.Matching.RuleSets;

/// <summary>Reads property expressions against the teams and attributes of a rule set.</summary>
internal sealed class ExpressionParser
{
    private static readonly Dictionary<string, Aggregation> Functions = new(StringComparer.Ordinal)
    {
        ["min"] = Aggregation.Min,
        ["max"] = Aggregation.Max,
        ["avg"] = Aggregation.Average,
        ["median"] = Aggregation.Median,
        ["sum"] = Aggregation.Sum,
        ["stddev"] = Aggregation.StandardDeviation,
        ["count"] = Aggregation.Count,
        ["flatten"] = Aggregation.Flatten,
        ["set_intersection"] = Aggregation.SetIntersection,
    };

    private readonly IReadOnlyList<PlayerAttributeDeclaration> _attributes;
    private readonly Dictionary<string, int> _attributeIndex = new(StringComparer.Ordinal);
    private readonly int _teams;

    // A team's name, or a definition's: those of a definition with a quantity stand for all its teams.
    private readonly Dictionary<string, List<int>> _teamIndex = new(StringComparer.Ordinal);

    public ExpressionParser(IReadOnlyList<PlayerAttributeDeclaration> attributes, IReadOnlyList<MatchTeam> teams, IReadOnlyList<string> definitions)
    {
        _attributes = attributes;
        _teams = teams.Count;
        for (var i = 0; i < attributes.Count; i++) _attributeIndex.TryAdd(attributes[i].Name, i);
        for (var i = 0; i < teams.Count; i++)
        {
            _teamIndex.TryAdd(teams[i].Name, [i]);
            var definition = definitions[teams[i].Definition];
            if (definition == teams[i].Name) continue;
            if (_teamIndex.TryGetValue(definition, out var members)) members.Add(i);
            else _teamIndex.Add(definition, [i]);
        }
    }

    /// <summary>Whether a string means an expression, not itself: it begins like one.</summary>
    public static bool IsExpression(string text)
    {
        var end = text.AsSpan().IndexOfAny('(', '[');
        if (end < 0) return false;
        var head = text[..end].Trim();
        return text[end] == '(' ? Functions.ContainsKey(head) : head is "teams" or "team";
    }

    /// <summary>Index of an attribute, or null.</summary>
    public int? AttributeOf(string name) => _attributeIndex.TryGetValue(name, out var index) ? index : null;

    /// <summary>Reads an expression.</summary>
    /// <exception cref="FormatException">It cannot be read; the message says where and why.</exception>
    public PropertyExpression Parse(string text)
    {
        var scanner = new ExpressionScanner(text);
        var root = Read(scanner, 1);
        scanner.End();
        return new(text, root);
    }

    private ExpressionNode Read(ExpressionScanner scanner, int depth)
    {
        if (depth > RuleSetLimits.MaxExpressionDepth) throw scanner.Fault($"nests deeper than {RuleSetLimits.MaxExpressionDepth}");
        var head = scanner.Until("([");
        if (head is "teams" or "team") return ReadPath(scanner);
        if (!Functions.TryGetValue(head, out var function))
            throw scanner.Fault($"begins with '{head}' where teams[...] or one of {string.Join(", ", Functions.Keys)} must stand,");
        scanner.Expect('(');
        var argument = Read(scanner, depth + 1);
        scanner.Expect(')');
        var type = TypeOf(function, argument.Type) ?? throw scanner.Fault($"gives {head} {argument.Type}, which it cannot work on,");
        return new AggregationNode(type, function, argument);
    }

    private PathNode ReadPath(ExpressionScanner scanner)
    {
        scanner.Expect('[');
        var names = scanner.Until("]").Split(',', StringSplitOptions.TrimEntries);
        scanner.Expect(']');
        var (teams, isGrouped) = TeamsOf(names, scanner);
        var depth = isGrouped ? 1 : 0;
        if (!scanner.Take('.')) return new(new(ExpressionKind.Team, depth), teams, isGrouped, null, false);

        // Up to what can follow: a bracket, a further part, or the end of the function around the path.
        var part = scanner.Until(".[)");
        if (part != "players") throw scanner.Fault($"has '{part}' where players must stand,");
        depth++;
        if (scanner.Take('['))
        {
            var property = scanner.Until("]");
            scanner.Expect(']');
            if (!property.Equals("playerId", StringComparison.OrdinalIgnoreCase)) throw scanner.Fault($"asks for players[{property}]: there is players[playerId] and players.attributes[name],");
            return new(new(ExpressionKind.Text, depth), teams, isGrouped, null, true);
        }

        if (!scanner.Take('.')) return new(new(ExpressionKind.Player, depth), teams, isGrouped, null, false);
        part = scanner.Until("[)");
        if (part != "attributes") throw scanner.Fault($"has '{part}' where attributes[name] must stand,");
        scanner.Expect('[');
        var name = scanner.Until("]");
        scanner.Expect(']');
        if (AttributeOf(name) is not { } attribute) throw scanner.Fault($"names the attribute '{name}', which playerAttributes does not have,");
        return new(new(KindOf(_attributes[attribute].Type), depth), teams, isGrouped, attribute, false);
    }

    private (IReadOnlyList<int> Teams, bool IsGrouped) TeamsOf(string[] names, ExpressionScanner scanner)
    {
        if (names is ["*"]) return ([.. Enumerable.Range(0, _teams)], true);
        var teams = new List<int>();
        foreach (var name in names)
        {
            if (!_teamIndex.TryGetValue(name, out var found)) throw scanner.Fault($"names the team '{name}', which teams does not have,");
            teams.AddRange(found);
        }

        if (teams.Distinct().Count() < teams.Count) throw scanner.Fault("names a team twice");
        return (teams, teams.Count > 1);
    }

    private static ExpressionKind KindOf(AttributeType type) => type switch
    {
        AttributeType.Number => ExpressionKind.Number,
        AttributeType.Text => ExpressionKind.Text,
        AttributeType.TextList => ExpressionKind.TextList,
        _ => ExpressionKind.NumberMap,
    };

    /// <summary>What a function makes of a type, or null when it cannot work on it. A list of strings that one player has is one value here, hence the extra level.</summary>
    private static ExpressionType? TypeOf(Aggregation function, ExpressionType type) => (function, type.Kind, type.Depth) switch
    {
        (Aggregation.Count, ExpressionKind.TextList, var depth) => new(ExpressionKind.Number, depth),
        (Aggregation.Count, _, >= 1) => new(ExpressionKind.Number, type.Depth - 1),
        (Aggregation.Flatten, ExpressionKind.TextList, 1) => new(ExpressionKind.Text, 1),
        (Aggregation.Flatten, _, >= 2) => new(type.Kind, type.Depth - 1),
        (Aggregation.SetIntersection, ExpressionKind.TextList, >= 1) => new(ExpressionKind.TextList, type.Depth - 1),
        (Aggregation.SetIntersection, ExpressionKind.Text, >= 2) => new(ExpressionKind.TextList, type.Depth - 2),
        (Aggregation.Count or Aggregation.Flatten or Aggregation.SetIntersection, _, _) => null,
        (_, ExpressionKind.Number, >= 1) => new(ExpressionKind.Number, type.Depth - 1),
        _ => null,
    };
}
