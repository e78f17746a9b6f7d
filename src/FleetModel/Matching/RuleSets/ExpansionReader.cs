namespace FleetSystem.FleetModel.Matching.RuleSets;

/// <summary>One step of an expansion: what takes another value at which age.</summary>
/// <param name="WaitSeconds">Age in seconds.</param>
/// <param name="IsTeam">Whether the targets are team definitions; rules otherwise.</param>
/// <param name="Targets">Indices of the targets.</param>
/// <param name="Property">The property.</param>
/// <param name="Value">Its new value.</param>
internal sealed record ExpansionStep(int WaitSeconds, bool IsTeam, IReadOnlyList<int> Targets, string Property, JsonPlace Value);

/// <summary>Reads expansions: targets such as <c>rules[Skill].maxDistance</c> or <c>teams[red, blue].minPlayers</c>, with their steps.</summary>
internal static class ExpansionReader
{
    /// <summary>Reads one expansion.</summary>
    /// <param name="expansion">Its object.</param>
    /// <param name="teams">Names of the team definitions.</param>
    /// <param name="rules">Rules as they are written, with their names and types.</param>
    /// <param name="faults">Where faults are told.</param>
    public static IEnumerable<ExpansionStep> Read(ObjectReader expansion, IReadOnlyList<string?> teams, IReadOnlyList<(string? Name, string? Type)> rules, RuleSetFaultList faults)
    {
        expansion.AllowOnly("an expansion", "target", "steps");
        var target = expansion.Text("target", isRequired: true) is { } text ? ReadTarget(expansion, text, teams, rules) : null;
        var items = expansion.Items("steps", RuleSetLimits.MaxStages, isRequired: true);
        if (expansion.Has("steps") && items.Count == 0) expansion.Fault("steps", "must have at least one step.");
        var before = -1;
        foreach (var item in items)
        {
            if (ObjectReader.Of(item, faults) is not { } step) continue;
            step.AllowOnly("a step", "waitTimeSeconds", "value");
            var wait = step.Whole("waitTimeSeconds", 0, RuleSetLimits.MaxWaitSeconds, isRequired: true);
            if (wait <= before) step.Fault("waitTimeSeconds", $"is {wait}: it must be greater than the step's before, {before}. Wait times are counted from the start.");
            before = wait ?? before;
            if (step.Find("value") is not { } value) step.Fault("value", "is missing.");
            else if (target is not null && wait is { } seconds) yield return target with { WaitSeconds = seconds, Value = value };
        }
    }

    private static ExpansionStep? ReadTarget(ObjectReader expansion, string text, IReadOnlyList<string?> teams, IReadOnlyList<(string? Name, string? Type)> rules)
    {
        var (open, close) = (text.IndexOf('[', StringComparison.Ordinal), text.IndexOf("].", StringComparison.Ordinal));
        if (open < 0 || close < open)
        {
            expansion.Fault("target", $"is '{text}': it must be like rules[name].property or teams[name].minPlayers.");
            return null;
        }

        var names = text[(open + 1)..close].Split(',', StringSplitOptions.TrimEntries);
        var property = text[(close + 2)..].Trim();
        switch (text[..open].Trim())
        {
            case "teams":
                if (property is not ("minPlayers" or "maxPlayers")) expansion.Fault("target", $"'{text}': of teams only minPlayers and maxPlayers can be expanded.");
                return Find(expansion, text, names, teams, "team") is { } found ? new(0, true, found, property, default) : null;
            case "rules":
                if (names is not [var name]) break;
                if (Find(expansion, text, [name], [.. rules.Select(rule => rule.Name)], "rule") is not { } target) return null;
                if (rules[target[0]].Type == "compound") expansion.Fault("target", $"'{text}': a compound rule cannot be expanded. Expand the rules in it.");
                if (property is not ("name" or "type" or "description" or "")) return new(0, false, target, property, default);
                expansion.Fault("target", $"'{text}': a rule's {(property.Length == 0 ? "whole" : property)} cannot be expanded.");
                return null;
        }

        expansion.Fault("target", $"is '{text}': it must be like rules[name].property or teams[name].minPlayers.");
        return null;
    }

    private static List<int>? Find(ObjectReader expansion, string text, string[] names, IReadOnlyList<string?> known, string what)
    {
        if (what == "team" && names is ["*"]) return [.. Enumerable.Range(0, known.Count)];
        var found = new List<int>();
        foreach (var name in names)
        {
            var index = known.ToList().IndexOf(name);
            if (index < 0) expansion.Fault("target", $"'{text}' names the {what} '{name}', which is not there.");
            else found.Add(index);
        }

        return found.Count == names.Length ? found : null;
    }
}
