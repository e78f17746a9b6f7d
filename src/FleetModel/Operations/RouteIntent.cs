using FleetSystem.FleetModel.Routing;

namespace FleetSystem.FleetModel.Operations;

/// <summary>The kind of route that an operator wants first in a region, for a time.</summary>
/// <param name="Kind">The kind, or null: routes go by their states again.</param>
/// <param name="ExpiresAt">When it ends by itself.</param>
/// <param name="By">Who wants it so.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When it was said.</param>
[GenerateSerializer, Immutable, Alias("fleet.RouteIntent")]
public sealed record RouteIntent(
    [property: Id(0)] RouteKind? Kind,
    [property: Id(1)] DateTimeOffset ExpiresAt,
    [property: Id(2)] string By,
    [property: Id(3)] string Reason,
    [property: Id(4)] DateTimeOffset At)
{
    /// <summary>Shortest time that a kind can be forced for.</summary>
    public static readonly TimeSpan MinLife = TimeSpan.FromSeconds(10);

    /// <summary>Longest time that a kind can be forced for: who wants it for good changes the fleet's routes.</summary>
    public static readonly TimeSpan MaxLife = TimeSpan.FromDays(7);

    /// <summary>What silos go by, or null when nothing is forced.</summary>
    public ForcedRoute? Forced(DateTimeOffset now) => Kind is { } kind && ExpiresAt > now ? new ForcedRoute(kind, ExpiresAt) : null;
}
