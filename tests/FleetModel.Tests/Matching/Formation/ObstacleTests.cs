using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Formation;
using FleetSystem.FleetModel.Matching.RuleSets;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Tests.Matching.Formation;

public sealed class ObstacleTests
{
    private const string TwoRules = """
        { "ruleLanguageVersion": "1.0", "playerAttributes": [{ "name": "skill", "type": "number" }, { "name": "mode", "type": "string" }],
          "teams": [{ "name": "red", "minPlayers": 1, "maxPlayers": 1 }, { "name": "blue", "minPlayers": 1, "maxPlayers": 1 }],
          "rules": [
            { "name": "Near", "type": "batchDistance", "batchAttribute": "skill", "maxDistance": 10 },
            { "name": "Mode", "type": "comparison", "operation": "=", "measurements": ["flatten(teams[*].players.attributes[mode])"] },
            { "name": "Fast", "type": "latency", "maxLatency": 50 }] }
        """;

    private static readonly DateTimeOffset Now = new(2026, 11, 26, 9, 0, 0, TimeSpan.Zero);

    private readonly MatchPool _pool = new(RuleSetReader.Read(TwoRules).RuleSet!, ["seoul", "tokyo"]);
    private int _added;

    [Fact]
    public void Explain_OneRuleInTheWay_IsThatRule()
    {
        Add(skill: 0);
        Add(skill: 100);
        Assert.Equal([new MatchObstacle("Near", 2, 2)], Explained());
    }

    [Fact]
    public void Explain_AnotherMode_IsThatRule()
    {
        Add(mode: "duel");
        Add(mode: "coop");
        Assert.Equal([new MatchObstacle("Mode", 2, 2)], Explained());
    }

    [Fact]
    public void Explain_NoRegionThatIsFastForBoth_IsTheLatencyRule()
    {
        Add(seoul: 20, tokyo: 90);
        Add(seoul: 90, tokyo: 20);
        Assert.Equal([new MatchObstacle("Fast", 2, 2)], Explained());
    }

    [Fact]
    public void Explain_Alone_TooFewPlayers()
    {
        Add();
        Assert.Equal([new MatchObstacle("", 1, 1)], Explained());
    }

    [Fact]
    public void Explain_TwoRulesInTheWayOfOneAndOneOfOthers_CountsTheMostFrequentForAll()
    {
        Add(skill: 0);
        Add(skill: 100);
        Add(skill: 500, mode: "coop", seoul: 200, tokyo: 200);
        Assert.Equal([new MatchObstacle("Near", 3, 3)], Explained());
    }

    [Fact]
    public void Explain_Empty_SaysNothing() => Assert.Empty(Explained());

    [Fact]
    public void Explain_BetweenPasses_ChangesNoPass()
    {
        var (asked, other) = (Crowd(), Crowd());
        for (var pass = 1; pass <= 5; pass++)
        {
            Assert.Equal(
                asked.Form(Now.AddSeconds(pass), pass).Matches.SelectMany(match => match.Teams).SelectMany(team => team.Tickets).Select(ticket => ticket.Id),
                other.Form(Now.AddSeconds(pass), pass).Matches.SelectMany(match => match.Teams).SelectMany(team => team.Tickets).Select(ticket => ticket.Id));
            asked.Explain();
        }
    }

    [Fact]
    public void Explain_EveryRuleSet_IsBoundedAndNamesItsRules()
    {
        foreach (var name in PoolRuleSets.Names)
        {
            var ruleSet = PoolRuleSets.Of(name);
            var pool = new MatchPool(ruleSet, PoolRuleSets.Regions);
            var random = new Random(11);
            for (var number = 0; number < 40; number++) pool.Add(PoolRuleSets.Ticket(random, number, PoolRuleSets.Start));
            pool.Form(PoolRuleSets.Start, 1);

            var rules = ruleSet.Stages[0].Rules.Select(rule => rule.Name).Append("").ToHashSet();
            Assert.All(pool.Explain(), obstacle => Assert.True(rules.Contains(obstacle.Rule) && obstacle.Tickets <= obstacle.LookedAt && obstacle.LookedAt <= 8, $"{name}: {obstacle}"));
        }
    }

    private static MatchPool Crowd()
    {
        var pool = new MatchPool(PoolRuleSets.Of("range, latency, expansions"), PoolRuleSets.Regions);
        var random = new Random(5);
        for (var number = 0; number < 200; number++) pool.Add(PoolRuleSets.Ticket(random, number, Now.AddSeconds(-random.Next(30))));
        return pool;
    }

    private IReadOnlyList<MatchObstacle> Explained()
    {
        Assert.Empty(_pool.Form(Now, 1).Matches);
        return _pool.Explain();
    }

    private void Add(double skill = 0, string mode = "duel", int seoul = 20, int tokyo = 20)
    {
        var player = new MatchmakingPlayer(
            $"p{++_added}", new Dictionary<string, AttributeValue> { ["skill"] = skill, ["mode"] = mode }, new Dictionary<string, int> { ["seoul"] = seoul, ["tokyo"] = tokyo });
        Assert.Empty(_pool.Add(new MatchmakingTicket($"t{_added}", Now.AddSeconds(_added - 10), Now.AddMinutes(5), [player])));
    }
}
