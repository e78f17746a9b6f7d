using FleetSystem.FleetModel.Matching.RuleSets;

namespace FleetSystem.Matchmaker.RuleSets;

/// <summary><c>--check-ruleset FILE</c>: tells every fault of a rule set with its JSON path, and starts nothing.</summary>
public static class RuleSetCheck
{
    /// <summary>Switch by which the program only checks a rule set.</summary>
    public const string Switch = "--check-ruleset";

    /// <summary>The file behind the switch; empty when the switch is there without one, null when it is not there.</summary>
    public static string? FileIn(string[] args)
    {
        var index = Array.IndexOf(args, Switch);
        return index < 0 ? null : args.ElementAtOrDefault(index + 1) ?? "";
    }

    /// <summary>Checks a file.</summary>
    /// <param name="file">Its path.</param>
    /// <param name="output">Where it is told what was found.</param>
    /// <param name="errors">Where it is told that the file cannot be read.</param>
    /// <returns>0 when the rule set can be used, 1 when it has faults or cannot be read.</returns>
    public static int Run(string file, TextWriter output, TextWriter errors)
    {
        if (file.Length == 0)
        {
            errors.WriteLine($"{Switch} needs the file of a rule set.");
            return 1;
        }

        RuleSetReading reading;
        try
        {
            reading = RuleSetReader.Read(Bytes(file));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"{file} cannot be read: {fault.Message}");
            return 1;
        }

        foreach (var warning in reading.Warnings) output.WriteLine($"warning: {warning}");
        foreach (var fault in reading.Faults) output.WriteLine(fault.ToString());
        if (reading.RuleSet is { } ruleSet) output.WriteLine(Summary(ruleSet));
        else output.WriteLine($"{reading.Faults.Count} fault(s).");
        return reading.RuleSet is null ? 1 : 0;
    }

    /// <summary>A file that is too large is not read to its end: one byte more than is allowed shows that it is.</summary>
    private static byte[] Bytes(string file)
    {
        using var stream = File.OpenRead(file);
        var bytes = new byte[RuleSetLimits.MaxBytes + 1];
        var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return bytes[..length];
    }

    private static string Summary(RuleSet ruleSet)
    {
        var first = ruleSet.Stages[0];
        var teams = string.Join(", ", first.Teams.Select(team => team.MinPlayers == team.MaxPlayers ? $"{team.Name} {team.MaxPlayers}" : $"{team.Name} {team.MinPlayers} to {team.MaxPlayers}"));
        return $"{(string.IsNullOrEmpty(ruleSet.Name) ? "The rule set" : $"'{ruleSet.Name}'")} can be used: {teams} players; {first.Rules.Count} rule(s); {ruleSet.Stages.Count - 1} expansion step(s).";
    }
}
