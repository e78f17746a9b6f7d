namespace FleetSystem.FleetModel.Matching.RuleSets;

/// <summary>Type of a player attribute.</summary>
public enum AttributeType
{
    /// <summary><c>string</c></summary>
    Text,

    /// <summary><c>number</c></summary>
    Number,

    /// <summary><c>string_list</c></summary>
    TextList,

    /// <summary><c>string_number_map</c></summary>
    NumberMap,
}

/// <summary>An attribute that players have.</summary>
/// <param name="Name">Its name, unique in the rule set.</param>
/// <param name="Type">Its type.</param>
/// <param name="Default">The value of players who come without; null when there is none.</param>
/// <param name="IsUsed">Whether matching looks at it: then players must have it, or the default.</param>
public sealed record PlayerAttributeDeclaration(string Name, AttributeType Type, Tickets.AttributeValue? Default, bool IsUsed);

/// <summary>A team of a match; a definition with a quantity makes several.</summary>
/// <param name="Name">Its name: the definition's, with <c>_1</c>, <c>_2</c> and so on behind it when there are several.</param>
/// <param name="Definition">Index of its definition: teams of one definition are alike.</param>
/// <param name="MinPlayers">Players without whom no match is made.</param>
/// <param name="MaxPlayers">Players at most.</param>
public sealed record MatchTeam(string Name, int Definition, int MinPlayers, int MaxPlayers);

/// <summary>What holds for matches of a certain age: the rule set with its expansions applied.</summary>
/// <param name="AfterSeconds">Age in seconds from which on it holds.</param>
/// <param name="Teams">Teams; the same names in every stage.</param>
/// <param name="Rules">Rules in the order in which they are written; the same names in every stage.</param>
public sealed record RuleSetStage(int AfterSeconds, IReadOnlyList<MatchTeam> Teams, IReadOnlyList<MatchRule> Rules)
{
    /// <summary>Players of a full match.</summary>
    public int MaxPlayers { get; } = Teams.Sum(team => team.MaxPlayers);

    /// <summary>Players of the smallest match.</summary>
    public int MinPlayers { get; } = Teams.Sum(team => team.MinPlayers);
}

/// <summary>
/// A rule set in FlexMatch's rule language 1.0, read and checked. Names are resolved: attributes are indices into <see cref="Attributes"/>, teams
/// into a stage's teams.
/// </summary>
/// <param name="Name">Its label, or null.</param>
/// <param name="Attributes">Player attributes.</param>
/// <param name="Algorithm">How matches are built.</param>
/// <param name="Stages">What holds at which age, in order of age; the first begins at 0.</param>
/// <param name="CompoundParts">Names of the rules that compound rules refer to: they count only there.</param>
public sealed record RuleSet(
    string? Name, IReadOnlyList<PlayerAttributeDeclaration> Attributes, MatchAlgorithm Algorithm, IReadOnlyList<RuleSetStage> Stages, IReadOnlySet<string> CompoundParts)
{
    /// <summary>Players of the largest match at any age: more than 40 make it a large one.</summary>
    public int MaxPlayers { get; } = Stages.Max(stage => stage.MaxPlayers);

    /// <summary>Players of the largest team at any age: no ticket can have more, for parties are never split.</summary>
    public int MaxTeamPlayers { get; } = Stages.Max(stage => stage.Teams.Max(team => team.MaxPlayers));

    /// <summary>Whether some rule looks at latency: then players must tell theirs.</summary>
    public bool NeedsLatency { get; } = Stages[0].Rules.Any(rule => rule is LatencyRule);

    /// <summary>Index of the stage that holds at an age.</summary>
    public int StageAt(double ageSeconds)
    {
        var (low, high) = (0, Stages.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (Stages[middle].AfterSeconds <= ageSeconds) low = middle;
            else high = middle - 1;
        }

        return low;
    }
}
