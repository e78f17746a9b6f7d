using FleetSystem.LocalCloud.Bots;
using FleetSystem.LocalCloud.Hosting;
using FleetSystem.Matchmaker.Api;
using FleetSystem.Matchmaker.Grpc.V1;
using Grpc.Net.Client;

namespace FleetSystem.LocalCloud.Tests.Hosting;

/// <summary>The hosts as real processes, killed and started again.</summary>
[Collection(WholeSystem.Name)]
public sealed class CrashTests
{
    [Fact]
    public async Task KillHosts_SessionsCreatedBefore_AreKnownWithTheirServersAfterwards()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var cloud = await WholeSystem.StartAsync(
            options =>
            {
                options.Regions = ["ap-northeast-2"];
                options.SeparateHosts = true;
                options.ServersPerZone = 1;
            },
            cancellation);
        using var api = PlayersApi.Of(cloud);
        var playing = await CreateAsync(api, "playing", cancellation);
        var ended = await CreateAsync(api, "ended", cancellation);
        await api.EndAsync(ended.SessionId, cancellation);
        await using var team = new BotTeam(api, playing, TimeProvider.System);
        await team.UntilAllAsync(report => report.IsJoined && report.Answered > 10, cancellation);

        foreach (var kind in HostKind.All) await cloud.KillHostAsync(kind);

        // Players and servers do not need the silos: the game goes on meanwhile.
        var answered = team.Bots[0].Report.Answered;
        await team.Bots[0].UntilAsync(report => report.Answered > answered + 20, cancellation);
        foreach (var kind in HostKind.All) await cloud.StartHostAsync(kind, cancellation);

        var after = await api.GetAsync(playing.SessionId, cancellation);
        Assert.Equal(FleetModel.Sessions.SessionState.Playable, after.State);
        Assert.Equal(playing.GameServer, after.GameServer);
        Assert.Equal(1, after.Incarnation);
        Assert.Equal(FleetModel.Sessions.SessionState.Ended, (await api.GetAsync(ended.SessionId, cancellation)).State);

        var (again, isNew) = await api.CreateAsync("playing", Request("playing"), cancellation);
        Assert.False(isNew);
        Assert.Equal(playing.GameServer, again.GameServer);
        Assert.Empty(team.Bots[0].Report.Violations);

        using var channel = GrpcChannel.ForAddress(cloud.GrpcUrl);
        var told = await new Sessions.SessionsClient(channel).GetSessionAsync(new GetSessionRequest { SessionId = playing.SessionId }, new() { { "authorization", $"Bearer {cloud.Access!.TokenOf("player-playing")}" } }, cancellationToken: cancellation);
        Assert.Equal((after.GameServer!.Name, after.GameServer.Port), (told.GameServer.Name, told.GameServer.Port));
    }

    private static async Task<SessionResource> CreateAsync(PlayersApi api, string key, CancellationToken cancellationToken) =>
        (await api.CreateAsync(key, Request(key), cancellationToken)).Session;

    private static Matchmaker.Api.CreateSessionRequest Request(string key) =>
        new() { Fleet = LocalFleet.Name, Players = [new CreateSessionPlayer { Id = $"player-{key}" }], WaitFor = FleetModel.Sessions.WaitFor.Playable };
}
