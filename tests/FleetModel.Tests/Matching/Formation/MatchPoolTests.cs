using FleetSystem.FleetModel.Matching.Formation;
using FleetSystem.FleetModel.Matching.RuleSets;
using FleetSystem.FleetModel.Matching.Tickets;
using FleetSystem.FleetModel.Tests.Matching.RuleSets;

namespace FleetSystem.FleetModel.Tests.Matching.Formation;

/// <summary>Who is matched with whom, and when.</summary>
public sealed class MatchPoolTests
{
    private static readonly DateTimeOffset Now = PoolRuleSets.Start;

    [Fact]
    public void Form_MoreThanAMatchNeeds_TakesTheLongestWaiting()
    {
        var pool = Pool("nothing");
        foreach (var second in (int[])[3, 1, 5, 2, 4, 6]) Add(pool, $"t{second}", second, 1);

        var match = Assert.Single(pool.Form(Now.AddSeconds(60), 1).Matches);

        Assert.Equal(["t1", "t2", "t3", "t4"], Ids(match).Order());
        Assert.Equal(TimeSpan.FromSeconds(59), match.Waited);
        Assert.Equal(2, pool.Count);
    }

    [Fact]
    public void Form_Parties_AreNeverSplit()
    {
        var pool = Pool("nothing");
        Add(pool, "solo", 0, 1);
        Add(pool, "pair", 1, 2);
        Assert.Empty(pool.Form(Now, 1).Matches);
        Add(pool, "other", 2, 1);

        var match = Assert.Single(pool.Form(Now, 1).Matches);

        Assert.Contains(match.Teams, team => team.Tickets is [{ Id: "pair", Players: ["pair-0", "pair-1"] }]);
    }

    [Fact]
    public void Form_TimeIsOver_TellsTheTicketAndLetsItGo()
    {
        var pool = Pool("nothing");
        for (var number = 0; number < 3; number++) Add(pool, $"t{number}", 0, 1);
        Assert.Equal([], pool.Form(Now.AddSeconds(299), 1).Expired);

        Assert.Equal(["t0", "t1", "t2"], pool.Form(Now.AddSeconds(300), 1).Expired.Order());
        Assert.Equal(0, pool.Count);

        Add(pool, "t0", 300, 1);
        Assert.Equal(1, pool.Count);
    }

    [Fact]
    public void Add_TicketOrPlayerThatWaitsAlready_IsRefused()
    {
        var pool = Pool("nothing");
        Add(pool, "t0", 0, 1);

        Assert.Equal("id", Assert.Single(pool.Add(Ticket("t0", 0, 1))).Path);
        Assert.Contains("'t0'", Assert.Single(pool.Add(Ticket("t1", 0, 1) with { Players = Ticket("t0", 0, 1).Players })).Message, StringComparison.Ordinal);
        Assert.True(pool.Remove("t0"));
        Assert.False(pool.Remove("t0"));
        Assert.Empty(pool.Add(Ticket("t0", 0, 1)));
    }

    [Fact]
    public void Add_FullPool_IsRefusedAndHasRoomWhenSomebodyLeaves()
    {
        var pool = new MatchPool(PoolRuleSets.Of("nothing"), PoolRuleSets.Regions, new() { MaxTickets = 1 });
        Add(pool, "t0", 0, 1);

        Assert.Contains("full", Assert.Single(pool.Add(Ticket("t1", 0, 1))).Message, StringComparison.Ordinal);
        pool.Remove("t0");
        Assert.Empty(pool.Add(Ticket("t1", 0, 1)));
    }

    [Fact]
    public void New_LimitOutOfItsBounds_Throws() =>
        Assert.Equal("MaxWork", Assert.Throws<ArgumentOutOfRangeException>(() => new MatchPool(PoolRuleSets.Of("nothing"), PoolRuleSets.Regions, new() { MaxWork = 999 })).ParamName);

    [Fact]
    public void Form_TicketUnlikeAllOthers_IsMatchedAsSoonAsTheRulesAllowHoweverManyNewOnesCome()
    {
        // By the oldest ticket's age: after 25 s a distance of 100 is enough.
        var pool = Pool("oldest");
        Assert.Empty(pool.Add(Ticket("odd", 0, 1, skill: 100)));
        var number = 0;
        for (var second = 0; second < 25; second++)
        {
            for (var i = 0; i < 20; i++) Add(pool, $"t{number++}", second, 1);
            pool.Form(Now.AddSeconds(second), second);
            Assert.True(pool.Contains("odd"));
        }

        for (var i = 0; i < 20; i++) Add(pool, $"t{number++}", 25, 1);
        var first = pool.Form(Now.AddSeconds(25), 1).Matches[0];

        Assert.Contains("odd", Ids(first));
        Assert.Equal(25, PoolRuleSets.Of("oldest").Stages[first.Stage].AfterSeconds);
    }

    [Fact]
    public void Form_NothingChanged_SearchesNothing()
    {
        var pool = Pool("range, latency, expansions");
        for (var number = 0; number < 30; number++) Assert.Empty(pool.Add(Ticket($"t{number}", 0, 1, skill: number * 100)));

        Assert.Equal(30, pool.Form(Now, 1).Searches);
        Assert.Equal(0, pool.Form(Now.AddSeconds(1), 1).Searches);

        // Somebody comes: only those within reach are asked.
        Assert.Empty(pool.Add(Ticket("new", 1, 1, skill: 505)));
        Assert.Equal(2, pool.Form(Now.AddSeconds(2), 1).Searches);
    }

    [Fact]
    public void Form_LimitOfOnePass_IsGoneOnWithInTheNext()
    {
        var pool = new MatchPool(PoolRuleSets.Of("nothing"), PoolRuleSets.Regions, new() { MaxWork = 1_000 });
        for (var number = 0; number < 4_000; number++) Add(pool, $"t{number}", 0, 1);

        var first = pool.Form(Now, 1);
        Assert.False(first.IsComplete);
        Assert.InRange(first.Matches.Count, 1, 999);
        var passes = 1;
        while (pool.Count > 0 && passes < 100) passes += pool.Form(Now, 1).Matches.Count > 0 ? 1 : 1_000;
        Assert.Equal(0, pool.Count);
    }

    [Fact]
    public void Form_OldTicketsThatCannotBeMatched_DoNotKeepYoungOnesWaiting()
    {
        // Nobody of the old ones is a healer, so each search among them is long and in vain.
        var pool = new MatchPool(PoolRuleSets.Of("a healer each"), PoolRuleSets.Regions, new() { MaxWork = 100_000 });
        for (var number = 0; number < 300; number++) Assert.Empty(pool.Add(Ticket($"old{number}", -60, 1, role: "tank")));
        for (var pass = 0; pass < 5; pass++) Assert.Empty(pool.Form(Now, pass).Matches);

        for (var number = 0; number < 4; number++) Assert.Empty(pool.Add(Ticket($"young{number}", 0, 1, role: "healer")));
        var passes = 0;
        while (pool.Contains("young0") && passes < 150)
        {
            passes++;
            pool.Form(Now.AddSeconds(passes), passes);
        }

        Assert.InRange(passes, 1, 120);
    }

    [Fact]
    public void Form_SeveralAttributesKeptClose_OrdersByTheOneInWhichFewestAreNear()
    {
        // Everybody is in reach in level, one of a thousand in skill: ordered by level, those few would not be among the neighbours that are looked at.
        var ruleSet = RuleSetReader.Read("""
            {
                "ruleLanguageVersion": "1.0", "playerAttributes": [{ "name": "level", "type": "number" }, { "name": "skill", "type": "number" }],
                "teams": [{ "name": "all", "minPlayers": 2, "maxPlayers": 2 }],
                "rules": [{ "name": "Level", "type": "batchDistance", "batchAttribute": "level", "maxDistance": 10 }, { "name": "Skill", "type": "batchDistance", "batchAttribute": "skill", "maxDistance": 1 }]
            }
            """).RuleSet!;
        var pool = new MatchPool(ruleSet, PoolRuleSets.Regions, new() { MaxNeighbours = 64 });
        for (var number = 0; number < 2_000; number++) Assert.Empty(pool.Add(Ticket($"t{number}", 0, 1, skill: number * 10)));
        Assert.Empty(pool.Form(Now, 1).Matches);

        Assert.Empty(pool.Add(Ticket("near", 1, 1, skill: 5_001)));

        Assert.Equal(["near", "t500"], Ids(Assert.Single(pool.Form(Now.AddSeconds(1), 1).Matches)).Order());
    }

    [Fact]
    public void Form_LongestRuleSetThatIsAccepted_EndsWithinThePassesLimit()
    {
        var measurements = string.Join(", ", Enumerable.Repeat("\"flatten(teams[*].players.attributes[maps])\"", 9));
        var rules = string.Join(", ", Enumerable.Range(0, 80).Select(index =>
            $$"""{ "name": "R{{index}}", "type": "collection", "operation": "reference_intersection_count", "measurements": [{{measurements}}], "referenceValue": "flatten(teams[*].players[playerId])", "minCount": 1 }"""));
        var ruleSet = RuleSetReader.Read($$"""
            { "ruleLanguageVersion": "1.0", "playerAttributes": [{ "name": "maps", "type": "string_list" }], "teams": [{ "name": "all", "minPlayers": 30, "maxPlayers": 40 }], "rules": [{{rules}}] }
            """).RuleSet!;
        var pool = new MatchPool(ruleSet, PoolRuleSets.Regions);
        for (var number = 0; number < 400; number++) Assert.Empty(pool.Add(Ticket($"t{number}", 0, 1)));

        // No player is on anybody's list, and that shows only of whole matches.
        var pass = pool.Form(Now, 1);

        Assert.Empty(pass.Matches);
        Assert.False(pass.IsComplete);
        Assert.InRange(pass.Searches, 1, 20);
    }

    [Fact]
    public void Form_SortRules_PreferTheAnchorsFavouriteThenWhoIsAlike()
    {
        var pool = new MatchPool(RuleSetReader.Read(ExampleRuleSets.Sorted).RuleSet!, PoolRuleSets.Regions);
        MatchmakingTicket Lover(string id, int second, string map, double experience) =>
            new(id, Now.AddSeconds(second), Now.AddHours(1), [new(id, new Dictionary<string, AttributeValue> { ["mapWeights"] = new(Numbers: new Dictionary<string, double> { [map] = 100, ["sea"] = 5 }), ["experience"] = experience }, new Dictionary<string, int>())]);
        pool.Add(Lover("anchor", 0, "ice", 50));
        for (var number = 0; number < 6; number++) pool.Add(Lover($"fire{number}", 1 + number, "fire", 50));
        for (var number = 0; number < 4; number++) pool.Add(Lover($"ice{number}", 10 + number, "ice", 500 + number));
        pool.Add(Lover("far", 20, "ice", 9_000));
        pool.Add(Lover("near", 21, "ice", 60));

        Assert.Equal(["anchor", "ice0", "ice1", "ice2", "ice3", "near"], Ids(pool.Form(Now.AddSeconds(30), 1).Matches[0]).Order());
    }

    [Theory]
    [InlineData(nameof(ExampleRuleSets.LargeFreeForAll), 260, 200)]
    [InlineData(nameof(ExampleRuleSets.LargeTeams), 200, 155)]
    [InlineData(nameof(ExampleRuleSets.LargeAlike), 800, 50)]
    public void Form_LargeMatch_IsFilledToTheLastPlaceAndKeepsToItsRules(string example, int players, int expected)
    {
        var ruleSet = RuleSetReader.Read(ExampleRuleSets.All[example]).RuleSet!;
        var pool = new MatchPool(ruleSet, PoolRuleSets.Regions);
        var random = new Random(7);
        var tickets = Enumerable.Range(0, players).Select(number => LargeTicket(random, number)).ToDictionary(ticket => ticket.Id);
        foreach (var ticket in tickets.Values) Assert.Empty(pool.Add(ticket));

        var now = Now.AddSeconds(1);
        var match = pool.Form(now, 1).Matches[0];

        Assert.Equal(expected, match.Teams.Sum(team => team.Tickets.Count));
        Assert.True(new PlainEvaluator(ruleSet, PoolRuleSets.Regions).IsMatch([.. match.Teams.Select(team => (IReadOnlyList<MatchmakingTicket>)[.. team.Tickets.Select(ticket => tickets[ticket.Id])])], now));
        var balanced = ruleSet.Attributes[ruleSet.Algorithm.BalancedAttribute!.Value].Name;
        var averages = match.Teams.Select(team => team.Tickets.Average(ticket => tickets[ticket.Id].Players[0].Attributes[balanced].Number!.Value)).ToList();
        Assert.InRange(averages.Max() - averages.Min(), 0, 2);
    }

    [Fact]
    public void Form_LargeMatchWithTooFew_WaitsForTheExpansion()
    {
        var pool = new MatchPool(RuleSetReader.Read(ExampleRuleSets.LargeFreeForAll).RuleSet!, PoolRuleSets.Regions);
        var random = new Random(7);
        for (var number = 0; number < 160; number++) Assert.Empty(pool.Add(LargeTicket(random, number)));

        // The last came at 0.159 s, and 150 are enough after 10 s.
        Assert.Empty(pool.Form(Now.AddSeconds(10.1), 1).Matches);
        Assert.Equal(160, Ids(Assert.Single(pool.Form(Now.AddSeconds(10.159), 1).Matches)).Count());
    }

    private static MatchmakingTicket LargeTicket(Random random, int number) => new($"t{number}", Now.AddMilliseconds(number), Now.AddMinutes(5),
    [
        new($"p{number}", new Dictionary<string, AttributeValue> { ["skill"] = random.Next(0, 50), ["kills"] = random.Next(0, 50), ["league"] = random.Next(1, 4), ["map"] = random.Next(2) == 0 ? "ice" : "fire" },
            new Dictionary<string, int> { ["north"] = random.Next(10, 140), ["south"] = random.Next(100, 300) }),
    ]);

    private static MatchPool Pool(string name) => new(PoolRuleSets.Of(name), PoolRuleSets.Regions);

    private static void Add(MatchPool pool, string id, int second, int players) => Assert.Empty(pool.Add(Ticket(id, second, players)));

    private static MatchmakingTicket Ticket(string id, int second, int players, double skill = 10, string role = "") => new(id, Now.AddSeconds(second), Now.AddSeconds(second + 300),
    [
        .. Enumerable.Range(0, players).Select(number => new MatchmakingPlayer(
            $"{id}-{number}", new Dictionary<string, AttributeValue> { ["skill"] = skill, ["level"] = 1, ["role"] = new(Texts: role.Length == 0 ? [] : [role]), ["maps"] = new(Texts: ["ice"]) }, new Dictionary<string, int> { ["north"] = 20 })),
    ]);

    private static IEnumerable<string> Ids(FormedMatch match) => match.Teams.SelectMany(team => team.Tickets).Select(ticket => ticket.Id);
}
