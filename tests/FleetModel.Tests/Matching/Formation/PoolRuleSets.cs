using FleetSystem.FleetModel.Matching.RuleSets;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Tests.Matching.Formation;

/// <summary>Small rule sets over the same attributes, one for each way in which rules can shape a match, and tickets for them.</summary>
internal static class PoolRuleSets
{
    public static readonly string[] Regions = ["north", "south", "west"];

    public static readonly DateTimeOffset Start = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    private const string Head = """
        "ruleLanguageVersion": "1.0",
        "playerAttributes": [
            { "name": "skill", "type": "number", "default": 10 }, { "name": "level", "type": "number" }, { "name": "mode", "type": "string", "default": "coop" },
            { "name": "role", "type": "string_list", "default": [] }, { "name": "maps", "type": "string_list" }, { "name": "likes", "type": "string_number_map", "default": {} },
            { "name": "blocked", "type": "string_list", "default": [] }]
        """;

    private const string TwoOnTwo = """ "teams": [{ "name": "red", "minPlayers": 2, "maxPlayers": 2 }, { "name": "blue", "minPlayers": 2, "maxPlayers": 2 }] """;

    private const string UpToThree = """ "teams": [{ "name": "red", "minPlayers": 1, "maxPlayers": 3 }, { "name": "blue", "minPlayers": 1, "maxPlayers": 3 }] """;

    private const string ThreeTeams = """ "teams": [{ "name": "squad", "minPlayers": 1, "maxPlayers": 2, "quantity": 3 }] """;

    private const string Range = """ { "name": "Near", "type": "distance", "measurements": ["max(flatten(teams[*].players.attributes[skill]))"], "referenceValue": "min(flatten(teams[*].players.attributes[skill]))", "maxDistance": 10 } """;

    private static readonly Dictionary<string, string> Bodies = new()
    {
        ["nothing"] = TwoOnTwo,
        ["range, latency, expansions"] = $$"""
            {{TwoOnTwo}}, "rules": [{{Range}}, { "name": "Fast", "type": "latency", "maxLatency": 60 }],
            "expansions": [{ "target": "rules[Near].maxDistance", "steps": [{ "waitTimeSeconds": 10, "value": 25 }, { "waitTimeSeconds": 20, "value": 60 }] }, { "target": "rules[Fast].maxLatency", "steps": [{ "waitTimeSeconds": 15, "value": 120 }] }]
            """,
        ["oldest"] = $$"""
            {{TwoOnTwo}}, "algorithm": { "expansionAgeSelection": "oldest" }, "rules": [{{Range}}, { "name": "Fast", "type": "latency", "maxLatency": 60 }],
            "expansions": [{ "target": "rules[Near].maxDistance", "steps": [{ "waitTimeSeconds": 10, "value": 30 }, { "waitTimeSeconds": 25, "value": 100 }] }, { "target": "rules[Fast].maxLatency", "steps": [{ "waitTimeSeconds": 20, "value": 300 }] }]
            """,
        ["even teams"] = $$"""
            {{UpToThree}}, "rules": [
                { "name": "Fair", "type": "distance", "measurements": ["avg(teams[*].players.attributes[skill])"], "referenceValue": "avg(flatten(teams[*].players.attributes[skill]))", "maxDistance": 4 },
                { "name": "Same", "type": "comparison", "measurements": ["count(teams[red].players)"], "referenceValue": "count(teams[blue].players)", "operation": "=" }],
            "expansions": [{ "target": "rules[Fair].maxDistance", "steps": [{ "waitTimeSeconds": 10, "value": 12 }] }]
            """,
        ["uneven teams"] = """
            "teams": [{ "name": "hunters", "minPlayers": 3, "maxPlayers": 3 }, { "name": "dragon", "minPlayers": 1, "maxPlayers": 1 }], "rules": [
                { "name": "Dragon", "type": "comparison", "measurements": ["teams[dragon].players.attributes[level]"], "referenceValue": 3, "operation": ">=" },
                { "name": "Hunters", "type": "comparison", "measurements": ["teams[hunters].players.attributes[level]"], "referenceValue": 3, "operation": "<" },
                { "name": "Skill", "type": "comparison", "measurements": ["avg(teams[dragon].players.attributes[skill])"], "referenceValue": "max(teams[hunters].players.attributes[skill])", "operation": ">=" }],
            "expansions": [{ "target": "teams[hunters].minPlayers", "steps": [{ "waitTimeSeconds": 10, "value": 2 }, { "waitTimeSeconds": 20, "value": 1 }] }, { "target": "rules[Skill].operation", "steps": [{ "waitTimeSeconds": 30, "value": "!=" }] }]
            """,
        ["a healer each"] = $$"""
            {{TwoOnTwo}}, "rules": [
                { "name": "Red", "type": "collection", "measurements": ["teams[red].players.attributes[role]"], "operation": "contains", "referenceValue": "healer", "minCount": 1 },
                { "name": "Blue", "type": "collection", "measurements": ["teams[blue].players.attributes[role]"], "operation": "contains", "referenceValue": "healer", "minCount": 1 },
                { "name": "Few", "type": "collection", "measurements": ["flatten(teams[*].players.attributes[role])"], "operation": "contains", "referenceValue": "tank", "maxCount": 2 }]
            """,
        ["batches"] = $$"""
            {{ThreeTeams}}, "rules": [{ "name": "Skill", "type": "batchDistance", "batchAttribute": "skill", "maxDistance": 15, "partyAggregation": "max" }, { "name": "Mode", "type": "batchDistance", "batchAttribute": "mode" }],
            "expansions": [{ "target": "rules[Skill].maxDistance", "steps": [{ "waitTimeSeconds": 10, "value": 40 }] }]
            """,
        ["either or"] = $$"""
            {{TwoOnTwo}}, "rules": [{{Range}}, { "name": "Mode", "type": "comparison", "operation": "=", "measurements": ["flatten(teams[*].players.attributes[mode])"] },
                { "name": "Level", "type": "comparison", "operation": "<=", "measurements": ["max(flatten(teams[*].players.attributes[level]))"], "referenceValue": 2 }, { "name": "Fast", "type": "latency", "maxLatency": 50 },
                { "name": "Either", "type": "compound", "statement": "or(and(Near, Fast), and(Mode, not(Level)))" }],
            "expansions": [{ "target": "rules[Near].maxDistance", "steps": [{ "waitTimeSeconds": 10, "value": 40 }] }]
            """,
        ["exactly one"] = $$"""
            {{UpToThree}}, "rules": [{ "name": "Fast", "type": "latency", "maxDistance": 20, "distanceReference": "avg" }, { "name": "Mode", "type": "comparison", "operation": "=", "measurements": ["teams[*].players.attributes[mode]"] },
                { "name": "One", "type": "compound", "statement": "xor(Fast, Mode)" }]
            """,
        ["block list"] = $$"""
            {{TwoOnTwo}}, "rules": [{ "name": "Blocked", "type": "collection", "operation": "reference_intersection_count", "measurements": "flatten(teams[*].players.attributes[blocked])", "referenceValue": "flatten(teams[*].players[playerId])", "maxCount": 0 }]
            """,
        ["wanted"] = $$"""
            {{ThreeTeams}}, "rules": [
                { "name": "Shared", "type": "collection", "operation": "intersection", "measurements": ["flatten(teams[*].players.attributes[maps])"], "minCount": 1 },
                { "name": "Roles", "type": "collection", "operation": "reference_intersection_count", "measurements": ["flatten(teams[*].players.attributes[role])"], "referenceValue": ["tank", "healer"], "minCount": 1, "partyAggregation": "intersection" },
                { "name": "Sets", "type": "collection", "operation": "reference_intersection_count", "measurements": ["set_intersection(flatten(teams[*].players.attributes[maps]))"], "referenceValue": "set_intersection(teams[*].players.attributes[maps])", "maxCount": 3 }],
            "expansions": [{ "target": "rules[Roles].minCount", "steps": [{ "waitTimeSeconds": 10, "value": 0 }] }]
            """,
        ["different"] = $$"""
            {{UpToThree}}, "rules": [
                { "name": "Levels", "type": "comparison", "operation": "!=", "measurements": ["teams[*].players.attributes[level]"] },
                { "name": "Sums", "type": "comparison", "operation": "=", "measurements": ["sum(teams[red].players.attributes[level])", "sum(teams[blue].players.attributes[level])"] }]
            """,
        ["statistics"] = $$"""
            {{UpToThree}}, "rules": [
                { "name": "Spread", "type": "comparison", "operation": "<", "measurements": ["stddev(flatten(teams[*].players.attributes[skill]))"], "referenceValue": 15 },
                { "name": "Median", "type": "distance", "measurements": ["median(teams[*].players.attributes[skill])"], "referenceValue": "median(flatten(teams[*].players.attributes[skill]))", "maxDistance": 8, "partyAggregation": "min" },
                { "name": "Apart", "type": "distance", "measurements": ["avg(teams[red].players.attributes[level])"], "referenceValue": "avg(teams[blue].players.attributes[level])", "minDistance": 1 },
                { "name": "Sizes", "type": "distance", "measurements": ["max(count(teams[*].players))"], "referenceValue": "min(count(teams[*].players))", "maxDistance": 1 }]
            """,
        ["near the middle"] = $$"""
            {{TwoOnTwo}}, "rules": [{ "name": "Middle", "type": "distance", "measurements": ["flatten(teams[*].players.attributes[skill])"], "referenceValue": "avg(flatten(teams[*].players.attributes[skill]))", "maxDistance": 10 }, { "name": "Even", "type": "latency", "maxDistance": 40, "distanceReference": "min", "partyAggregation": "max" }]
            """,
        ["sorted"] = $$"""
            {{TwoOnTwo}}, "algorithm": { "batchingPreference": "sorted", "sortByAttributes": ["mode", "level"] }, "rules": [
                { "name": "Likes", "type": "absoluteSort", "sortDirection": "descending", "sortAttribute": "likes", "mapKey": "maxValue" }, { "name": "Skill", "type": "distanceSort", "sortDirection": "ascending", "sortAttribute": "skill" },
                { "name": "Maps", "type": "collection", "operation": "intersection", "measurements": ["flatten(teams[*].players.attributes[maps])"], "minCount": 1 }]
            """,
        ["balanced"] = $$"""
            {{TwoOnTwo}}, "algorithm": { "strategy": "balanced", "balancedAttribute": "skill", "batchingPreference": "largestPopulation" }, "rules": [{ "name": "Fast", "type": "latency", "maxLatency": 70 }]
            """,
    };

    public static IEnumerable<string> Names => Bodies.Keys;

    public static RuleSet Of(string name)
    {
        var reading = RuleSetReader.Read($$"""{ {{Head}}, {{Bodies[name]}} }""");
        Assert.Empty(reading.Faults);
        return reading.RuleSet!;
    }

    /// <summary>A ticket of one or two players.</summary>
    public static MatchmakingTicket Ticket(Random random, int number, DateTimeOffset created, int parties = 4)
    {
        var players = new List<MatchmakingPlayer>();
        var size = random.Next(parties) == 0 ? 2 : 1;
        for (var i = 0; i < size; i++)
        {
            Dictionary<string, AttributeValue> attributes = new() { ["level"] = random.Next(1, 5), ["maps"] = new(Texts: Some(random, "ice", "fire", "sand")) };
            if (random.Next(8) > 0) attributes["skill"] = random.Next(0, 60);
            if (random.Next(3) > 0) attributes["mode"] = random.Next(2) == 0 ? "coop" : "duel";
            if (random.Next(3) > 0) attributes["role"] = new(Texts: Some(random, "tank", "healer"));
            if (random.Next(2) > 0) attributes["likes"] = new(Numbers: Some(random, "ice", "fire", "sand").ToDictionary(map => map, _ => (double)random.Next(100)));
            if (random.Next(3) == 0) attributes["blocked"] = new(Texts: [$"p{random.Next(8)}-0"]);
            var latencies = Some(random, Regions).DefaultIfEmpty(Regions[0]).ToDictionary(region => region, _ => random.Next(10, 160));
            players.Add(new($"p{number}-{i}", attributes, latencies));
        }

        return new($"t{number}", created, created.AddMinutes(5), players);
    }

    private static List<string> Some(Random random, params IEnumerable<string> of) => [.. of.Where(_ => random.Next(3) > 0)];
}
