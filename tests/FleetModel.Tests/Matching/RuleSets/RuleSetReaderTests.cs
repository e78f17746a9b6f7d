using System.Text;
using CsCheck;
using FleetSystem.FleetModel.Matching.RuleSets;

namespace FleetSystem.FleetModel.Tests.Matching.RuleSets;

/// <summary>What a rule set says, and every fault of one that says something wrong.</summary>
public sealed class RuleSetReaderTests
{
    private const string Teams = """ "teams": [{ "name": "red", "minPlayers": 1, "maxPlayers": 5 }, { "name": "blue", "minPlayers": 1, "maxPlayers": 5 }] """;

    private const string Attributes = """
        "playerAttributes": [
            { "name": "skill", "type": "number", "default": 10 }, { "name": "mode", "type": "string", "default": "coop" },
            { "name": "maps", "type": "string_list", "default": ["ice"] }, { "name": "weights", "type": "string_number_map", "default": { "ice": 1 } }]
        """;

    public static TheoryData<string> Examples => [.. ExampleRuleSets.All.Keys];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Read_RuleSetAsStudiosWriteThem_IsTakenUnchanged(string example)
    {
        var reading = RuleSetReader.Read(ExampleRuleSets.All[example]);

        Assert.Empty(reading.Faults);
        Assert.NotNull(reading.RuleSet);
    }

    [Fact]
    public void Read_Expansions_MakeAStageOfEachWaitTime()
    {
        var ruleSet = Accepted(ExampleRuleSets.OneAgainstFive);

        Assert.Equal([0, 30, 60], ruleSet.Stages.Select(stage => stage.AfterSeconds));
        Assert.Equal([5, 4, 3], ruleSet.Stages.Select(stage => stage.Teams[0].MinPlayers));
        Assert.Equal(0, ruleSet.StageAt(29.9));
        Assert.Equal(1, ruleSet.StageAt(30));
        Assert.Equal(2, ruleSet.StageAt(1e9));
    }

    [Fact]
    public void Read_TeamQuantity_MakesNumberedTeamsThatAnExpansionChangesAll()
    {
        var ruleSet = Accepted(ExampleRuleSets.LargeTeams);

        Assert.Equal(["Beasts", "Hunters_1", "Hunters_2"], ruleSet.Stages[0].Teams.Take(3).Select(team => team.Name));
        Assert.Equal(155, ruleSet.MaxPlayers);
        Assert.All(ruleSet.Stages[2].Teams.Skip(1), team => Assert.Equal(8, team.MinPlayers));
    }

    [Fact]
    public void Read_KeysThatAreThereTwice_CountTheLastAndSaySo()
    {
        var reading = RuleSetReader.Read(ExampleRuleSets.LargeFreeForAll);

        Assert.Contains(reading.Warnings, warning => warning.Path == "$.expansions[0].target");
        Assert.Equal([175, 150, 100], reading.RuleSet!.Stages.Select(stage => stage.MinPlayers));
        Assert.All(reading.RuleSet.Stages, stage => Assert.Equal(150, Assert.IsType<LatencyRule>(stage.Rules[0]).MaxLatency));
    }

    [Fact]
    public void Read_ExpansionOfAReference_CanBeAnotherExpression()
    {
        var ruleSet = Accepted($$"""
            {
                "ruleLanguageVersion": "1.0", {{Attributes}}, {{Teams}},
                "rules": [{ "name": "Skill", "type": "comparison", "measurements": ["teams[red].players.attributes[skill]"], "referenceValue": "10", "operation": ">=" }],
                "expansions": [
                    { "target": "rules[Skill].referenceValue", "steps": [{ "waitTimeSeconds": 5, "value": "min(flatten(teams[*].players.attributes[skill]))" }] },
                    { "target": "rules[Skill].operation", "steps": [{ "waitTimeSeconds": 9, "value": "!=" }] }]
            }
            """);

        var rules = ruleSet.Stages.Select(stage => (ComparisonRule)stage.Rules[0]).ToList();
        Assert.Equal(10, rules[0].Reference!.Number);
        Assert.NotNull(rules[1].Reference!.Expression);
        Assert.Equal((ComparisonOperation.GreaterOrEqual, ComparisonOperation.NotEqual), (rules[1].Operation, rules[2].Operation));
    }

    [Fact]
    public void Read_ManyFaults_AreToldAllAtOnceEachWithItsPath()
    {
        var told = FaultsOf("""
            {
                "ruleLanguageVersion": "2.0",
                "playerAttributes": [{ "name": "skill", "type": "integer" }, { "name": "level", "type": "number", "default": "high" }, { "name": "level", "type": "string" }],
                "teams": [{ "name": "red", "minPlayers": 6, "maxPlayers": 5 }, { "name": "blue", "minPlayers": 1, "maxPlayers": 5, "colour": "blue" }],
                "rules": [
                    { "name": "A", "type": "distance", "measurements": ["avg(teams[green].players.attributes[level])"], "referenceValue": 1, "maxDistance": -1 },
                    { "name": "A", "type": "comparison", "measurements": ["teams[red].players.attributes[none]", 7], "operation": "~" },
                    { "name": "C", "type": "magic" }],
                "expansions": [{ "target": "rules[Z].maxDistance", "steps": [{ "waitTimeSeconds": 5, "value": 1 }, { "waitTimeSeconds": 5, "value": 2 }] }]
            }
            """);

        AssertPaths(
            told, "$.ruleLanguageVersion", "$.playerAttributes[0].type", "$.playerAttributes[1].default", "$.playerAttributes[2].name", "$.teams[0].minPlayers", "$.teams[1].colour",
            "$.rules[0].measurements[0]", "$.rules[0].maxDistance", "$.rules[1].name", "$.rules[1].measurements[0]", "$.rules[1].measurements[1]", "$.rules[1].operation", "$.rules[2].type",
            "$.expansions[0].target", "$.expansions[0].steps[1].waitTimeSeconds");
        Assert.Contains(told, fault => fault.Path == "$.rules[0].measurements[0]" && fault.Message.Contains("'green'", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{ "name": "R", "type": "comparison", "measurements": ["teams[red].players.attributes[maps]"], "operation": "=" }""", "$.rules[0].measurements[0]", "numbers or strings")]
    [InlineData("""{ "name": "R", "type": "comparison", "measurements": ["teams[red].players.attributes[skill]"], "operation": "<" }""", "$.rules[0].referenceValue", "= or != only")]
    [InlineData("""{ "name": "R", "type": "comparison", "measurements": ["teams[red].players.attributes[mode]"], "referenceValue": "coop", "operation": "<" }""", "$.rules[0].operation", "orders strings")]
    [InlineData("""{ "name": "R", "type": "comparison", "measurements": ["teams[red].players.attributes[skill]"], "referenceValue": "much", "operation": "<" }""", "$.rules[0].referenceValue", "'much'")]
    [InlineData("""{ "name": "R", "type": "comparison", "measurements": ["teams[red].players.attributes[skill]"], "referenceValue": "teams[blue].players.attributes[skill]", "operation": "<" }""", "$.rules[0].referenceValue", "must be one value")]
    [InlineData("""{ "name": "R", "type": "distance", "measurements": ["teams[red].players.attributes[skill]"], "referenceValue": 1 }""", "$.rules[0].maxDistance", "maxDistance, minDistance or both")]
    [InlineData("""{ "name": "R", "type": "distance", "measurements": ["teams[red].players.attributes[skill]"], "referenceValue": 1, "minDistance": 3, "maxDistance": 2 }""", "$.rules[0].minDistance", "no distance")]
    [InlineData("""{ "name": "R", "type": "distance", "measurements": ["teams[red].players.attributes[mode]"], "referenceValue": 1, "maxDistance": 2 }""", "$.rules[0].measurements[0]", "must be numbers")]
    [InlineData("""{ "name": "R", "type": "distance", "measurements": [], "referenceValue": 1, "maxDistance": 2 }""", "$.rules[0].measurements", "at least one")]
    [InlineData("""{ "name": "R", "type": "batchDistance", "batchAttribute": "skill" }""", "$.rules[0].maxDistance", "is a number")]
    [InlineData("""{ "name": "R", "type": "batchDistance", "batchAttribute": "maps" }""", "$.rules[0].batchAttribute", "a number or a string")]
    [InlineData("""{ "name": "R", "type": "batchDistance", "batchAttribute": "height", "maxDistance": 1 }""", "$.rules[0].batchAttribute", "'height'")]
    [InlineData("""{ "name": "R", "type": "collection", "measurements": ["flatten(teams[*].players.attributes[maps])"], "operation": "contains", "referenceValue": "ice" }""", "$.rules[0].minCount", "minCount, maxCount or both")]
    [InlineData("""{ "name": "R", "type": "collection", "measurements": ["flatten(teams[*].players.attributes[maps])"], "operation": "contains", "minCount": 1 }""", "$.rules[0].referenceValue", "is missing")]
    [InlineData("""{ "name": "R", "type": "collection", "measurements": ["flatten(teams[*].players.attributes[skill])"], "operation": "intersection", "minCount": 1.5 }""", "$.rules[0].minCount", "whole number")]
    [InlineData("""{ "name": "R", "type": "latency", "distanceReference": "min" }""", "$.rules[0].maxDistance", "is missing")]
    [InlineData("""{ "name": "R", "type": "latency", "maxLatency": 50, "maxDistance": 5 }""", "$.rules[0].distanceReference", "is missing")]
    [InlineData("""{ "name": "R", "type": "latency", "maxLatency": 1e400 }""", "$.rules[0].maxLatency", "must be a number")]
    [InlineData("""{ "name": "R", "type": "latency", "maxLatency": "NaN" }""", "$.rules[0].maxLatency", "must be a number")]
    [InlineData("""{ "name": "R", "type": "distanceSort", "sortDirection": "ascending", "sortAttribute": "weights" }""", "$.rules[0].mapKey", "is a map")]
    [InlineData("""{ "name": "R", "type": "distanceSort", "sortDirection": "up", "sortAttribute": "skill" }""", "$.rules[0].sortDirection", "ascending, descending")]
    [InlineData("""{ "name": "R", "type": "distanceSort", "sortDirection": "ascending", "sortAttribute": "mode" }""", "$.rules[0].sortAttribute", "a number or a map")]
    [InlineData("""{ "name": "R", "type": "compound", "statement": "and(R, S)" }""", "$.rules[0].statement", "names its own rule")]
    [InlineData("""{ "name": "R", "type": "compound", "statement": "and(S)" }""", "$.rules[0].statement", "1 argument")]
    [InlineData("""{ "name": "R", "type": "compound", "statement": "nand(S, T)" }""", "$.rules[0].statement", "'nand'")]
    [InlineData("""{ "name": "R", "type": "compound", "statement": "not(S" }""", "$.rules[0].statement", "needs ')'")]
    [InlineData("""{ "name": "R", "type": "compound", "statement": "not(Later)" }, { "name": "Later", "type": "latency", "maxLatency": 1 }""", "$.rules[0].statement", "stands behind it")]
    [InlineData("""{ "name": "S", "type": "batchDistance", "batchAttribute": "mode" }, { "name": "R", "type": "compound", "statement": "not(S)" }""", "$.rules[1].statement", "cannot be combined")]
    [InlineData("""{ "name": "L", "type": "latency", "maxLatency": 1 }, { "name": "S", "type": "compound", "statement": "not(L)" }, { "name": "R", "type": "compound", "statement": "and(S, L)" }""", "$.rules[2].statement", "cannot be combined")]
    [InlineData("""{ "name": "R", "type": "latency", "maxLatency": 50, "maxLatencies": 5 }""", "$.rules[0].maxLatencies", "is no property of a latency rule")]
    [InlineData("""{ "name": "a[b]", "type": "latency", "maxLatency": 50 }""", "$.rules[0].name", "could not refer to it")]
    [InlineData(""" 7 """, "$.rules[0]", "must be an object")]
    public void Read_FaultyRule_IsToldWithItsPath(string rules, string path, string said)
    {
        var told = FaultsOf($$"""{ "ruleLanguageVersion": "1.0", {{Attributes}}, {{Teams}}, "rules": [{{rules}}] }""");

        Assert.Contains(told, fault => fault.Path == path && fault.Message.Contains(said, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("avg(teams[red].players.attributes[skill]", "needs ')' at character 41")]
    [InlineData("mean(teams[red].players.attributes[skill])", "'mean'")]
    [InlineData("avg(avg(teams[red].players.attributes[skill]))", "gives avg one number")]
    [InlineData("flatten(teams[red].players.attributes[skill])", "gives flatten a list of numbers")]
    [InlineData("avg(teams[red].players)", "gives avg a list of players")]
    [InlineData("avg(teams[red, red].players.attributes[skill])", "twice")]
    [InlineData("avg(teams[red].players.attributes[skill])x", "more than it should")]
    [InlineData("teams[red].bots.attributes[skill]", "'bots'")]
    [InlineData("teams[red].players[name]", "players[playerId]")]
    [InlineData("", "begins with ''")]
    public void Read_FaultyExpression_SaysWhereAndWhy(string expression, string said)
    {
        var told = FaultsOf($$"""
            { "ruleLanguageVersion": "1.0", {{Attributes}}, {{Teams}}, "rules": [{ "name": "R", "type": "distance", "measurements": ["{{expression}}"], "referenceValue": 1, "maxDistance": 2 }] }
            """);

        Assert.Contains(told, fault => fault.Path == "$.rules[0].measurements[0]" && fault.Message.Contains(said, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("teams[red].players.attributes[skill]", ExpressionKind.Number, 1)]
    [InlineData("teams[*].players.attributes[skill]", ExpressionKind.Number, 2)]
    [InlineData("teams[red, blue].players.attributes[skill]", ExpressionKind.Number, 2)]
    [InlineData("avg(teams[*].players.attributes[skill])", ExpressionKind.Number, 1)]
    [InlineData("max(avg(teams[*].players.attributes[skill]))", ExpressionKind.Number, 0)]
    [InlineData("stddev(flatten(teams[*].players.attributes[skill]))", ExpressionKind.Number, 0)]
    [InlineData("count(teams[*].players)", ExpressionKind.Number, 1)]
    [InlineData("count(teams[red].players)", ExpressionKind.Number, 0)]
    [InlineData("count(flatten(teams[*].players))", ExpressionKind.Number, 0)]
    [InlineData("count(teams[*])", ExpressionKind.Number, 0)]
    [InlineData("sum(count(teams[red].players.attributes[maps]))", ExpressionKind.Number, 0)]
    [InlineData("flatten(teams[*].players[playerId])", ExpressionKind.Text, 1)]
    [InlineData("flatten(teams[*].players.attributes[maps])", ExpressionKind.TextList, 1)]
    [InlineData("flatten(flatten(teams[*].players.attributes[maps]))", ExpressionKind.Text, 1)]
    [InlineData("set_intersection(teams[*].players.attributes[maps])", ExpressionKind.TextList, 1)]
    [InlineData("set_intersection(flatten(teams[*].players.attributes[maps]))", ExpressionKind.TextList, 0)]
    [InlineData("set_intersection(teams[*].players.attributes[mode])", ExpressionKind.TextList, 0)]
    [InlineData(" median ( flatten( team[ * ].players.attributes[ skill ] ) ) ", ExpressionKind.Number, 0)]
    public void Read_Expression_HasTheTypeOfItsParts(string expression, ExpressionKind kind, int depth)
    {
        var ruleSet = Accepted(ExampleRuleSets.Sorted);
        List<PlayerAttributeDeclaration> attributes =
        [
            new("skill", AttributeType.Number, null, false), new("mode", AttributeType.Text, null, false),
            new("maps", AttributeType.TextList, null, false), new("weights", AttributeType.NumberMap, null, false),
        ];

        Assert.Equal(new ExpressionType(kind, depth), new ExpressionParser(attributes, ruleSet.Stages[0].Teams, ["red", "blue"]).Parse(expression).Type);
    }

    [Theory]
    [InlineData(""" "algorithm": { "strategy": "balanced" } """, "$.algorithm.balancedAttribute")]
    [InlineData(""" "algorithm": { "strategy": "balanced", "balancedAttribute": "mode" } """, "$.algorithm.balancedAttribute")]
    [InlineData(""" "algorithm": { "strategy": "balanced", "balancedAttribute": "skill", "batchingPreference": "random" } """, "$.algorithm.batchingPreference")]
    [InlineData(""" "algorithm": { "batchingPreference": "fastestRegion" } """, "$.algorithm.batchingPreference")]
    [InlineData(""" "algorithm": { "batchingPreference": "sorted" } """, "$.algorithm.sortByAttributes")]
    [InlineData(""" "algorithm": { "batchingPreference": "sorted", "sortByAttributes": ["skill", "none"] } """, "$.algorithm.sortByAttributes[1]")]
    [InlineData(""" "algorithm": { "expansionAgeSelection": "middle" } """, "$.algorithm.expansionAgeSelection")]
    [InlineData(""" "algorithm": { "backfillPriority": "urgent" } """, "$.algorithm.backfillPriority")]
    [InlineData(""" "expansions": [{ "target": "rules[R].maxLatency", "steps": [{ "waitTimeSeconds": 5, "value": 1 }] }] """, "$.expansions[0].target")]
    [InlineData(""" "expansions": [{ "target": "teams[red].quantity", "steps": [{ "waitTimeSeconds": 5, "value": 1 }] }] """, "$.expansions[0].target")]
    [InlineData(""" "expansions": [{ "target": "teams[red].minPlayers", "steps": [{ "waitTimeSeconds": 5, "value": 9 }] }] """, "$.expansions[0].steps[0].value")]
    [InlineData(""" "expansions": [{ "target": "teams[*].minPlayers", "steps": [{ "waitTimeSeconds": 5 }] }] """, "$.expansions[0].steps[0].value")]
    [InlineData(""" "expansions": [{ "target": "teams[red].minPlayers", "steps": [] }] """, "$.expansions[0].steps")]
    [InlineData(""" "expansions": [{ "target": "teams.minPlayers", "steps": [{ "waitTimeSeconds": 5, "value": 1 }] }] """, "$.expansions[0].target")]
    [InlineData(""" "expansion": [] """, "$.expansion")]
    public void Read_FaultyAlgorithmOrExpansion_IsToldWithItsPath(string part, string path) =>
        Assert.Contains(FaultsOf($$"""{ "ruleLanguageVersion": "1.0", {{Attributes}}, {{Teams}}, {{part}} }"""), fault => fault.Path == path);

    [Fact]
    public void Read_ExpansionOfARuleWithAFaultyValue_IsToldAtTheValue()
    {
        var told = FaultsOf($$"""
            {
                "ruleLanguageVersion": "1.0", {{Attributes}}, {{Teams}}, "rules": [{ "name": "Fast", "type": "latency", "maxLatency": 50 }],
                "expansions": [{ "target": "rules[Fast].maxLatency", "steps": [{ "waitTimeSeconds": 5, "value": -100 }] }, { "target": "rules[Fast].maxDelay", "steps": [{ "waitTimeSeconds": 5, "value": 1 }] }]
            }
            """);

        AssertPaths(told, "$.expansions[0].steps[0].value", "$.expansions[1].steps[0].value");
    }

    [Theory]
    [InlineData(40, "", null)]
    [InlineData(41, "", "$.algorithm")]
    [InlineData(41, """ "algorithm": { "strategy": "exhaustiveSearch" }, """, "$.algorithm.strategy")]
    [InlineData(200, """ "algorithm": { "strategy": "balanced", "balancedAttribute": "skill" }, """, null)]
    [InlineData(201, """ "algorithm": { "strategy": "balanced", "balancedAttribute": "skill" }, """, "$.teams[0].maxPlayers")]
    public void Read_SizeOfTheMatch_DecidesAboutTheStrategy(int players, string algorithm, string? path)
    {
        var told = RuleSetReader.Read($$"""{ "ruleLanguageVersion": "1.0", {{Attributes}}, {{algorithm}} "teams": [{ "name": "all", "minPlayers": 1, "maxPlayers": {{players}} }] }""").Faults;

        if (path is null) Assert.Empty(told);
        else Assert.Contains(told, fault => fault.Path == path);
    }

    [Fact]
    public void Read_LargeMatchWithOtherRules_IsRefused()
    {
        var told = FaultsOf($$"""
            {
                "ruleLanguageVersion": "1.0", {{Attributes}}, "algorithm": { "strategy": "balanced", "balancedAttribute": "skill" },
                "teams": [{ "name": "all", "minPlayers": 1, "maxPlayers": 101, "quantity": 2 }],
                "rules": [{ "name": "Sort", "type": "distanceSort", "sortDirection": "ascending", "sortAttribute": "skill" }, { "name": "Near", "type": "latency", "maxDistance": 5, "distanceReference": "min" }]
            }
            """);

        AssertPaths(told, "$.teams", "$.rules[0].type", "$.rules[1].type");
    }

    [Fact]
    public void Read_DocumentThatIsNoRuleSet_IsOneClearFault()
    {
        Assert.Contains("at line 1, byte", Assert.Single(FaultsOf("{ \"name\": ")).Message, StringComparison.Ordinal);
        Assert.Equal("$: must be an object, not an array.", Assert.Single(FaultsOf("[]")).ToString());
        Assert.Contains("depth", Assert.Single(FaultsOf(string.Concat(Enumerable.Repeat("[", 100_000)))).Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Unicode", Assert.Single(FaultsOf("""{ "name": "\ud800" }""")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MoreThanAMegabyte_IsRefusedUnread()
    {
        var text = ExampleRuleSets.Duel + new string(' ', RuleSetLimits.MaxBytes);

        Assert.Contains("1000000", Assert.Single(FaultsOf(text)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ExpressionsThatWouldTakeLong_AreRefused()
    {
        var nested = string.Concat(Enumerable.Repeat("max(", 40)) + "teams[*].players.attributes[skill]" + new string(')', 40);
        var statement = string.Concat(Enumerable.Repeat("not(", 40)) + "L" + new string(')', 40);
        var measurements = string.Join(", ", Enumerable.Repeat("\"avg(flatten(teams[*].players.attributes[skill]))\"", 100));
        var rules = string.Join(", ", Enumerable.Range(0, 10).Select(index => $$"""{ "name": "R{{index}}", "type": "distance", "measurements": [{{measurements}}], "referenceValue": 1, "maxDistance": 1 }"""));

        Assert.Contains("nests deeper", FaultsOf($$"""{ "ruleLanguageVersion": "1.0", {{Attributes}}, {{Teams}}, "rules": [{ "name": "R", "type": "distance", "measurements": "{{nested}}", "referenceValue": 1, "maxDistance": 1 }] }""")[0].Message, StringComparison.Ordinal);
        Assert.Contains("nests deeper", FaultsOf($$"""{ "ruleLanguageVersion": "1.0", {{Attributes}}, {{Teams}}, "rules": [{ "name": "L", "type": "latency", "maxLatency": 1 }, { "name": "R", "type": "compound", "statement": "{{statement}}" }] }""")[0].Message, StringComparison.Ordinal);
        Assert.Contains("2000 parts", FaultsOf($$"""{ "ruleLanguageVersion": "1.0", {{Attributes}}, {{Teams}}, "rules": [{{rules}}] }""")[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AnyDamagedRuleSet_IsReadOrToldButNeverThrows()
    {
        var examples = ExampleRuleSets.All.Values.ToArray();
        string[] scraps = ["\"", "{", "]", ",", "null", "-1", "[]", "\"a\"", "1e999", "teams[", "(", "\u00e9", ""];
        var damage = Gen.Select(Gen.Int[0, 3_000], Gen.Int[0, 20], Gen.Int[0, scraps.Length - 1].Select(index => scraps[index]));
        Gen.Select(Gen.Int[0, examples.Length - 1], damage.Array[1, 6]).Sample((example, damages) =>
        {
            var text = new StringBuilder(examples[example]);
            foreach (var (at, length, put) in damages)
            {
                var place = at % text.Length;
                text.Remove(place, Math.Min(length, text.Length - place)).Insert(place, put);
            }

            var reading = RuleSetReader.Read(text.ToString());
            Assert.Equal(reading.RuleSet is null, reading.Faults.Count > 0);
            Assert.All(reading.Faults, fault => Assert.StartsWith("$", fault.Path, StringComparison.Ordinal));
        });
    }

    private static void AssertPaths(IEnumerable<RuleSetFault> told, params string[] paths) =>
        Assert.Equal(paths.Order(StringComparer.Ordinal), told.Select(fault => fault.Path).Distinct().Order(StringComparer.Ordinal));

    private static RuleSet Accepted(string json)
    {
        var reading = RuleSetReader.Read(json);
        Assert.Empty(reading.Faults);
        return reading.RuleSet!;
    }

    private static IReadOnlyList<RuleSetFault> FaultsOf(string json)
    {
        var reading = RuleSetReader.Read(json);
        Assert.Null(reading.RuleSet);
        Assert.NotEmpty(reading.Faults);
        return reading.Faults;
    }
}
