using FleetSystem.GameClient;
using FleetSystem.Matchmaker.Api;
using ServerRouteKind = FleetSystem.FleetModel.Routing.RouteKind;

namespace FleetSystem.LocalCloud.Bots;

/// <summary>The bots of one session. Each follows its event feed: when the session gets another server, it plays on there.</summary>
internal sealed class BotTeam : IAsyncDisposable
{
    /// <summary>Lets a bot for each connection of a session play.</summary>
    public BotTeam(PlayersApi api, SessionResource session, TimeProvider time) =>
        Bots = [.. session.Connections.Select(connection => new Bot(Connect(session, connection), new BotOptions(), time, api))];

    /// <summary>The bots, one a player.</summary>
    public IReadOnlyList<Bot> Bots { get; }

    /// <summary>Waits until every bot's report is as wanted.</summary>
    public async Task<IReadOnlyList<BotReport>> UntilAllAsync(Func<BotReport, bool> holds, CancellationToken cancellationToken) =>
        await Task.WhenAll(Bots.Select(bot => bot.UntilAsync(holds, cancellationToken)));

    public async ValueTask DisposeAsync()
    {
        foreach (var bot in Bots) await bot.DisposeAsync();
    }

    /// <summary>A player's way in as the client library takes it.</summary>
    public static SessionConnection Connect(SessionResource session, ConnectionResource connection) => new(
        session.SessionId,
        session.Incarnation,
        connection.PlayerId,
        [.. connection.Routes.Select(route => new SessionRoute(Kind(route.Kind), route.Addresses, route.Port, route.RoutingToken))],
        connection.JoinToken);

    private static RouteKind Kind(ServerRouteKind kind) => kind switch
    {
        ServerRouteKind.Accelerator => RouteKind.Accelerator,
        ServerRouteKind.NetworkLoadBalancer => RouteKind.NetworkLoadBalancer,
        _ => RouteKind.Direct,
    };
}
