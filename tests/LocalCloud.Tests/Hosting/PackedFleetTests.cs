using FleetSystem.FleetModel.Sessions;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Bots;
using FleetSystem.LocalCloud.Hosting;
using FleetSystem.Matchmaker.Api;

namespace FleetSystem.LocalCloud.Tests.Hosting;

/// <summary>Four sessions on two real game servers with two places each, over the real sidecars, the allocation API and the load balancer.</summary>
[Collection(WholeSystem.Name)]
public sealed class PackedFleetTests
{
    private const string Region = "ap-northeast-2";
    private const int Capacity = 2;

    [Fact]
    public async Task Create_FourSessionsOnTwoServersOfTwo_AllPlayAndFreedPlacesAreUsedAgain()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cloud = await WholeSystem.StartAsync(
            options =>
            {
                options.Regions = [Region];
                options.ZonesPerRegion = 1;
                options.ServersPerZone = 2;
                options.SessionsPerServer = Capacity;
                options.SessionIdleEnd = TimeSpan.FromSeconds(10);
            },
            cancellation);
        using var api = PlayersApi.Of(cloud);
        var store = cloud.Regions[0].Cluster.Store;

        // At once: each is claimed on its own, and none on a server that is full.
        var keys = new[] { "a", "b", "c", "d" };
        var sessions = await Task.WhenAll(keys.Select(key => CreateAsync(api, key, cancellation)));
        Assert.All(sessions, session => Assert.Equal(SessionState.Playable, session.State));
        Assert.Equal([Capacity, Capacity], sessions.GroupBy(session => session.GameServer!.Name).Select(server => server.Count()));
        Assert.Equal([Capacity, Capacity], Places());

        var teams = sessions.Select(session => new BotTeam(api, session, TimeProvider.System)).ToList();
        try
        {
            foreach (var (team, session) in teams.Zip(sessions))
                Assert.All(await team.UntilAllAsync(report => report.IsJoined && report.Answered > 10, cancellation), report => Assert.Equal(session.SessionId, report.Session));

            // Ended by its caller: its players are told, its neighbour plays on, and its place is the next one's.
            var server = sessions[0].GameServer!.Name;
            var neighbour = Enumerable.Range(1, 3).Single(index => sessions[index].GameServer!.Name == server);
            await api.EndAsync(sessions[0].SessionId, cancellation);
            await teams[0].UntilAllAsync(report => report.IsClosed || !report.IsJoined, cancellation);
            var next = await CreateAsync(api, "e", cancellation);
            Assert.Equal((SessionState.Playable, server), (next.State, next.GameServer!.Name));
            teams.Add(new BotTeam(api, next, TimeProvider.System));
            await teams[^1].UntilAllAsync(report => report.IsJoined, cancellation);
            await PlaysOnAsync(teams[neighbour], cancellation);

            // Left by its players: the game server ends it and gives its place back through the SDK.
            var idle = Enumerable.Range(1, 3).First(index => index != neighbour);
            await teams[idle].DisposeAsync();
            await teams[neighbour].Bots[0].UntilAsync(_ => Places().Sum() == 3, cancellation);
            while ((await api.GetAsync(sessions[idle].SessionId, cancellation)).State != SessionState.Ended) cancellation.ThrowIfCancellationRequested();
            var last = await CreateAsync(api, "f", cancellation);
            Assert.Equal((SessionState.Playable, sessions[idle].GameServer!.Name), (last.State, last.GameServer!.Name));
            await PlaysOnAsync(teams[neighbour], cancellation);
            Assert.Equal([Capacity, Capacity], Places());
            Assert.All(teams.Where((_, index) => index != idle).SelectMany(team => team.Bots), bot => Assert.Empty(bot.Report.Violations));
        }
        finally
        {
            foreach (var team in teams) await team.DisposeAsync();
        }

        long[] Places() => [.. store.List(AgonesKinds.GameServer).Objects.Values.Select(GameServerFacts.Of).Select(facts => facts.Counters![LocalFleet.RoomsCounter].Count)];
    }

    private static async Task PlaysOnAsync(BotTeam team, CancellationToken cancellationToken)
    {
        var answered = team.Bots[0].Report.Answered;
        var report = await team.Bots[0].UntilAsync(report => report.Answered > answered + 20, cancellationToken);
        Assert.Equal(1U, report.Incarnation);
    }

    private static async Task<SessionResource> CreateAsync(PlayersApi api, string key, CancellationToken cancellationToken) =>
        (await api.CreateAsync(key, new CreateSessionRequest { Fleet = LocalFleet.Name, Players = [new CreateSessionPlayer { Id = $"player-{key}" }], WaitFor = WaitFor.Playable }, cancellationToken)).Session;
}
