namespace FleetSystem.FleetModel.Routing;

/// <summary>Orders a player's ways to a server. Pure: the same view gives the same routes.</summary>
public static class RoutePlanner
{
    /// <summary>
    /// Plans the routes to a server: healthy paths first, then degraded ones, then those that are down, in the fleet's order among equals.
    /// A path that is down stays in the list, last: it may be back before the player has tried the others.
    /// A kind that operators force comes before all, if the fleet allows it; it hides no other.
    /// Of the accelerator's static addresses the better one comes first. A kind that cannot lead to this
    /// server (no mapping, no load balancer, no port yet, not opened for it) is left out: a route never has port 0.
    /// </summary>
    /// <param name="edge">The region's ways in.</param>
    /// <param name="order">Kinds that the fleet allows, best first.</param>
    /// <param name="address">The server's address.</param>
    /// <param name="port">The server's port.</param>
    /// <param name="routingToken">Base64 of the server's routing token.</param>
    /// <param name="server">Which server it is (<see cref="RoutableServer.KeyOf(string, string)"/>): asked for where the accelerator is opened for each.</param>
    public static IReadOnlyList<Route> Plan(RegionEdge edge, IReadOnlyList<RouteKind> order, string address, int port, string routingToken, ulong server = 0)
    {
        var routes = new List<Route>(order.Count);
        foreach (var kind in Order(edge, order))
        {
            if (ToServer(edge, kind, address, port, routingToken, server) is { } route) routes.Add(route);
        }

        return routes;
    }

    /// <summary>The kinds of routes in the order of a plan, whether they lead to some server or not.</summary>
    /// <param name="edge">The region's ways in.</param>
    /// <param name="order">Kinds that the fleet allows, best first.</param>
    public static IReadOnlyList<RouteKind> Order(RegionEdge edge, IReadOnlyList<RouteKind> order)
    {
        var kinds = new List<RouteKind>(order.Count);
        if (edge.Forced is { } forced && order.Contains(forced.Kind)) kinds.Add(forced.Kind);
        for (var state = PathState.Healthy; state <= PathState.Down; state++)
        {
            foreach (var kind in order)
            {
                if (kind != edge.Forced?.Kind && edge.StateOf(kind) == state) kinds.Add(kind);
            }
        }

        return kinds;
    }

    /// <summary>Whether two plans send a player the same ways in the same order.</summary>
    public static bool IsSame(IReadOnlyList<Route> one, IReadOnlyList<Route> other)
    {
        if (one.Count != other.Count) return false;
        for (var i = 0; i < one.Count; i++)
        {
            if ((one[i].Kind, one[i].Port, one[i].RoutingToken) != (other[i].Kind, other[i].Port, other[i].RoutingToken) || !one[i].Addresses.SequenceEqual(other[i].Addresses)) return false;
        }

        return true;
    }

    private static Route? ToServer(RegionEdge edge, RouteKind kind, string address, int port, string routingToken, ulong server) => kind switch
    {
        RouteKind.Accelerator => edge.Accelerator is { } mapping && mapping.Find(address, port) is { } acceleratorPort && edge.Openings?.IsOpen(address, port, server) != false
            ? new Route(kind, BestFirst(edge, mapping.Addresses), acceleratorPort, null)
            : null,
        RouteKind.NetworkLoadBalancer => edge.LoadBalancerAddress is { } balancer
            ? new Route(kind, [balancer], edge.LoadBalancerPort, routingToken)
            : null,
        RouteKind.Direct => address.Length > 0 && port is >= 1 and <= ushort.MaxValue ? new Route(kind, [address], port, null) : null,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind of route."),
    };

    // As they are, unless one is worse than the one after it: the common case allocates nothing.
    private static IReadOnlyList<string> BestFirst(RegionEdge edge, IReadOnlyList<string> addresses)
    {
        for (var i = 1; i < addresses.Count; i++)
        {
            if (edge.StateOfAccelerator(addresses[i]) < edge.StateOfAccelerator(addresses[i - 1])) return [.. addresses.OrderBy(edge.StateOfAccelerator)];
        }

        return addresses;
    }
}
