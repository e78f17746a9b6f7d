namespace FleetSystem.FleetModel.Operations;

/// <summary>What an operator wants of a region as a whole: the last word of one, kept until the next.</summary>
/// <param name="Drained">Whether it shall take no new sessions.</param>
/// <param name="MoveRunning">Whether sessions that run in a drained region are moved out of it now; otherwise they play on until they end.</param>
/// <param name="By">Who wants it so.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When it was said.</param>
[GenerateSerializer, Immutable, Alias("fleet.RegionIntent")]
public sealed record RegionIntent(
    [property: Id(0)] bool Drained,
    [property: Id(1)] bool MoveRunning,
    [property: Id(2)] string By,
    [property: Id(3)] string Reason,
    [property: Id(4)] DateTimeOffset At)
{
    /// <summary>Sessions that ran in the region when it was said that it is drained; null where that was not counted. Set by the region.</summary>
    [Id(460)] public int? SessionsThen { get; init; }
}
