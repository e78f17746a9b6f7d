namespace FleetSystem.FleetModel.Operations;

/// <summary>How a custom routing accelerator's traffic stands, where it is allowed for each server.</summary>
/// <param name="Open">Destinations that are open.</param>
/// <param name="Opening">Destinations that are being opened.</param>
/// <param name="Closing">Destinations that are being closed.</param>
/// <param name="Resting">Destinations that are closed and wait until they may be opened again.</param>
/// <param name="State">How far it is from what is wanted.</param>
/// <param name="Since">Since when.</param>
/// <param name="LastError">What went wrong last since it was as wanted, or null.</param>
[GenerateSerializer, Immutable, Alias("fleet.ServerTrafficStatus")]
public sealed record ServerTrafficStatus(
    [property: Id(0)] int Open,
    [property: Id(1)] int Opening,
    [property: Id(2)] int Closing,
    [property: Id(3)] int Resting,
    [property: Id(4)] TrafficState State,
    [property: Id(5)] DateTimeOffset Since,
    [property: Id(6)] string? LastError);
