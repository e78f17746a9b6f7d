using FleetSystem.FleetManager.Tests.Sessions.Cell;
using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.FleetManager.Tests.Matchmaking;

/// <summary>A cell with the queue <c>ranked</c>, and files of rule sets for it.</summary>
internal sealed class QueueCell : IAsyncDisposable
{
    public const string Queue = "ranked";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleetsystem-rule-sets-");

    public QueueCell()
    {
        File.WriteAllText(RuleSetFile, Configured);
        Cell = new TestCell(1, system: system => system.Queues.Add(new MatchmakingQueueOptions { Id = Queue, Fleet = "arena", RuleSetFile = RuleSetFile }));
    }

    public static string Configured { get; } = RuleSet(1);

    public string RuleSetFile => Path.Combine(_folder.FullName, "ranked.json");

    public TestCell Cell { get; }

    /// <summary>A rule set of two teams.</summary>
    public static string RuleSet(int players, string name = "set") =>
        $$"""{ "name": "{{name}}", "ruleLanguageVersion": "1.0", "teams": [{ "name": "red", "minPlayers": 1, "maxPlayers": {{players}} }, { "name": "blue", "minPlayers": 1, "maxPlayers": {{players}} }] }""";

    public static async Task<QueueCell> StartAsync()
    {
        var cell = new QueueCell();
        await cell.Cell.StartAsync();
        return cell;
    }

    public async ValueTask DisposeAsync()
    {
        await Cell.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
