using System.Text.Json.Nodes;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.GameClient;
using FleetSystem.LocalCloud.Bots;
using FleetSystem.LocalCloud.Hosting;
using FleetSystem.LocalCloud.Tour;
using FleetSystem.Matchmaker.Api;

namespace FleetSystem.LocalCloud.Tests.Hosting;

/// <summary>A player who has no event feed learns of a new order of routes from its game server, which has it from an annotation.</summary>
[Collection(WholeSystem.Name)]
public sealed class RoutesWithoutFeedTests
{
    private const string Region = "ap-northeast-2";

    [Fact]
    public async Task ForcedRoute_APlayerWithoutAFeed_GoesThereAndBackAsItsServerTells()
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(90), TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, TestContext.Current.CancellationToken);
        await using var cloud = await WholeSystem.StartAsync(
            options =>
            {
                options.Regions = [Region];
                options.ZonesPerRegion = 1;
                options.ServersPerZone = 1;
            },
            both.Token);
        using var api = PlayersApi.Of(cloud);
        using var ops = OpsApi.Of(cloud);
        var session = (await api.CreateAsync(
            "k", new CreateSessionRequest { Fleet = LocalFleet.Name, Players = [new CreateSessionPlayer { Id = "alice" }], WaitFor = WaitFor.Playable }, both.Token)).Session;

        // No API for it: it knows its connection, and what comes over its paths.
        await using var player = new Bot(BotTeam.Connect(session, session.Connections[0]), new BotOptions(), TimeProvider.System);
        var before = await UntilAsync(RouteKind.Accelerator);

        // Every path works: nothing but what its server tells sends the player elsewhere.
        await ops.PutAsync($"{Region}/routes", new JsonObject { ["force"] = "networkLoadBalancer", ["expiresInSeconds"] = 600, ["reason"] = "test" }, both.Token);
        var forced = await UntilAsync(RouteKind.NetworkLoadBalancer);
        await ops.PutAsync($"{Region}/routes", new JsonObject { ["reason"] = "test" }, both.Token);
        var after = await UntilAsync(RouteKind.Accelerator);
        Assert.All(new[] { forced, after }, report => Assert.Equal((before.Server, before.Incarnation), (report.Server, report.Incarnation)));
        Assert.Empty(after.Violations);

        async Task<BotReport> UntilAsync(RouteKind kind)
        {
            var answered = player.Report.Answered;
            return await player.UntilAsync(report => report.IsJoined && report.RouteKind == kind && report.Answered > answered + 20, both.Token);
        }
    }
}
