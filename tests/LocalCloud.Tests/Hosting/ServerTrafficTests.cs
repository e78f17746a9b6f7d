using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.GameClient;
using FleetSystem.LocalCloud.Bots;
using FleetSystem.LocalCloud.Hosting;
using FleetSystem.Matchmaker.Api;
using PlayerRouteKind = FleetSystem.GameClient.RouteKind;
using RouteKind = FleetSystem.FleetModel.Routing.RouteKind;

namespace FleetSystem.LocalCloud.Tests.Hosting;

/// <summary>
/// The accelerator is opened to each server by the silo, through the real API: one server with one port, so that the next session comes to the
/// very address and port of the one before.
/// </summary>
[Collection(WholeSystem.Name)]
public sealed class ServerTrafficTests
{
    [Fact]
    public async Task PerServer_TheSessionIsOver_ItsPlayersDatagramsDoNotReachTheNextOneOfThatAddressAndPort()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cloud = await WholeSystem.StartAsync(
            options =>
            {
                options.Regions = ["ap-northeast-2"];
                options.ZonesPerRegion = 1;
                options.NodesPerZone = 1;
                options.ServersPerZone = 1;
                options.PortsPerNode = 1;
                options.AcceleratorTraffic = AcceleratorTraffic.PerServer;
                // Longer than the test: however slow this machine is, the next session's port is not opened again meanwhile.
                options.ServerTraffic = new ServerTrafficOptions { Interval = TimeSpan.FromSeconds(0.2), ReopenAfter = TimeSpan.FromHours(1) };
            },
            cancellation);
        using var api = PlayersApi.Of(cloud);
        var first = await CreateAsync(api, "first", cancellation);
        while (first.Connections[0].Routes[0].Kind != RouteKind.Accelerator) first = await api.GetAsync(first.SessionId, cancellation);
        var path = first.Connections[0].Routes[0];
        var ways = path.Addresses.Select(address => $"{address}:{path.Port}").ToList();

        await using (var player = new Bot(Only(first, PlayerRouteKind.Accelerator), new BotOptions(), TimeProvider.System))
        {
            var report = await player.UntilAsync(report => report.IsJoined && report.Answered > 20, cancellation);
            Assert.Contains(report.Address, ways);
        }

        await api.EndAsync(first.SessionId, cancellation);
        var second = await CreateAsync(api, "second", cancellation);
        Assert.Equal((first.GameServer!.Address, first.GameServer.Port), (second.GameServer!.Address, second.GameServer.Port));
        Assert.NotEqual(first.GameServer.Name, second.GameServer.Name);
        Assert.Equal([RouteKind.NetworkLoadBalancer, RouteKind.Direct], second.Connections[0].Routes.Select(route => route.Kind));
        Assert.Empty(ways.Intersect(cloud.EverySocketOpened.Select(socket => socket.EndPoint.ToString())));

        // The server is there, and would answer: it refuses whoever comes with another session's token.
        await using (var known = new Bot(Only(first, PlayerRouteKind.Direct), new BotOptions(), TimeProvider.System))
            Assert.NotNull((await known.UntilAsync(report => report.Refusal is not null, cancellation)).Refusal);

        await using var team = new BotTeam(api, second, TimeProvider.System);
        await using var straggler = new Bot(Only(first, PlayerRouteKind.Accelerator), new BotOptions(), TimeProvider.System);
        await team.UntilAllAsync(report => report.IsJoined && report.Answered > 20, cancellation);
        var still = await straggler.UntilAsync(report => report.Sent > 10, cancellation);
        Assert.Equal((0L, (int?)null), (still.Received, still.Refusal));
    }

    /// <summary>The player's connection with one kind of route alone.</summary>
    private static SessionConnection Only(SessionResource session, PlayerRouteKind kind)
    {
        var connection = BotTeam.Connect(session, session.Connections[0]);
        return new SessionConnection(connection.SessionId, connection.Incarnation, connection.PlayerId, [.. connection.Routes.Where(route => route.Kind == kind)], connection.JoinToken);
    }

    private static async Task<SessionResource> CreateAsync(PlayersApi api, string key, CancellationToken cancellationToken) =>
        (await api.CreateAsync(key, new CreateSessionRequest { Fleet = LocalFleet.Name, Players = [new CreateSessionPlayer { Id = $"player-{key}" }], WaitFor = WaitFor.Playable }, cancellationToken)).Session;
}
