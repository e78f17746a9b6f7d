using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Sessions;
using Microsoft.Extensions.Options;
using Route = FleetSystem.FleetModel.Routing.Route;

namespace FleetSystem.FleetManager.Sessions;

/// <summary>Makes the players' connections of a session: routes as the region's edge stands now, and join tokens.</summary>
internal sealed class ConnectionIssuer(
    IEdge edge, JoinTokenIssuer tokens, IOptions<FleetSystemOptions> system, IOptions<FleetManagerOptions> options, TimeProvider time)
{
    // A fleet that is not part of the configuration any more: its players keep every way in.
    private static readonly FleetOptions NoFleet = new();

    /// <summary>One connection a player, or none while the session holds no server.</summary>
    /// <param name="session">The session.</param>
    /// <param name="issued">Tokens that were issued before, by player: used again while they have at least half of their life left.</param>
    public IReadOnlyList<PlayerConnection> Issue(SessionRecord session, Dictionary<string, (string Token, DateTimeOffset Expires)> issued)
    {
        if (!session.HoldsServer) return [];
        var routes = Routes(session);
        return [.. session.Request.Players.Select(player => new PlayerConnection(player.Id, routes, Token(session, player.Id, issued)))];
    }

    /// <summary>A session's routes as the region's edge stands now; none while it holds no server.</summary>
    public IReadOnlyList<Route> Routes(SessionRecord session)
    {
        if (session is not { HoldsServer: true, Server: { } server }) return [];
        var fleet = system.Value.Fleets.FirstOrDefault(candidate => candidate.Id == session.Request.Fleet) ?? NoFleet;
        return RoutePlanner.Plan(edge.View(server.Region).Over(fleet.Protocol), fleet.RouteOrder, server.Address, server.Port, session.RoutingToken, RoutableServer.KeyOf(server.Cluster, server.Name));
    }

    /// <summary>
    /// Time until issued tokens are to be renewed: when half of their life is left; null when none was issued, or none can be renewed because the session
    /// itself ends with them.
    /// </summary>
    public TimeSpan? RenewIn(SessionRecord session, Dictionary<string, (string Token, DateTimeOffset Expires)> issued)
    {
        if (!session.HoldsServer) return null;
        var next = issued.Values.Where(token => token.Expires < session.ExpiresAt).Select(token => (DateTimeOffset?)token.Expires).Min();
        return next - (options.Value.JoinTokenLifetime / 2) - time.GetUtcNow();
    }

    private string Token(SessionRecord session, string player, Dictionary<string, (string Token, DateTimeOffset Expires)> issued)
    {
        var now = time.GetUtcNow();
        if (issued.TryGetValue(player, out var earlier) && (earlier.Expires - now > options.Value.JoinTokenLifetime / 2 || earlier.Expires >= session.ExpiresAt)) return earlier.Token;
        var expires = now + options.Value.JoinTokenLifetime;
        if (expires > session.ExpiresAt) expires = session.ExpiresAt;
        var token = tokens.Issue(session, player, now, expires);
        issued[player] = (token, expires);
        return token;
    }
}
