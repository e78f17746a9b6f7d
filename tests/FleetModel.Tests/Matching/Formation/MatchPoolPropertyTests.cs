using CsCheck;
using FleetSystem.FleetModel.Matching.Formation;
using FleetSystem.FleetModel.Matching.RuleSets;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Tests.Matching.Formation;

/// <summary>What holds of every pool, checked against an evaluator and a search of their own.</summary>
public sealed class MatchPoolPropertyTests
{
    private static readonly FormationLimits Thorough = new() { MaxPlacements = 1_000_000, MaxWork = 1_000_000_000 };

    public static TheoryData<string> RuleSets => [.. PoolRuleSets.Names];

    [Theory]
    [MemberData(nameof(RuleSets))]
    public void Form_FewTicketsOverTime_FindsAMatchWheneverThereIsOne(string name)
    {
        var ruleSet = PoolRuleSets.Of(name);
        var evaluator = new PlainEvaluator(ruleSet, PoolRuleSets.Regions);
        Gen.Int.Sample(
            seed =>
            {
                var random = new Random(seed);
                var pool = new MatchPool(ruleSet, PoolRuleSets.Regions, Thorough);
                var now = PoolRuleSets.Start;
                var waiting = new List<MatchmakingTicket>();
                for (var round = 0; round < 4; round++)
                {
                    for (var count = random.Next(0, 5); count > 0 && waiting.Count < 7; count--)
                    {
                        var ticket = PoolRuleSets.Ticket(random, (round * 10) + count, now.AddSeconds(-random.Next(0, 5)));
                        Assert.Empty(pool.Add(ticket));
                        waiting.Add(ticket);
                    }

                    if (waiting.Count > 0 && random.Next(4) == 0)
                    {
                        Assert.True(pool.Remove(waiting[0].Id));
                        waiting.RemoveAt(0);
                    }

                    var formed = pool.Form(now, seed);
                    AssertMatches(formed, evaluator, waiting, now);
                    Assert.True(formed.IsComplete);
                    waiting.RemoveAll(ticket => !pool.Contains(ticket.Id));
                    Assert.Equal(waiting.Count, pool.Count);
                    Assert.Empty(BruteForce.Matches(ruleSet, evaluator, waiting, now).Select(match => $"after round {round} of seed {seed}, {match:b} of {string.Join(" ", waiting.Select(ticket => ticket.Id))} is left"));
                    now = now.AddSeconds(random.Next(1, 15));
                }
            },
            iter: 40);
    }

    [Theory]
    [MemberData(nameof(RuleSets))]
    public void Form_ManyTickets_EveryMatchKeepsToTheRulesAndNobodyIsInTwo(string name)
    {
        var ruleSet = PoolRuleSets.Of(name);
        var evaluator = new PlainEvaluator(ruleSet, PoolRuleSets.Regions);
        Gen.Int.Sample(
            seed =>
            {
                var random = new Random(seed);
                var pool = new MatchPool(ruleSet, PoolRuleSets.Regions);
                var now = PoolRuleSets.Start;
                var waiting = new List<MatchmakingTicket>();
                for (var round = 0; round < 4; round++)
                {
                    for (var count = 0; count < 60; count++)
                    {
                        var ticket = PoolRuleSets.Ticket(random, (round * 100) + count, now.AddSeconds(-random.NextDouble()));
                        Assert.Empty(pool.Add(ticket));
                        waiting.Add(ticket);
                    }

                    AssertMatches(pool.Form(now, seed), evaluator, waiting, now);
                    waiting.RemoveAll(ticket => !pool.Contains(ticket.Id));
                    now = now.AddSeconds(8);
                }

                // Strings of tickets that left are forgotten; what rules themselves name stays.
                foreach (var ticket in waiting) pool.Remove(ticket.Id);
                pool.Form(now, seed);
                Assert.Equal(0, pool.Count);
                Assert.InRange(pool.Texts, 0, 3);
            },
            iter: 8);
    }

    [Theory]
    [MemberData(nameof(RuleSets))]
    public void Form_SameTicketsTimesAndSeed_GiveTheSameMatches(string name)
    {
        var ruleSet = PoolRuleSets.Of(name);
        Gen.Int.Sample(seed => Assert.Equal(Run(ruleSet, seed), Run(ruleSet, seed)), iter: 5);
    }

    [Fact]
    public void Form_FewTickets_MatchesNearlyAsManyPlayersAsPossible()
    {
        var (allMatched, allPossible) = (0, 0);
        foreach (var name in PoolRuleSets.Names)
        {
            var (matched, possible) = (0, 0);
            var ruleSet = PoolRuleSets.Of(name);
            var evaluator = new PlainEvaluator(ruleSet, PoolRuleSets.Regions);
            for (var seed = 0; seed < 40; seed++)
            {
                var random = new Random(seed);
                var pool = new MatchPool(ruleSet, PoolRuleSets.Regions, Thorough);
                var tickets = Enumerable.Range(0, 7).Select(number => PoolRuleSets.Ticket(random, number, PoolRuleSets.Start.AddSeconds(number))).ToList();
                foreach (var ticket in tickets) pool.Add(ticket);
                var now = PoolRuleSets.Start.AddSeconds(30);
                matched += pool.Form(now, seed).Matches.Sum(match => match.Teams.Sum(team => team.Tickets.Sum(ticket => ticket.Players.Count)));
                possible += BruteForce.MostPlayers(BruteForce.Matches(ruleSet, evaluator, tickets, now), tickets);
            }

            TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {matched} of {possible} players");
            Assert.InRange(matched, possible * 0.75, possible);
            Assert.True(matched > 40, name);
            (allMatched, allPossible) = (allMatched + matched, allPossible + possible);
        }

        // Longest-waiting first is not the most at once: the oldest may need those who could make two matches without it.
        Assert.InRange(allMatched, allPossible * 0.9, allPossible);
    }

    private static string Run(RuleSet ruleSet, int seed)
    {
        var random = new Random(seed);
        var pool = new MatchPool(ruleSet, PoolRuleSets.Regions);
        var now = PoolRuleSets.Start;
        var told = new List<string>();
        for (var round = 0; round < 3; round++)
        {
            for (var count = 0; count < 50; count++) pool.Add(PoolRuleSets.Ticket(random, (round * 100) + count, now));
            told.AddRange(pool.Form(now, seed).Matches.Select(match => string.Join("|", match.Teams.Select(team => string.Join(",", team.Tickets.Select(ticket => ticket.Id))))));
            now = now.AddSeconds(11);
        }

        return string.Join("\n", told);
    }

    private static void AssertMatches(FormationPass formed, PlainEvaluator evaluator, List<MatchmakingTicket> waiting, DateTimeOffset now)
    {
        var byId = waiting.ToDictionary(ticket => ticket.Id);
        var players = new HashSet<string>();
        foreach (var match in formed.Matches)
        {
            Assert.All(match.Teams.SelectMany(team => team.Tickets), ticket =>
            {
                Assert.Equal(byId[ticket.Id].Players.Select(player => player.Id), ticket.Players);
                Assert.All(ticket.Players, player => Assert.True(players.Add(player), $"{player} is in two matches"));
            });
            var regions = evaluator.RegionsOf([.. match.Teams.Select(team => (IReadOnlyList<MatchmakingTicket>)[.. team.Tickets.Select(ticket => byId[ticket.Id])])], now);
            Assert.True(regions is not null, $"{string.Join(" | ", match.Teams.Select(team => $"{team.Name}: {string.Join(" ", team.Tickets.Select(ticket => ticket.Id))}"))} breaks the rules");
            Assert.Equal(regions.Order(), match.Regions.Order());
        }
    }
}
