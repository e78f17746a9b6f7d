namespace FleetSystem.FleetModel.Matching.RuleSets;

/// <summary>What a party's players count as in a rule on numbers.</summary>
public enum PartyAggregation
{
    /// <summary>Each counts as the party's average.</summary>
    Average,

    /// <summary>Each counts as the party's lowest.</summary>
    Min,

    /// <summary>Each counts as the party's highest.</summary>
    Max,
}

/// <summary>What a party's string lists count as in a collection rule: one list for the party.</summary>
public enum PartyListing
{
    /// <summary>Everything that one of them has.</summary>
    Union,

    /// <summary>What all of them have.</summary>
    Intersection,
}

/// <summary>How two values are compared.</summary>
public enum ComparisonOperation
{
    /// <summary>Equal.</summary>
    Equal,

    /// <summary>Not equal; without a reference: no two are equal.</summary>
    NotEqual,

    /// <summary>Less.</summary>
    Less,

    /// <summary>Less or equal.</summary>
    LessOrEqual,

    /// <summary>Greater.</summary>
    Greater,

    /// <summary>Greater or equal.</summary>
    GreaterOrEqual,
}

/// <summary>What a collection rule counts.</summary>
public enum CollectionOperation
{
    /// <summary>Strings that are in every list.</summary>
    Intersection,

    /// <summary>Lists that contain the reference.</summary>
    Contains,

    /// <summary>For each list on its own: its strings that are in the reference.</summary>
    ReferenceIntersectionCount,
}

/// <summary>Which key of a map attribute is looked at: one of the longest-waiting ticket's, for everybody.</summary>
public enum MapKey
{
    /// <summary>The key with its lowest value.</summary>
    MinValue,

    /// <summary>The key with its highest value.</summary>
    MaxValue,
}

/// <summary>What a latency rule's distance is measured from.</summary>
public enum LatencyReference
{
    /// <summary>The lowest latency among the match's tickets.</summary>
    Min,

    /// <summary>Their average.</summary>
    Average,
}

/// <summary>What is compared with: a number, strings, or an expression. Exactly one of the three is set.</summary>
/// <param name="Number">A number.</param>
/// <param name="Texts">Strings.</param>
/// <param name="Expression">An expression.</param>
public sealed record RuleReference(double? Number = null, IReadOnlyList<string>? Texts = null, PropertyExpression? Expression = null);

/// <summary>A rule of a rule set.</summary>
/// <param name="Name">Its name, unique in the rule set.</param>
public abstract record MatchRule(string Name);

/// <summary>Compares values with a reference, or with each other.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Measurements">What is compared: numbers or strings.</param>
/// <param name="Operation">How.</param>
/// <param name="Reference">With what, or null to compare the values of each list with each other.</param>
/// <param name="Party">What a party counts as, where there is a reference.</param>
public sealed record ComparisonRule(
    string Name, IReadOnlyList<PropertyExpression> Measurements, ComparisonOperation Operation, RuleReference? Reference, PartyAggregation Party) : MatchRule(Name);

/// <summary>Limits how far numbers are from a reference.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Measurements">The numbers.</param>
/// <param name="Reference">What they are measured from.</param>
/// <param name="MinDistance">Least distance, or null.</param>
/// <param name="MaxDistance">Greatest distance, or null.</param>
/// <param name="Party">What a party counts as.</param>
public sealed record DistanceRule(
    string Name, IReadOnlyList<PropertyExpression> Measurements, RuleReference Reference, double? MinDistance, double? MaxDistance, PartyAggregation Party) : MatchRule(Name);

/// <summary>Keeps tickets of a match together in one attribute: equal strings, or numbers within a distance of each other.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Attribute">Index of the attribute.</param>
/// <param name="MaxDistance">Greatest distance between two tickets; null for a string attribute.</param>
/// <param name="Party">What a party counts as.</param>
public sealed record BatchDistanceRule(string Name, int Attribute, double? MaxDistance, PartyAggregation Party) : MatchRule(Name);

/// <summary>Counts strings or lists.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Measurements">The lists.</param>
/// <param name="Operation">What is counted.</param>
/// <param name="Reference">What is looked for; null for <see cref="CollectionOperation.Intersection"/>.</param>
/// <param name="MinCount">Least count, or null.</param>
/// <param name="MaxCount">Greatest count, or null.</param>
/// <param name="Party">What a party counts as.</param>
public sealed record CollectionRule(
    string Name, IReadOnlyList<PropertyExpression> Measurements, CollectionOperation Operation, RuleReference? Reference, int? MinCount, int? MaxCount, PartyListing Party)
    : MatchRule(Name);

/// <summary>Limits latency: a match needs a location in which every ticket keeps to it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="MaxLatency">Greatest latency in milliseconds, or null.</param>
/// <param name="MaxDistance">Greatest distance of a ticket's latency from the reference in milliseconds, or null.</param>
/// <param name="DistanceReference">What that distance is measured from; null when there is none.</param>
/// <param name="Party">What a party counts as.</param>
public sealed record LatencyRule(string Name, double? MaxLatency, double? MaxDistance, LatencyReference? DistanceReference, PartyAggregation Party) : MatchRule(Name);

/// <summary>Orders the tickets that a match is filled from; refuses none.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsDistance">True: by distance from the longest-waiting ticket's value. False: by the value itself; for strings, by whether it is that ticket's.</param>
/// <param name="IsDescending">Whether the greatest come first.</param>
/// <param name="Attribute">Index of the attribute.</param>
/// <param name="MapKey">For a map attribute, which key.</param>
/// <param name="Party">What a party counts as.</param>
public sealed record SortRule(string Name, bool IsDistance, bool IsDescending, int Attribute, MapKey? MapKey, PartyAggregation Party) : MatchRule(Name);

/// <summary>Combines other rules, which then count only here.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Statement">How.</param>
public sealed record CompoundRule(string Name, CompoundStatement Statement) : MatchRule(Name);
