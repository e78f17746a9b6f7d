using System.Text.Json;

namespace FleetSystem.FleetModel.Routing;

/// <summary>How a region's routes stand, as it is told to game servers for those of their players who have no event feed.</summary>
public static class RouteAnnouncement
{
    /// <summary>
    /// Compact JSON: the kinds that a fleet allows, best first, with their states in the names of the players' API, for example
    /// <c>[{"kind":"networkLoadBalancer","state":"healthy"},{"kind":"accelerator","state":"down"}]</c>. The same view gives the same text.
    /// </summary>
    public static string Text(RegionEdge edge, IReadOnlyList<RouteKind> order) =>
        JsonSerializer.Serialize(RoutePlanner.Order(edge, order).Select(kind => new Entry(Name(kind), Name(edge.StateOf(kind)))), JsonSerializerOptions.Web);

    private static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private sealed record Entry(string Kind, string State);
}
