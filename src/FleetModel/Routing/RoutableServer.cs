using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.FleetModel.Routing;

/// <summary>
/// A server that players may be sent to by custom routing, where destinations are opened one by one. Names are told as 64-bit hashes, so that
/// thousands of servers fit into one state.
/// </summary>
/// <param name="Destination">Its address and port.</param>
/// <param name="Cluster">Its cluster, by <see cref="KeyOf(string)"/>.</param>
/// <param name="Server">Which server it is, by <see cref="KeyOf(string, string)"/>.</param>
/// <param name="Unclaimed">What it is while no session has claimed it: the object's uid.</param>
/// <param name="Occupant">What it is now: the session's too, once one has claimed it for itself.</param>
/// <param name="IsClaimed">Whether players have been sent to it: it is Allocated, for a session of its own, for several, or by a director.</param>
[GenerateSerializer, Immutable, Alias("fleet.RoutableServer")]
public readonly record struct RoutableServer(
    [property: Id(0)] Destination Destination,
    [property: Id(1)] ulong Cluster,
    [property: Id(2)] ulong Server,
    [property: Id(3)] ulong Unclaimed,
    [property: Id(4)] ulong Occupant,
    [property: Id(5)] bool IsClaimed)
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    /// <summary>
    /// A cluster's servers that players may be sent to: Ready or Allocated ones of fleets that use the accelerator, on nodes that live, whose session has not
    /// ended. A server of several sessions is one occupant for as long as it lives: its port is that of all of them.
    /// </summary>
    public static IReadOnlyList<RoutableServer> In(string cluster, ClusterState state, IEnumerable<FleetOptions> fleets)
    {
        var routed = fleets.Where(fleet => fleet.RouteOrder.Contains(RouteKind.Accelerator)).SelectMany(fleet => fleet.NamesInAgones).ToHashSet(StringComparer.Ordinal);
        var key = KeyOf(cluster);
        var servers = new List<RoutableServer>();
        foreach (var server in state.Servers)
        {
            if (server is not { State: GameServerState.Ready or GameServerState.Allocated, IsGone: false } || !routed.Contains(server.Fleet) || state.IsDead(server.Node)) continue;
            if (!Destination.TryCreate(server.Address, server.Port, out var destination)) continue;

            // A tag that a Ready server bears is that of a session before.
            var isClaimed = server.State == GameServerState.Allocated;
            var claim = isClaimed && server.Sessions is [{ Shared: false } tag] ? tag : null;
            if (claim?.State == SessionTagState.Ended) continue;
            var unclaimed = KeyOf(server.Uid);
            servers.Add(new RoutableServer(destination, key, KeyOf(cluster, server.Name), unclaimed, claim is null ? unclaimed : Continue(unclaimed, claim.Session), isClaimed));
        }

        return servers;
    }

    /// <summary>FNV-1a of a name: the same in every process and version.</summary>
    public static ulong KeyOf(string name) => Continue(Offset, name);

    /// <summary>Which server of which cluster.</summary>
    public static ulong KeyOf(string cluster, string server) => Continue(Continue(Continue(Offset, cluster), "/"), server);

    private static ulong Continue(ulong hash, string text)
    {
        foreach (var character in text) hash = unchecked((hash ^ character) * Prime);
        return hash;
    }
}
