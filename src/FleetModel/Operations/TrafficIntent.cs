using FleetSystem.FleetModel.Routing;

namespace FleetSystem.FleetModel.Operations;

/// <summary>What an operator wants of a region's standard accelerator: the last word of one, kept until the next.</summary>
/// <param name="DialPercent">The traffic dial, 0 to 100; null when nobody set it. At 0 the region takes no new sessions either.</param>
/// <param name="Weights">Weights by endpoint, 0 to 255, in place of the configured ones.</param>
/// <param name="By">Who wants it so.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When it was said.</param>
[GenerateSerializer, Immutable, Alias("fleet.TrafficIntent")]
public sealed record TrafficIntent(
    [property: Id(0)] double? DialPercent,
    [property: Id(1)] IReadOnlyDictionary<string, int> Weights,
    [property: Id(2)] string By,
    [property: Id(3)] string Reason,
    [property: Id(4)] DateTimeOffset At)
{
    /// <summary>Lowest dial.</summary>
    public const double MinDial = 0;

    /// <summary>Highest dial.</summary>
    public const double MaxDial = 100;

    /// <summary>Lowest weight of an endpoint.</summary>
    public const int MinWeight = 0;

    /// <summary>Highest weight of an endpoint.</summary>
    public const int MaxWeight = 255;
}

/// <summary>How far a standard accelerator is from what is wanted.</summary>
public enum TrafficState
{
    /// <summary>Nobody has looked yet.</summary>
    Unknown,

    /// <summary>It is as wanted.</summary>
    Settled,

    /// <summary>It is not as wanted yet: a change was sent or waits for its turn.</summary>
    Changing,

    /// <summary>An earlier change is being deployed (IN_PROGRESS); the next one waits for it.</summary>
    WaitingForDeployment,

    /// <summary>The Global Accelerator API does not answer, or refuses; it is tried again.</summary>
    Failing,
}

/// <summary>A region's standard accelerator: what is wanted, what is there.</summary>
/// <param name="WantedDialPercent">The dial that is wanted, or null: whatever is there stays.</param>
/// <param name="WantedWeights">The weights that are wanted, by endpoint.</param>
/// <param name="Intent">The last word of an operator, or null.</param>
/// <param name="Actual">What was there when it was looked at last, or null before that.</param>
/// <param name="SeenAt">When that was.</param>
/// <param name="State">How far it is from what is wanted.</param>
/// <param name="Since">Since when.</param>
/// <param name="LastError">What went wrong last since it was as wanted; null when nothing did.</param>
[GenerateSerializer, Immutable, Alias("fleet.TrafficStatus")]
public sealed record TrafficStatus(
    [property: Id(0)] double? WantedDialPercent,
    [property: Id(1)] IReadOnlyDictionary<string, int> WantedWeights,
    [property: Id(2)] TrafficIntent? Intent,
    [property: Id(3)] EndpointGroupTraffic? Actual,
    [property: Id(4)] DateTimeOffset? SeenAt,
    [property: Id(5)] TrafficState State,
    [property: Id(6)] DateTimeOffset Since,
    [property: Id(7)] string? LastError);
