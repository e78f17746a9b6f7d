namespace FleetSystem.FleetModel.Routing;

/// <summary>Kinds of ways by which a player reaches a session's server.</summary>
public enum RouteKind
{
    /// <summary>AWS Global Accelerator, custom routing: a port of the accelerator's static addresses stands for the server.</summary>
    Accelerator,

    /// <summary>A region's NLB: the routing token at the end of each datagram names the server.</summary>
    NetworkLoadBalancer,

    /// <summary>The server's own address.</summary>
    Direct,
}

/// <summary>One way in.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Addresses">Addresses or DNS names to send to, equal in rank; an accelerator has two.</param>
/// <param name="Port">UDP port, 1 to 65535.</param>
/// <param name="RoutingToken">Base64 of the bytes to append to each datagram, or null when none are.</param>
[GenerateSerializer, Immutable, Alias("fleet.Route")]
public sealed record Route(
    [property: Id(0)] RouteKind Kind,
    [property: Id(1)] IReadOnlyList<string> Addresses,
    [property: Id(2)] int Port,
    [property: Id(3)] string? RoutingToken);

/// <summary>What a routing token is: bytes at the end of each datagram by which the NLB's proxy knows the server.</summary>
public static class RoutingToken
{
    /// <summary>Bytes of one: unguessable, and as many as the proxies take off a datagram.</summary>
    public const int Bytes = 16;
}
