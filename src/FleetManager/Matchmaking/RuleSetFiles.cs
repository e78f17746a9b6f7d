using System.Text;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.RuleSets;
using FleetSystem.SiloHost;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Matchmaking;

/// <summary>The rule sets of the configuration, each read once: another content of its file holds from the next start on.</summary>
internal sealed class RuleSetFiles(IOptions<FleetSystemOptions> system)
{
    private readonly Lazy<Dictionary<string, RuleSetVersion>> _versions = new(() => system.Value.Queues.ToDictionary(
        queue => queue.Id, queue => RuleSetVersion.Of(Read(queue.RuleSetFile).Text), StringComparer.Ordinal));

    /// <summary>A queue's rule set by the configuration.</summary>
    public RuleSetVersion Of(string queue) =>
        _versions.Value.TryGetValue(queue, out var version) ? version : throw new InvalidOperationException($"Queue '{queue}' is not part of the configuration.");

    /// <summary>Reads a rule set's file; of one that is too large, enough to tell that it is.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static (string Text, RuleSetReading Reading) Read(string file)
    {
        using var stream = File.OpenRead(file);
        var bytes = new byte[RuleSetLimits.MaxBytes + 1];
        var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return (Encoding.UTF8.GetString(bytes, 0, length), RuleSetReader.Read(bytes.AsMemory(0, length)));
    }
}

/// <summary>Tells the faults of the rule sets that queues are configured with, each with its file and JSON path.</summary>
internal sealed class RuleSetFileValidator : IValidateOptions<FleetSystemOptions>
{
    public ValidateOptionsResult Validate(string? name, FleetSystemOptions options)
    {
        var faults = new FaultList(FleetSystemOptions.Section);
        foreach (var (index, queue) in options.Queues.Index().Where(queue => queue.Item.RuleSetFile.Length > 0))
        {
            var key = $"Queues:{index}:{nameof(queue.RuleSetFile)}";
            try
            {
                var reading = RuleSetFiles.Read(queue.RuleSetFile).Reading;
                foreach (var fault in reading.Faults) faults.Add(key, $"is '{queue.RuleSetFile}', which has a fault at {fault.Path}: {fault.Message.TrimEnd('.')}");
                if (reading.RuleSet is { } ruleSet && FleetFault(ruleSet, queue, options) is { } larger) faults.Add(key, $"is '{queue.RuleSetFile}', and {larger}");
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                faults.Add(key, $"is '{queue.RuleSetFile}', which cannot be read: {fault.Message.TrimEnd('.')}");
            }
        }

        return faults.ToResult();
    }

    /// <summary>What is wrong with a rule set for a queue's fleet, as the end of a sentence; null when nothing is.</summary>
    public static string? FleetFault(RuleSet ruleSet, MatchmakingQueueOptions queue, FleetSystemOptions system) =>
        system.Fleets.FirstOrDefault(fleet => fleet.Id == queue.Fleet) is { } fleet && ruleSet.MaxPlayers > fleet.MaxPlayers
            ? $"its matches have up to {ruleSet.MaxPlayers} players, and a session of fleet '{fleet.Id}' takes {fleet.MaxPlayers}: raise the fleet's MaxPlayers, or make the teams smaller"
            : null;
}

/// <summary>Tells what queues there are, and what their rule sets may not mean.</summary>
internal sealed class RuleSetSummary(IOptions<FleetSystemOptions> system) : IConfigurationSummary
{
    public IEnumerable<string> Lines()
    {
        foreach (var queue in system.Value.Queues)
        {
            var reading = RuleSetFiles.Read(queue.RuleSetFile).Reading;
            if (reading.RuleSet is not { } ruleSet) continue;
            yield return $"Queue '{queue.Id}' forms matches of {ruleSet.Stages[0].MinPlayers} to {ruleSet.MaxPlayers} players for fleet '{queue.Fleet}' by {queue.RuleSetFile}: {ruleSet.Stages[0].Rules.Count} rules, {ruleSet.Stages.Count - 1} steps of expansions.";
            foreach (var warning in reading.Warnings) yield return $"Queue '{queue.Id}', warning: {warning}";
        }
    }
}
