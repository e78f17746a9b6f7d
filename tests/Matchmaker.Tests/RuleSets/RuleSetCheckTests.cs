using FleetSystem.Matchmaker.RuleSets;

namespace FleetSystem.Matchmaker.Tests.RuleSets;

/// <summary>What somebody who writes a rule set reads of <c>--check-ruleset</c>.</summary>
public sealed class RuleSetCheckTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    [Fact]
    public void Run_RuleSetThatCanBeUsed_SaysWhatItMakesAndIs0()
    {
        var (exit, told) = Check("""{ "name": "duel", "ruleLanguageVersion": "1.0", "teams": [{ "name": "player", "minPlayers": 1, "maxPlayers": 1, "quantity": 2 }] }""");

        Assert.Equal(0, exit);
        Assert.Equal("'duel' can be used: player_1 1, player_2 1 players; 0 rule(s); 0 expansion step(s).", told.Trim());
    }

    [Fact]
    public void Run_Faults_AreAllToldWithTheirPathsAndIs1()
    {
        var (exit, told) = Check("""{ "ruleLanguageVersion": "1.1", "teams": [{ "name": "player", "minPlayers": 3, "maxPlayers": 1, "maxPlayers": 2 }] }""");

        Assert.Equal(1, exit);
        Assert.Contains("$.ruleLanguageVersion: is '1.1'", told, StringComparison.Ordinal);
        Assert.Contains("$.teams[0].minPlayers: is 3, more than maxPlayers, 2.", told, StringComparison.Ordinal);
        Assert.Contains("warning: $.teams[0].maxPlayers: is there more than once", told, StringComparison.Ordinal);
        Assert.Contains("2 fault(s).", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/no/such/file.json", "/no/such/file.json cannot be read")]
    [InlineData("", "--check-ruleset needs the file")]
    public void Run_NoFile_SaysSoAndIs1(string file, string said)
    {
        var errors = new StringWriter();

        Assert.Equal(1, RuleSetCheck.Run(file, TextWriter.Null, errors));
        Assert.Contains(said, errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void FileIn_CommandLine_IsWhatStandsBehindTheSwitch()
    {
        Assert.Null(RuleSetCheck.FileIn(["--config", "cell.json"]));
        Assert.Equal("arena.json", RuleSetCheck.FileIn(["--check-ruleset", "arena.json"]));
        Assert.Equal("", RuleSetCheck.FileIn(["--check-ruleset"]));
    }

    public void Dispose() => File.Delete(_file);

    private (int Exit, string Told) Check(string ruleSet)
    {
        File.WriteAllText(_file, ruleSet);
        var output = new StringWriter();
        return (RuleSetCheck.Run(_file, output, TextWriter.Null), output.ToString());
    }
}
