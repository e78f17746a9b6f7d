namespace FleetSystem.FleetModel.Zones;

/// <summary>What a region says about one of its zones: how many of the new sessions it takes.</summary>
/// <param name="Zone">The zone.</param>
/// <param name="AdmittedShare">Share of new sessions that it takes, 0 (evacuated) to 1 (all).</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="Since">Since when.</param>
/// <param name="By">The operator who wants it so; null for the zone monitor.</param>
[GenerateSerializer, Immutable, Alias("fleet.ZoneDirective")]
public sealed record ZoneDirective(
    [property: Id(0)] string Zone,
    [property: Id(1)] double AdmittedShare,
    [property: Id(2)] string Reason,
    [property: Id(3)] DateTimeOffset Since,
    [property: Id(4)] string? By = null);
