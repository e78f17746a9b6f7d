using FleetSystem.GameClient;
using FleetSystem.LocalCloud.Bots;
using FleetSystem.LocalCloud.Matchmaking;

namespace FleetSystem.LocalCloud.Tests.Hosting;

/// <summary>A real game server whose player leaves asks for another, through the SDK, and gets him into the running session.</summary>
[Collection(WholeSystem.Name)]
public sealed class BackfillTests
{
    private const string Region = "ap-northeast-2";

    [Fact]
    public async Task PlayerLeavesAMatch_GameServerAsks_TheNextTicketPlaysInHisPlace()
    {
        using var late = new CancellationTokenSource(TimeSpan.FromMinutes(2), TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, TestContext.Current.CancellationToken);
        var cancellation = both.Token;
        await using var cloud = await WholeSystem.StartAsync(options => (options.Regions, options.ZonesPerRegion, options.ServersPerZone) = ([Region], 1, 2), cancellation);
        using var api = PlayersApi.Of(cloud);
        string[] four = ["alice", "bob", "carol", "dave"];
        var joined = await Task.WhenAll(four.Select(player => PlayAsync(api, player, cancellation)));
        var session = Assert.Single(joined.Select(player => player.SessionId).Distinct());
        var (dave, others) = (joined[3].Bot, joined[..3].Select(player => player.Bot).ToList());
        try
        {
            await Task.WhenAll(joined.Select(player => player.Bot.UntilAsync(report => report.Answered > 5, cancellation)));
            var server = (await api.GetAsync(session, cancellation)).GameServer!.Name;

            await dave.DisposeAsync();
            var erin = await PlayAsync(api, "erin", cancellation);
            others.Add(erin.Bot);

            Assert.Equal(session, erin.SessionId);
            var report = await erin.Bot.UntilAsync(report => report.IsJoined && report.Answered > 5, cancellation);
            Assert.Equal(session.Split('.')[0], report.Session);

            // His place was given away, and with it his way in; the others play on, on the same server.
            var now = await api.GetAsync(session, cancellation);
            Assert.Equal(["alice", "bob", "carol", "erin"], now.Connections.Select(connection => connection.PlayerId).Order());
            Assert.Equal(server, now.GameServer!.Name);
            foreach (var bot in others) Assert.Empty(bot.Report.Violations);
        }
        finally
        {
            foreach (var bot in others) await bot.DisposeAsync();
        }
    }

    private static async Task<(string SessionId, Bot Bot)> PlayAsync(PlayersApi api, string player, CancellationToken cancellationToken)
    {
        var client = new MatchmakingClient(api.Http, api.Url, api.FeedOf(player));
        var request = new MatchmakingRequest(LocalQueues.Duos, new MatchmakingPlayer(player, [new RegionLatency(Region, TimeSpan.FromMilliseconds(20))]).With("skill", 1000));
        var ticket = await client.CreateAsync(request, cancellationToken);
        var done = await client.FollowAsync(ticket.TicketId, null, cancellationToken);
        var connection = await client.ConnectionAsync(done, player, cancellationToken) ?? throw new InvalidOperationException($"{player}: {done.Status} {done.FailureMessage}");
        return (done.SessionId!, new Bot(connection, new BotOptions(), TimeProvider.System, api));
    }
}
