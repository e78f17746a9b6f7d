using FleetSystem.FleetModel.Routing;
using FleetSystem.Matchmaker.Api;

namespace FleetSystem.LocalCloud.Bots;

/// <summary>The bots of one session. They follow its event feed: when the session gets another server, they play on there.</summary>
internal sealed class BotTeam : IAsyncDisposable
{
    // Has no timer and nobody waits on its handle: there is nothing to dispose of.
    private readonly CancellationTokenSource _stop = new();
    private readonly PlayersApi _api;
    private readonly Task _following;
    private readonly string _session;
    private int _incarnation;

    /// <summary>Lets a bot for each connection of a session play.</summary>
    public BotTeam(PlayersApi api, SessionResource session, TimeProvider time, int seed)
    {
        _api = api;
        _session = session.SessionId;
        _incarnation = session.Incarnation;
        Bots = [.. session.Connections.Select((connection, index) => new Bot(connection.PlayerId, Connect(connection, index), new BotOptions(), time, seed + index))];
        _following = FollowAsync(_stop.Token);
    }

    /// <summary>The bots, one a player.</summary>
    public IReadOnlyList<Bot> Bots { get; }

    /// <summary>Waits until every bot's report is as wanted.</summary>
    public async Task<IReadOnlyList<BotReport>> UntilAllAsync(Func<BotReport, bool> holds, CancellationToken cancellationToken)
    {
        var reports = Task.WhenAll(Bots.Select(bot => bot.UntilAsync(holds, cancellationToken)));
        if (await Task.WhenAny(reports, _following) == _following && _following.IsFaulted) await _following;
        return await reports;
    }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested) return;
        foreach (var bot in Bots) await bot.DisposeAsync();
        await _stop.CancelAsync();
        await _following.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        await foreach (var happened in _api.EventsAsync(_session, cancellationToken))
        {
            var session = happened.Session;
            if (session.Incarnation <= _incarnation || session.Connections.Count == 0) continue;
            _incarnation = session.Incarnation;
            foreach (var (index, connection) in session.Connections.Index())
                Bots.FirstOrDefault(bot => bot.PlayerId == connection.PlayerId)?.MoveTo(Connect(connection, index));
        }
    }

    /// <summary>The players' connection as a bot takes it; every other bot begins at the second of a route's addresses, so that all are in use.</summary>
    public static BotConnection Connect(ConnectionResource connection, int index) => new(
        [.. connection.Routes.Select(route => new BotRoute(
            Kind(route.Kind),
            [.. route.Addresses.Skip(index % route.Addresses.Count), .. route.Addresses.Take(index % route.Addresses.Count)],
            route.Port,
            route.RoutingToken))],
        connection.JoinToken);

    private static BotRouteKind Kind(RouteKind kind) => kind switch
    {
        RouteKind.Accelerator => BotRouteKind.Accelerator,
        RouteKind.NetworkLoadBalancer => BotRouteKind.NetworkLoadBalancer,
        _ => BotRouteKind.Direct,
    };
}
