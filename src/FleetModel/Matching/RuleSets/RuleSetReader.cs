using System.Text;
using System.Text.Json;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Matching.RuleSets;

/// <summary>
/// Reads rule sets in FlexMatch's rule language 1.0 and checks them as a whole: every fault is told, each with its JSON path. What is accepted
/// keeps to <see cref="RuleSetLimits"/>, so that its evaluation is bounded.
/// </summary>
public static class RuleSetReader
{
    private static readonly Dictionary<string, AttributeType> AttributeTypes = new()
    {
        ["string"] = AttributeType.Text,
        ["number"] = AttributeType.Number,
        ["string_list"] = AttributeType.TextList,
        ["string_number_map"] = AttributeType.NumberMap,
    };

    private static readonly Dictionary<string, MatchStrategy> Strategies = new() { ["exhaustiveSearch"] = MatchStrategy.ExhaustiveSearch, ["balanced"] = MatchStrategy.Balanced };

    private static readonly Dictionary<string, BatchingPreference> Preferences = new()
    {
        ["random"] = BatchingPreference.Random,
        ["sorted"] = BatchingPreference.Sorted,
        ["largestPopulation"] = BatchingPreference.LargestPopulation,
        ["fastestRegion"] = BatchingPreference.FastestRegion,
    };

    private static readonly Dictionary<string, BackfillPriority> Priorities = new() { ["normal"] = BackfillPriority.Normal, ["high"] = BackfillPriority.High, ["low"] = BackfillPriority.Low };

    private static readonly Dictionary<string, ExpansionAgeSelection> Ages = new() { ["newest"] = ExpansionAgeSelection.Newest, ["oldest"] = ExpansionAgeSelection.Oldest };

    /// <summary>Reads a rule set.</summary>
    /// <param name="json">The document in UTF-8. Comments are passed over: FlexMatch's own examples have them.</param>
    public static RuleSetReading Read(ReadOnlyMemory<byte> json)
    {
        var faults = new RuleSetFaultList();
        if (json.Length > RuleSetLimits.MaxBytes)
        {
            faults.Add("$", $"has {json.Length} bytes: a rule set has at most {RuleSetLimits.MaxBytes}.");
            return new(null, faults.Faults, faults.Warnings);
        }

        if (json.Span.StartsWith(Encoding.UTF8.Preamble)) json = json[Encoding.UTF8.Preamble.Length..];
        try
        {
            using var document = JsonDocument.Parse(json, new() { CommentHandling = JsonCommentHandling.Skip, MaxDepth = RuleSetLimits.MaxJsonDepth });
            var ruleSet = ObjectReader.Of(new(document.RootElement, "$"), faults) is { } root ? Read(root, faults) : null;
            return new(faults.Faults.Count == 0 ? ruleSet : null, faults.Faults, faults.Warnings);
        }
        catch (JsonException fault)
        {
            faults.Add("$", $"is not JSON, at line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}: {fault.Message.Split(" LineNumber:")[0].Split(". Path:")[0].TrimEnd('.')}.");
        }
        catch (InvalidOperationException)
        {
            // A string that is no Unicode, which only shows when it is read.
            faults.Add("$", "has a string that is not valid Unicode.");
        }

        return new(null, faults.Faults, faults.Warnings);
    }

    /// <summary>Reads a rule set.</summary>
    /// <param name="json">The document.</param>
    public static RuleSetReading Read(string json) => Read(Encoding.UTF8.GetBytes(json));

    private static RuleSet? Read(ObjectReader root, RuleSetFaultList faults)
    {
        root.AllowOnly("a rule set", "name", "ruleLanguageVersion", "playerAttributes", "algorithm", "teams", "rules", "expansions");
        var name = root.Text("name");
        if (root.Text("ruleLanguageVersion", isRequired: true) is { } version && version != "1.0") root.Fault("ruleLanguageVersion", $"is '{version}': it must be 1.0.");

        var attributes = ReadAttributes(root, faults);
        var definitions = Objects(root, "teams", RuleSetLimits.MaxPlayers, faults, isRequired: true);
        var definitionNames = Names(definitions);
        var ruleObjects = Objects(root, "rules", RuleSetLimits.MaxRules, faults);
        var ruleNames = Names(ruleObjects);
        var steps = Objects(root, "expansions", RuleSetLimits.MaxExpansions, faults)
            .SelectMany(expansion => ExpansionReader.Read(expansion, definitionNames, [.. ruleObjects.Select((rule, index) => (ruleNames[index], rule.Text("type")))], faults))
            .ToList();
        var waits = steps.Select(step => step.WaitSeconds).Append(0).Distinct().Order().ToList();
        if (waits.Count > RuleSetLimits.MaxStages)
        {
            root.Fault("expansions", $"have {waits.Count} different wait times in all: at most {RuleSetLimits.MaxStages} are allowed.");
            return null;
        }

        if (definitions.Count == 0)
        {
            if (root.Has("teams")) root.Fault("teams", "must have at least one team.");
            return null;
        }

        // Each property is read again with the value that it has at an age: what is wrong with a step's value is told at that value.
        var teamStages = waits.Select(wait => ReadTeams(Apply(definitions, steps, wait, isTeam: true), faults)).ToList();
        if (teamStages.Any(teams => teams is null)) return null;
        if (teamStages[0]!.GroupBy(team => team.Name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
            root.Fault("teams", $"have the name '{twice.Key}' more than once, with the numbers that quantity adds.");
        foreach (var (teams, wait) in teamStages.Zip(waits))
        {
            var players = teams!.Sum(team => team.MaxPlayers);
            if (players > RuleSetLimits.MaxPlayers) root.Fault("teams", $"take {players} players{(wait == 0 ? "" : $" after {wait} s")}: a match has at most {RuleSetLimits.MaxPlayers}.");
        }

        var isLarge = teamStages.Max(teams => teams!.Sum(team => team.MaxPlayers)) >= RuleSetLimits.LargeMatchPlayers;
        var expressions = new ExpressionParser(attributes, teamStages[0]!, [.. definitionNames.Select(definition => definition ?? "")]);
        var algorithm = ReadAlgorithm(root, expressions, attributes, isLarge, faults);

        var stages = new List<RuleSetStage>();
        foreach (var (wait, teams) in waits.Zip(teamStages))
        {
            var reader = new RuleReader(expressions, attributes, isLarge, faults);
            var rules = Apply(ruleObjects, steps, wait, isTeam: false).Select(reader.Read).ToList();
            if (rules.All(rule => rule is not null)) stages.Add(new(wait, teams!, [.. rules.Select(rule => rule!)]));
        }

        CheckCompounds(ruleObjects, ruleNames, faults);
        if (faults.Faults.Count > 0 || algorithm is null) return null;
        var used = stages.SelectMany(stage => stage.Rules).SelectMany(AttributesOf).Concat(algorithm.SortByAttributes).Append(algorithm.BalancedAttribute ?? -1).ToHashSet();
        var parts = stages[0].Rules.OfType<CompoundRule>().SelectMany(compound => compound.Statement.RuleNames).ToHashSet(StringComparer.Ordinal);
        return new(name, [.. attributes.Select((attribute, index) => attribute with { IsUsed = used.Contains(index) })], algorithm, stages, parts);
    }

    private static List<ObjectReader> Objects(ObjectReader root, string name, int most, RuleSetFaultList faults, bool isRequired = false) =>
        [.. root.Items(name, most, isRequired).Select(item => ObjectReader.Of(item, faults)).OfType<ObjectReader>()];

    /// <summary>Names of all objects; a name that is there twice is a fault at the later one.</summary>
    private static List<string?> Names(List<ObjectReader> objects)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        var names = new List<string?>();
        foreach (var item in objects)
        {
            var name = item.Name("name");
            names.Add(name);
            if (name is not null && !known.TryAdd(name, item.Path)) item.Fault("name", $"is '{name}', which {known[name]} already has.");
        }

        return names;
    }

    private static List<ObjectReader> Apply(List<ObjectReader> objects, List<ExpansionStep> steps, int wait, bool isTeam)
    {
        var applied = objects.ToList();
        foreach (var step in steps.Where(step => step.IsTeam == isTeam && step.WaitSeconds <= wait).OrderBy(step => step.WaitSeconds))
        {
            foreach (var target in step.Targets) applied[target] = applied[target].With(step.Property, step.Value);
        }

        return applied;
    }

    private static List<PlayerAttributeDeclaration> ReadAttributes(ObjectReader root, RuleSetFaultList faults)
    {
        var attributes = new List<PlayerAttributeDeclaration>();
        var objects = Objects(root, "playerAttributes", RuleSetLimits.MaxAttributes, faults);
        foreach (var (attribute, name) in objects.Zip(Names(objects)))
        {
            attribute.AllowOnly("a player attribute", "name", "type", "default", "description");
            var type = attribute.Choice("type", AttributeTypes, isRequired: true);
            if (name is null || type is not { } known) continue;
            AttributeValue? value = null;
            if (attribute.Find("default") is { } place)
            {
                value = ReadDefault(place.Value, known);
                if ((value ?? new AttributeValue()).FaultAs(known) is { } fault) attribute.Fault("default", $"{fault}, as the type is {AttributeTypes.First(pair => pair.Value == known).Key}.");
            }

            attributes.Add(new(name, known, value, false));
        }

        return attributes;
    }

    private static AttributeValue? ReadDefault(JsonElement value, AttributeType type) => (type, value.ValueKind) switch
    {
        (AttributeType.Number, _) when ObjectReader.AsNumber(value) is { } number => number,
        (AttributeType.Text, JsonValueKind.String) => value.GetString()!,
        (AttributeType.TextList, JsonValueKind.Array) when value.EnumerateArray().All(item => item.ValueKind == JsonValueKind.String) =>
            new AttributeValue(Texts: [.. value.EnumerateArray().Select(item => item.GetString()!)]),
        (AttributeType.NumberMap, JsonValueKind.Object) when value.EnumerateObject().All(item => ObjectReader.AsNumber(item.Value) is not null) =>
            new AttributeValue(Numbers: value.EnumerateObject().GroupBy(item => item.Name).ToDictionary(same => same.Key, same => ObjectReader.AsNumber(same.Last().Value)!.Value)),
        _ => null,
    };

    private static List<MatchTeam>? ReadTeams(List<ObjectReader> definitions, RuleSetFaultList faults)
    {
        var teams = new List<MatchTeam>();
        var isWhole = true;
        for (var index = 0; index < definitions.Count; index++)
        {
            var definition = definitions[index];
            definition.AllowOnly("a team", "name", "description", "minPlayers", "maxPlayers", "quantity");
            var name = definition.Name("name");
            var least = definition.Whole("minPlayers", 0, RuleSetLimits.MaxPlayers, isRequired: true);
            var most = definition.Whole("maxPlayers", 1, RuleSetLimits.MaxPlayers, isRequired: true);
            var quantity = definition.Whole("quantity", 1, RuleSetLimits.MaxPlayers);
            if (least > most) definition.Fault("minPlayers", $"is {least}, more than maxPlayers, {most}.");
            isWhole &= name is not null && least is not null && most is not null && (quantity is not null || !definition.Has("quantity"));
            if (!isWhole) continue;
            for (var number = 1; number <= (quantity ?? 1); number++) teams.Add(new(quantity > 1 ? $"{name}_{number}" : name!, index, least!.Value, most!.Value));
        }

        return isWhole ? teams : null;
    }

    private static MatchAlgorithm? ReadAlgorithm(ObjectReader root, ExpressionParser expressions, List<PlayerAttributeDeclaration> attributes, bool isLarge, RuleSetFaultList faults)
    {
        if (root.Find("algorithm") is not { } place)
        {
            if (isLarge) root.Fault("algorithm", $"is missing: a match of {RuleSetLimits.LargeMatchPlayers} players or more needs strategy balanced with a balancedAttribute.");
            return new(MatchStrategy.ExhaustiveSearch, BatchingPreference.Random, null, [], BackfillPriority.Normal, ExpansionAgeSelection.Newest);
        }

        if (ObjectReader.Of(place, faults) is not { } algorithm) return null;
        algorithm.AllowOnly("the algorithm", "strategy", "batchingPreference", "balancedAttribute", "sortByAttributes", "backfillPriority", "expansionAgeSelection");
        var strategy = algorithm.Choice("strategy", Strategies) ?? MatchStrategy.ExhaustiveSearch;
        var isBalanced = strategy == MatchStrategy.Balanced;
        if (isLarge && !isBalanced) algorithm.Fault("strategy", $"must be balanced: the match can have {RuleSetLimits.LargeMatchPlayers} players or more.");

        var preference = algorithm.Choice("batchingPreference", Preferences);
        if (preference is { } given && isBalanced != given is BatchingPreference.LargestPopulation or BatchingPreference.FastestRegion)
            algorithm.Fault("batchingPreference", $"must be {(isBalanced ? "largestPopulation or fastestRegion, for the strategy is balanced" : "random or sorted, for the strategy is exhaustiveSearch")}.");

        var balanced = Attribute(algorithm, "balancedAttribute", algorithm.Text("balancedAttribute", isRequired: isBalanced), expressions, algorithm.PathOf("balancedAttribute"), faults);
        if (balanced is { } index && attributes[index].Type != AttributeType.Number) algorithm.Fault("balancedAttribute", $"'{attributes[index].Name}' must be a number.");
        if (!isBalanced && algorithm.Has("balancedAttribute")) algorithm.Warn("balancedAttribute", "says nothing: the strategy is not balanced.");

        var sorted = algorithm.Items("sortByAttributes", RuleSetLimits.MaxAttributes, isRequired: preference == BatchingPreference.Sorted)
            .Select(item => item.Value.ValueKind == JsonValueKind.String
                ? Attribute(algorithm, "sortByAttributes", item.Value.GetString(), expressions, item.Path, faults)
                : Attribute(algorithm, "sortByAttributes", "", expressions, item.Path, faults))
            .OfType<int>().ToList();
        if (preference == BatchingPreference.Sorted && algorithm.Has("sortByAttributes") && sorted.Count == 0) algorithm.Fault("sortByAttributes", "must name at least one attribute.");
        if (preference != BatchingPreference.Sorted && algorithm.Has("sortByAttributes")) algorithm.Warn("sortByAttributes", "says nothing: batchingPreference is not sorted.");
        return new(
            strategy, preference ?? (isBalanced ? BatchingPreference.LargestPopulation : BatchingPreference.Random), isBalanced ? balanced : null,
            preference == BatchingPreference.Sorted ? sorted : [], algorithm.Choice("backfillPriority", Priorities) ?? BackfillPriority.Normal,
            algorithm.Choice("expansionAgeSelection", Ages) ?? ExpansionAgeSelection.Newest);
    }

    private static int? Attribute(ObjectReader algorithm, string name, string? attribute, ExpressionParser expressions, string path, RuleSetFaultList faults)
    {
        if (attribute is null) return null;
        if (expressions.AttributeOf(attribute) is { } index) return index;
        faults.Add(path, $"{(attribute.Length == 0 ? "must be the name of an attribute" : $"is '{attribute}', which playerAttributes does not have")}; {name} names player attributes.");
        _ = algorithm;
        return null;
    }

    /// <summary>
    /// A compound rule names rules that stand before it and are not compound themselves. That leaves no cycle, and no rule is evaluated more
    /// often than it is written.
    /// </summary>
    private static void CheckCompounds(List<ObjectReader> rules, List<string?> names, RuleSetFaultList faults)
    {
        for (var index = 0; index < rules.Count; index++)
        {
            if (rules[index].Text("type") != "compound" || rules[index].Text("statement") is not { } text) continue;
            CompoundStatement statement;
            try
            {
                statement = CompoundStatement.Parse(text);
            }
            catch (FormatException)
            {
                continue; // Told when the rule was read.
            }

            foreach (var name in statement.RuleNames.Distinct(StringComparer.Ordinal))
            {
                var found = names.IndexOf(name);
                if (found < 0) faults.Add(rules[index].PathOf("statement"), $"names the rule '{name}', which is not there.");
                else if (found == index) faults.Add(rules[index].PathOf("statement"), $"names its own rule, '{name}'.");
                else if (found > index) faults.Add(rules[index].PathOf("statement"), $"names the rule '{name}', which stands behind it: move it before.");
                else if (rules[found].Text("type") is "compound" or "batchDistance" or "distanceSort" or "absoluteSort")
                    faults.Add(rules[index].PathOf("statement"), $"names '{name}', which is a {rules[found].Text("type")} rule: those cannot be combined.");
            }
        }
    }

    private static IEnumerable<int> AttributesOf(MatchRule rule)
    {
        (IEnumerable<PropertyExpression?> expressions, int? attribute) = rule switch
        {
            ComparisonRule comparison => (comparison.Measurements.Append(comparison.Reference?.Expression), null),
            DistanceRule distance => (distance.Measurements.Append(distance.Reference.Expression), null),
            CollectionRule collection => (collection.Measurements.Append(collection.Reference?.Expression), null),
            BatchDistanceRule batch => ([], batch.Attribute),
            SortRule sort => ([], sort.Attribute),
            _ => ((IEnumerable<PropertyExpression?>)[], (int?)null),
        };
        return expressions.Select(expression => expression?.Path.Attribute).Append(attribute).OfType<int>();
    }
}
