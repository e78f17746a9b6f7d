using FleetSystem.FleetModel.Matching.RuleSets;
using FleetSystem.FleetModel.Matching.Tickets;
using FleetSystem.FleetModel.Tests.Matching.RuleSets;

namespace FleetSystem.FleetModel.Tests.Matching.Tickets;

/// <summary>Tickets that no rule could match, told with their places.</summary>
public sealed class TicketChecksTests
{
    private static readonly RuleSet ThreeTeams = RuleSetReader.Read(ExampleRuleSets.ThreeTeams).RuleSet!;
    private static readonly RuleSet Duel = RuleSetReader.Read(ExampleRuleSets.Duel).RuleSet!;

    [Fact]
    public void Faults_TicketThatFits_AreNone() =>
        Assert.Empty(Faults(ThreeTeams, Player("a", new() { ["skill"] = 5 }), Player("b", [])));

    [Fact]
    public void Faults_AttributesOfTheWrongTypeOrNotFinite_AreToldEach()
    {
        var told = Faults(ThreeTeams, Player("a", new() { ["skill"] = "much", ["class"] = 7 }), Player("b", new() { ["skill"] = double.NaN }), Player("c", new() { ["class"] = new(Texts: [.. Enumerable.Repeat("x", 101)]) }));

        Assert.Equal(
            ["players[0].attributes.skill: must be a number.", "players[0].attributes.class: must be a list of strings.", "players[1].attributes.skill: must be a finite number.", "players[2].attributes.class: has more than 100 entries."],
            told.Select(fault => fault.ToString()));
    }

    [Fact]
    public void Faults_AttributeWithoutDefaultThatRulesLookAt_MustBeThere()
    {
        Assert.Equal("players[0].attributes.hero", Assert.Single(Faults(Duel, Player("a", []))).Path);
        Assert.Empty(Faults(Duel, Player("a", new() { ["hero"] = 3 })));
    }

    [Fact]
    public void Faults_TwoHundredPlayers_IsOneFault() =>
        Assert.Contains("200 players: the largest team has 4", Assert.Single(Faults(ThreeTeams, [.. Enumerable.Range(0, 200).Select(number => Player($"p{number}", []))])).Message, StringComparison.Ordinal);

    [Fact]
    public void Faults_NoPlayersTwiceTheSameOrNoId_AreTold()
    {
        Assert.Equal("players", Assert.Single(Faults(ThreeTeams)).Path);
        Assert.Equal("players", Assert.Single(Faults(ThreeTeams, Player("a", []), Player("a", []))).Path);
        Assert.Equal("players[0].id", Assert.Single(Faults(ThreeTeams, Player("", []))).Path);
    }

    [Fact]
    public void Faults_LatencyRulesWithoutLatencies_AreTold()
    {
        Assert.Equal("players[0].latencyMilliseconds", Assert.Single(Faults(ThreeTeams, Player("a", []) with { LatencyMilliseconds = new Dictionary<string, int> { ["moon"] = 1_300 } })).Path);
        Assert.Equal("players[0].latencyMilliseconds.north", Assert.Single(Faults(ThreeTeams, Player("a", []) with { LatencyMilliseconds = new Dictionary<string, int> { ["north"] = -1 } })).Path);
    }

    private static IReadOnlyList<RuleSetFault> Faults(RuleSet ruleSet, params MatchmakingPlayer[] players) =>
        TicketChecks.Faults(new MatchmakingTicket("t", default, default, players), ruleSet, ["north", "south"]);

    private static MatchmakingPlayer Player(string id, Dictionary<string, AttributeValue> attributes) => new(id, attributes, new Dictionary<string, int> { ["north"] = 20 });
}
