using FleetSystem.FleetModel.Matching.RuleSets;

namespace FleetSystem.FleetModel.Matching.Formation;

/// <summary>What is known of a rule while a match is being filled.</summary>
internal enum RuleState
{
    /// <summary>Nothing that would stay.</summary>
    Open,

    /// <summary>It is broken and stays so, whoever comes.</summary>
    BrokenForEver,
}

/// <summary>One rule, made ready.</summary>
internal abstract class RuleCheck
{
    /// <summary>There is nothing to measure yet, as of a team without players: a whole match does not hold then, one that is being filled may yet.</summary>
    protected const double Undefined = double.NaN;

    /// <summary>Broken beyond measure.</summary>
    public const double Hopeless = 1e9;

    /// <summary>Whether it can be broken for ever before the match is full.</summary>
    public abstract bool IsLasting { get; }

    /// <summary>How far from holding it is: 0 when it holds, NaN when there is nothing to measure.</summary>
    public abstract double Breach(Roster roster, int region);

    public virtual RuleState State(Roster roster, int region) => IsLasting && Breach(roster, region) > 0 ? RuleState.BrokenForEver : RuleState.Open;

    public static RuleCheck Of(MatchRule rule, TicketStore store) => rule switch
    {
        ComparisonRule comparison => new ComparisonCheck(comparison, store),
        DistanceRule distance => new DistanceCheck(distance, store),
        BatchDistanceRule batch => new BatchDistanceCheck(batch, store),
        CollectionRule collection => new CollectionCheck(collection, store),
        LatencyRule latency => new LatencyCheck(latency, store),
        _ => throw new InvalidOperationException($"There is no check for {rule.GetType().Name}."),
    };
}
