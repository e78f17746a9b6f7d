using FleetSystem.LocalCloud.Bots;
using FleetSystem.LocalCloud.Hosting;
using FleetSystem.LocalCloud.Matchmaking;

namespace FleetSystem.LocalCloud.Tests.Hosting.Cluster;

/// <summary>Tickets in a cluster of real processes: one of each kind dies while a crowd waits, and all of it plays in the end, each player once.</summary>
[Collection(WholeSystem.Name)]
public sealed class TicketClusterTests(ClusterFixture cluster, ITestOutputHelper output) : IClassFixture<ClusterFixture>
{
    private const int Players = 80;

    [Fact]
    public async Task KillAMatchmakerAndAFleetManager_WhileACrowdWaits_EveryPlayerIsInOneSession()
    {
        using var late = new CancellationTokenSource(TimeSpan.FromMinutes(3), TimeProvider.System);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, TestContext.Current.CancellationToken);
        var cloud = cluster.Cloud;

        // The Matchmaker that is not killed: a client of the other would have to look for another address.
        using var api = new PlayersApi(cloud.ApiUrls[1], cloud.Access, TimeProvider.System);
        var crowd = BotCrowd.Create("crowd", ["ap-northeast-2"], Players, seed: 7);
        var matchmaking = new CrowdMatchmaking(api, TimeProvider.System);
        var first = crowd.Take(crowd.Count / 2).Select(party => matchmaking.MatchAsync(LocalQueues.SimulatedDuos, party, both.Token)).ToList();
        await first[0];
        await Task.WhenAll(cloud.KillHostAsync(HostKind.Matchmaker, 0), cloud.KillHostAsync(HostKind.FleetManager, 1));
        var rest = crowd.Skip(crowd.Count / 2).Select(party => matchmaking.MatchAsync(LocalQueues.SimulatedDuos, party, both.Token)).ToList();
        var results = await Task.WhenAll([.. first, .. rest]);
        await Task.WhenAll(cloud.StartHostAsync(HostKind.Matchmaker, 0, both.Token), cloud.StartHostAsync(HostKind.FleetManager, 1, both.Token));

        var players = results.SelectMany(result => result.Party.Select(player => (player.Id, result.Ticket.Match!.SessionId))).ToList();
        Assert.Equal(Players, players.Select(player => player.Id).Distinct().Count());
        Assert.All(players.GroupBy(player => player.SessionId), session => Assert.Equal(4, session.Count()));
        output.WriteLine($"longest wait: {results.Max(result => result.ToSession).TotalSeconds:0.0} s");
        foreach (var session in players.Select(player => player.SessionId).Distinct()) await api.EndAsync(session!, both.Token);
    }
}
