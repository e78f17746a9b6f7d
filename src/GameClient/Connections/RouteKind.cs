namespace FleetSystem.GameClient;

/// <summary>A kind of way to a session's server.</summary>
public enum RouteKind
{
    /// <summary>AWS Global Accelerator: two static addresses, a port for each server.</summary>
    Accelerator,

    /// <summary>A region's network load balancer: one port for all servers, a routing token at the end of each datagram.</summary>
    NetworkLoadBalancer,

    /// <summary>The server's own address.</summary>
    Direct,
}
