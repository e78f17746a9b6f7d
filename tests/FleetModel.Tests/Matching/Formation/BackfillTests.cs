using CsCheck;
using FleetSystem.FleetModel.Matching.Formation;
using FleetSystem.FleetModel.Matching.RuleSets;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Tests.Matching.Formation;

/// <summary>Running matches that ask for players.</summary>
public sealed class BackfillTests
{
    private static readonly DateTimeOffset Now = PoolRuleSets.Start;

    public static TheoryData<string> RuleSets => [.. PoolRuleSets.Names];

    [Fact]
    public void Form_FreePlaces_AreFilledAndTheMembersStayWhereTheyAre()
    {
        var pool = new MatchPool(RuleSet("normal"), PoolRuleSets.Regions);
        Assert.Empty(pool.Add(Backfill("run", 0, ("red", [Player("r0")]), ("blue", [Player("b0"), Player("b1")]))));
        Assert.Empty(pool.Form(Now, 1).Matches);
        Assert.Empty(pool.Add(Ticket("t0", 1)));

        var match = Assert.Single(pool.Form(Now.AddSeconds(2), 1).Matches);

        Assert.Equal("run", match.Backfill);
        Assert.Equal(["t0", ""], match.Teams.Select(team => string.Join(" ", team.Tickets.Select(ticket => ticket.Id))));
        Assert.Equal((0, 0), (pool.Count, pool.BackfillCount));
        Assert.Empty(pool.Add(Ticket("r0", 1)));
    }

    [Theory]
    [InlineData("high", 5, "run")]
    [InlineData("high", -5, "run")]
    [InlineData("normal", 5, null)]
    [InlineData("normal", -5, "run")]
    [InlineData("low", -5, null)]
    public void Form_BackfillPriority_DecidesWhoseTurnIsFirst(string priority, int created, string? expected)
    {
        var pool = new MatchPool(RuleSet(priority), PoolRuleSets.Regions);
        Assert.Empty(pool.Add(Backfill("run", created, ("red", [Player("r0"), Player("r1")]), ("blue", [Player("b0")]))));
        for (var number = 0; number < 4; number++) Assert.Empty(pool.Add(Ticket($"t{number}", 0)));

        Assert.Equal(expected, Assert.Single(pool.Form(Now.AddSeconds(6), 1).Matches).Backfill);
    }

    [Fact]
    public void Form_TwoRunningMatches_AreNeverPutTogetherAndTheOlderIsFilledFirst()
    {
        var pool = new MatchPool(RuleSet("normal"), PoolRuleSets.Regions);
        Assert.Empty(pool.Add(Backfill("young", 1, ("red", [Player("y0")]), ("blue", [Player("y1"), Player("y2")]))));
        Assert.Empty(pool.Add(Backfill("old", 0, ("red", [Player("o0")]), ("blue", [Player("o1"), Player("o2")]))));
        Assert.Empty(pool.Form(Now.AddSeconds(2), 1).Matches);
        Assert.Empty(pool.Add(Ticket("t0", 3)));

        Assert.Equal("old", Assert.Single(pool.Form(Now.AddSeconds(3), 1).Matches).Backfill);
        Assert.Equal(1, pool.BackfillCount);
    }

    [Fact]
    public void Form_RegionOfTheRunningMatch_IsTheOnlyOneThatCounts()
    {
        var pool = new MatchPool(PoolRuleSets.Of("range, latency, expansions"), PoolRuleSets.Regions);
        Assert.Empty(pool.Add(Backfill("run", 0, ("red", [Player("r0")]), ("blue", [Player("b0"), Player("b1")])) with { Region = "south" }));
        Assert.Empty(pool.Add(Ticket("north", 0, ("north", 20))));
        Assert.Empty(pool.Form(Now, 1).Matches);
        Assert.Empty(pool.Add(Ticket("south", 0, ("north", 20), ("south", 50))));

        var match = Assert.Single(pool.Form(Now, 1).Matches);

        Assert.Equal("south", Assert.Single(match.Teams[0].Tickets).Id);
        Assert.Equal(["south"], match.Regions);
    }

    [Fact]
    public void Form_TimeIsOver_TellsTheRequestAndLetsItGo()
    {
        var pool = new MatchPool(RuleSet("normal"), PoolRuleSets.Regions);
        Assert.Empty(pool.Add(Backfill("run", 0, ("red", [Player("r0")]))));

        Assert.Equal(["run"], pool.Form(Now.AddSeconds(300), 1).Expired);
        Assert.False(pool.Contains("run"));
    }

    [Fact]
    public void Add_RequestThatCannotBeServed_IsToldWithItsPlace()
    {
        var pool = new MatchPool(RuleSet("normal"), PoolRuleSets.Regions);
        Assert.Empty(pool.Add(Ticket("t0", 0)));

        Assert.Equal("teams.green", Told(Backfill("a", 0, ("green", [Player("x")]), ("red", [Player("y")]))));
        Assert.Equal("teams.red", Told(Backfill("a", 0, ("red", [Player("x"), Player("y"), Player("z")]))));
        Assert.Equal("teams", Told(Backfill("a", 0, ("red", []))));
        Assert.Equal("teams", Told(Backfill("a", 0, ("red", [Player("w"), Player("x")]), ("blue", [Player("y"), Player("z")]))));
        Assert.Equal("teams.red", Told(Backfill("a", 0, ("red", [Player("t0")]))));
        Assert.Equal("region", Told(Backfill("a", 0, ("red", [Player("x")])) with { Region = "moon" }));
        Assert.Equal("id", Told(Backfill("t0", 0, ("red", [Player("x")]))));
        Assert.Equal("teams.red.players[0].attributes.level", Told(Backfill("a", 0, ("red", [Player("x") with { Attributes = new Dictionary<string, AttributeValue> { ["level"] = "high" } }]))));

        string Told(BackfillTicket backfill) => Assert.Single(pool.Add(backfill)).Path;
    }

    [Theory]
    [MemberData(nameof(RuleSets))]
    public void Form_AnyRunningMatch_KeepsToTheRulesWithThoseWhoCome(string name)
    {
        var ruleSet = PoolRuleSets.Of(name);
        var evaluator = new PlainEvaluator(ruleSet, PoolRuleSets.Regions);
        var filled = 0;
        Gen.Int.Sample(
            seed =>
            {
                var random = new Random(seed);
                var pool = new MatchPool(ruleSet, PoolRuleSets.Regions);
                var tickets = new Dictionary<string, MatchmakingTicket>();
                var teams = ruleSet.Stages[0].Teams;
                var members = teams.Select((team, index) => Enumerable.Range(0, random.Next(index == 0 ? 1 : 0, team.MaxPlayers + (index == 0 ? 0 : 1)))
                    .Select(number => PoolRuleSets.Ticket(random, 500 + (index * 10) + number, Now, parties: 1_000_000).Players[0]).ToList()).ToList();
                Assert.Empty(pool.Add(new BackfillTicket("run", Now, Now.AddMinutes(5), null, teams.Select((team, index) => (team.Name, Players: (IReadOnlyList<MatchmakingPlayer>)members[index])).ToDictionary(team => team.Name, team => team.Players))));
                for (var number = 0; number < 12; number++)
                {
                    var ticket = PoolRuleSets.Ticket(random, number, Now.AddSeconds(number));
                    Assert.Empty(pool.Add(ticket));
                    tickets.Add(ticket.Id, ticket);
                }

                var now = Now.AddSeconds(random.Next(12, 50));
                foreach (var match in pool.Form(now, seed).Matches.Where(match => match.Backfill is not null))
                {
                    Interlocked.Increment(ref filled);
                    Assert.NotEmpty(match.Teams.SelectMany(team => team.Tickets));
                    Assert.True(evaluator.IsMatch(
                        [
                            .. match.Teams.Select((team, index) => (IReadOnlyList<MatchmakingTicket>)
                            [
                                .. members[index].Select(player => new MatchmakingTicket(player.Id, Now, Now.AddMinutes(5), [player])), .. team.Tickets.Select(ticket => tickets[ticket.Id]),
                            ]),
                        ],
                        now));
                }
            },
            iter: 40);
        Assert.True(filled > 0);
    }

    private static RuleSet RuleSet(string priority) => RuleSetReader.Read($$"""
        {
            "ruleLanguageVersion": "1.0", "playerAttributes": [{ "name": "level", "type": "number", "default": 1 }], "algorithm": { "strategy": "exhaustiveSearch", "backfillPriority": "{{priority}}" },
            "teams": [{ "name": "red", "minPlayers": 2, "maxPlayers": 2 }, { "name": "blue", "minPlayers": 2, "maxPlayers": 2 }],
            "rules": [{ "name": "Level", "type": "batchDistance", "batchAttribute": "level", "maxDistance": 5 }]
        }
        """).RuleSet!;

    private static BackfillTicket Backfill(string id, int second, params (string Team, MatchmakingPlayer[] Players)[] teams) =>
        new(id, Now.AddSeconds(second), Now.AddSeconds(second + 300), null, teams.ToDictionary(team => team.Team, team => (IReadOnlyList<MatchmakingPlayer>)team.Players));

    private static MatchmakingTicket Ticket(string id, int second, params (string Region, int Latency)[] latencies) => new(id, Now.AddSeconds(second), Now.AddSeconds(second + 300),
        [latencies.Length == 0 ? Player(id) : Player(id) with { LatencyMilliseconds = latencies.ToDictionary(latency => latency.Region, latency => latency.Latency) }]);

    private static MatchmakingPlayer Player(string id) => new(
        id, new Dictionary<string, AttributeValue> { ["level"] = 1, ["maps"] = new(Texts: ["ice"]) }, new Dictionary<string, int> { ["north"] = 20, ["south"] = 30 });
}
