namespace FleetSystem.FleetModel.Matching.RuleSets;

/// <summary>
/// What an accepted rule set can be at most. Together they bound the work of one evaluation: at most <see cref="MaxRules"/> rules, with at most
/// <see cref="MaxExpressionNodes"/> parts in all, each of which looks at every player of a match once.
/// </summary>
public static class RuleSetLimits
{
    /// <summary>Bytes of a rule set. FlexMatch itself takes 65,535 characters.</summary>
    public const int MaxBytes = 1_000_000;

    /// <summary>Nesting of the JSON document.</summary>
    public const int MaxJsonDepth = 32;

    /// <summary>Players of one match (FlexMatch).</summary>
    public const int MaxPlayers = 200;

    /// <summary>Players from which on a match is a large one, and only the balanced strategy with latency and batchDistance rules forms it (FlexMatch).</summary>
    public const int LargeMatchPlayers = 41;

    /// <summary>Player attributes.</summary>
    public const int MaxAttributes = 100;

    /// <summary>Rules.</summary>
    public const int MaxRules = 200;

    /// <summary>Parts (paths, functions, names and operators) of all expressions and statements of a rule set.</summary>
    public const int MaxExpressionNodes = 2_000;

    /// <summary>Nesting of functions in an expression, and of operators in a statement.</summary>
    public const int MaxExpressionDepth = 16;

    /// <summary>Expansions.</summary>
    public const int MaxExpansions = 100;

    /// <summary>Different wait times in all expansions: so many stages a rule set can go through.</summary>
    public const int MaxStages = 100;

    /// <summary>Strings in a list, and entries in a map (FlexMatch: 100).</summary>
    public const int MaxCollectionSize = 100;

    /// <summary>Characters of a string value or a name (FlexMatch: 1,024).</summary>
    public const int MaxTextLength = 1_024;

    /// <summary>Longest wait time of an expansion in seconds (FlexMatch: the longest a request can last, 12 hours).</summary>
    public const int MaxWaitSeconds = 43_200;

    /// <summary>Faults that are told; the rest would only repeat them.</summary>
    public const int MaxFaults = 200;
}
