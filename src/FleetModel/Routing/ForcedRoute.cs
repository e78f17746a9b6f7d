namespace FleetSystem.FleetModel.Routing;

/// <summary>A kind of route that comes first in a region, whatever its state, until it expires.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="ExpiresAt">When it ends by itself.</param>
[GenerateSerializer, Immutable, Alias("fleet.ForcedRoute")]
public sealed record ForcedRoute(
    [property: Id(0)] RouteKind Kind,
    [property: Id(1)] DateTimeOffset ExpiresAt);
