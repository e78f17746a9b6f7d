using FleetSystem.FleetManager.Matchmaking;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Matching.RuleSets;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Tests.Matchmaking;

public sealed class RuleSetFileValidatorTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleetsystem-rule-set-files-");

    private string RuleSetFile => Path.Combine(_folder.FullName, "ranked.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Validate_GoodFile_SucceedsAndIsSummedUp()
    {
        File.WriteAllText(RuleSetFile, QueueCell.RuleSet(5));

        Assert.Empty(Faults());
        Assert.Contains("2 to 10 players for fleet 'arena'", Assert.Single(new RuleSetSummary(Options.Create(System())).Lines()), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_FileWithFaults_TellsEachWithFileAndPath()
    {
        File.WriteAllText(RuleSetFile, """{ "ruleLanguageVersion": "2.0", "teams": [{ "name": "all", "minPlayers": 3, "maxPlayers": 2 }] }""");

        var faults = Faults();

        Assert.Contains(faults, fault => fault.StartsWith($"FleetSystem:Queues:0:RuleSetFile is '{RuleSetFile}', which has a fault at $.ruleLanguageVersion: ", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains("at $.teams[0]", StringComparison.Ordinal));
    }

    [Fact]
    public void Validate_FileThatIsNotThereOrTooLarge_IsTold()
    {
        Assert.Contains("cannot be read", Assert.Single(Faults()), StringComparison.Ordinal);

        File.WriteAllText(RuleSetFile, new string(' ', RuleSetLimits.MaxBytes + 10));
        Assert.Contains("at $:", Assert.Single(Faults()), StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_MatchLargerThanASession_IsTold()
    {
        File.WriteAllText(RuleSetFile, QueueCell.RuleSet(5));
        var system = System();
        system.Fleets[0].MaxPlayers = 9;

        Assert.Contains("takes 9", Assert.Single(Faults(system)), StringComparison.Ordinal);
    }

    private FleetSystemOptions System() => new()
    {
        Fleets = [new FleetOptions { Id = "arena" }],
        Queues = [new MatchmakingQueueOptions { Id = "ranked", Fleet = "arena", RuleSetFile = RuleSetFile }],
    };

    private List<string> Faults(FleetSystemOptions? system = null) => [.. new RuleSetFileValidator().Validate(null, system ?? System()).Failures ?? []];
}
