namespace FleetSystem.FleetModel.Zones;

/// <summary>What an operator wants of a zone: the last word of one, kept until the next.</summary>
/// <param name="Zone">The zone.</param>
/// <param name="Evacuate">Whether it shall take no sessions; false when it was let in again.</param>
/// <param name="By">Who wants it so.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When it was said.</param>
[GenerateSerializer, Immutable, Alias("fleet.ZoneIntent")]
public sealed record ZoneIntent(
    [property: Id(0)] string Zone,
    [property: Id(1)] bool Evacuate,
    [property: Id(2)] string By,
    [property: Id(3)] string Reason,
    [property: Id(4)] DateTimeOffset At)
{
    /// <summary>
    /// Share of new sessions that a zone which was let in again takes until the next word, above 0 to 1; null leaves it to the steps of the
    /// zone monitor.
    /// </summary>
    [Id(5)] public double? Share { get; init; }

    /// <summary>Whether sessions that run in an evacuated zone are moved out of it now; otherwise they play on until they end.</summary>
    [Id(6)] public bool MoveRunning { get; init; }

    /// <summary>Sessions that ran in the zone when it was said that it is evacuated; null where that was not counted. Set by the region.</summary>
    [Id(461)] public int? SessionsThen { get; init; }
}
