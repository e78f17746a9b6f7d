namespace FleetSystem.FleetModel.Matching.RuleSets;

/// <summary>How matches are built.</summary>
public enum MatchStrategy
{
    /// <summary>Around the longest-waiting ticket, by any rules: matches of up to 40 players.</summary>
    ExhaustiveSearch,

    /// <summary>By population, then teams are balanced by one attribute: the only strategy for 41 to 200 players.</summary>
    Balanced,
}

/// <summary>Which tickets are looked at first when a match is filled.</summary>
public enum BatchingPreference
{
    /// <summary>No preference beyond the rules.</summary>
    Random,

    /// <summary>Tickets that are alike in <see cref="MatchAlgorithm.SortByAttributes"/>.</summary>
    Sorted,

    /// <summary>The location that most tickets accept.</summary>
    LargestPopulation,

    /// <summary>The location that is fastest for the longest-waiting ticket.</summary>
    FastestRegion,
}

/// <summary>When requests to fill a running match are served.</summary>
public enum BackfillPriority
{
    /// <summary>By their age, like others.</summary>
    Normal,

    /// <summary>Before all others.</summary>
    High,

    /// <summary>After all others.</summary>
    Low,
}

/// <summary>Whose age decides how far a match's rules are relaxed.</summary>
public enum ExpansionAgeSelection
{
    /// <summary>The newest ticket's: better matches.</summary>
    Newest,

    /// <summary>The oldest ticket's: shorter waits.</summary>
    Oldest,
}

/// <summary>The algorithm block of a rule set.</summary>
/// <param name="Strategy">How matches are built.</param>
/// <param name="BatchingPreference">Which tickets are looked at first.</param>
/// <param name="BalancedAttribute">Index of the number attribute in which teams are balanced; null unless the strategy is balanced.</param>
/// <param name="SortByAttributes">Indices of the attributes in which tickets of a match should be alike, most important first.</param>
/// <param name="BackfillPriority">When requests to fill a running match are served.</param>
/// <param name="ExpansionAgeSelection">Whose age decides about expansions.</param>
public sealed record MatchAlgorithm(
    MatchStrategy Strategy, BatchingPreference BatchingPreference, int? BalancedAttribute, IReadOnlyList<int> SortByAttributes,
    BackfillPriority BackfillPriority, ExpansionAgeSelection ExpansionAgeSelection);
