using FleetSystem.GameClient;
using FleetSystem.LocalCloud.Bots;
using FleetSystem.LocalCloud.Hosting;
using FleetSystem.LocalCloud.Matchmaking;

namespace FleetSystem.LocalCloud.Tests.Hosting;

/// <summary>Tickets that were acknowledged before their hosts, real processes, were killed: they become sessions all the same.</summary>
[Collection(WholeSystem.Name)]
public sealed class TicketCrashTests
{
    private const string Region = "ap-northeast-2";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task KillHosts_TicketAcknowledgedBefore_BecomesASession(bool alsoTheStore)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromMinutes(3), TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, TestContext.Current.CancellationToken);
        var cancellation = both.Token;
        await using var cloud = await WholeSystem.StartAsync(
            options =>
            {
                options.Regions = [Region];
                options.SeparateHosts = true;
                options.ServersPerZone = 1;
            },
            cancellation);
        using var api = PlayersApi.Of(cloud);
        var searching = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var seen = new List<string>();
        var (alice, ticket) = await CreateAsync(api, "alice", cancellation);
        var following = alice.FollowAsync(ticket.TicketId, Take, cancellation);
        await searching.Task.WaitAsync(cancellation);

        // At once after the answer: what is acknowledged is stored, whatever has been told of it.
        var (bob, second) = await CreateAsync(api, "bob", cancellation);
        IReadOnlyList<HostKind> killed = alsoTheStore ? HostKind.All : [HostKind.Matchmaker];
        foreach (var kind in killed) await cloud.KillHostAsync(kind);
        foreach (var kind in killed) await cloud.StartHostAsync(kind, cancellation);

        // Two against two: with these there are four.
        var others = await Task.WhenAll(CreateAsync(api, "carol", cancellation), CreateAsync(api, "dave", cancellation));
        var done = await following;
        Assert.Equal(("completed", ticket.TicketId), (done.Status, done.TicketId));
        Assert.Equal(1, seen.Count(status => status == "searching"));
        Assert.Equal(done.SessionId, (await bob.FollowAsync(second.TicketId, null, cancellation)).SessionId);
        foreach (var (client, other) in others) Assert.Equal(done.SessionId, (await client.FollowAsync(other.TicketId, null, cancellation)).SessionId);

        var connection = await alice.ConnectionAsync(done, "alice", cancellation);
        await using var bot = new Bot(connection!, new BotOptions(), TimeProvider.System, api);
        await bot.UntilAsync(report => report.IsJoined && report.Answered > 10, cancellation);
        Assert.Equal(4, (await api.TicketAsync(ticket.TicketId, cancellation)).Match!.Teams!.Sum(team => team.PlayerIds.Count));

        void Take(TicketEvent happened)
        {
            seen.Add(happened.Status);
            if (happened.Status == "searching") searching.TrySetResult();
        }
    }

    private static async Task<(MatchmakingClient Client, TicketDocument Ticket)> CreateAsync(PlayersApi api, string player, CancellationToken cancellationToken)
    {
        var client = new MatchmakingClient(api.Http, api.Url, api.FeedOf(player));
        var request = new MatchmakingRequest(LocalQueues.Duos, new MatchmakingPlayer(player, [new RegionLatency(Region, TimeSpan.FromMilliseconds(20))]).With("skill", 1000));
        return (client, await client.CreateAsync(request, cancellationToken));
    }
}
