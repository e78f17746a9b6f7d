using System.Net;
using System.Security.Cryptography;
using FleetSystem.GameClient;
using FleetSystem.LocalCloud.Bots;
using FleetSystem.LocalCloud.Nodes;
using FleetSystem.LocalCloud.Tests.Nodes;
using FleetSystem.LocalCloud.Tests.Sdk;

namespace FleetSystem.LocalCloud.Tests.Bots;

/// <summary>Bots against the real game server, over ways that can be cut.</summary>
public sealed class BotTests : IAsyncLifetime
{
    private static readonly byte[] RoutingToken = [7, 7, 7, 7, 7, 7, 7, 7];

    private readonly TestDeadline _deadline = new();
    private readonly InMemoryGameServer _gameServer = InMemoryGameServer.Named("arena-1");
    private readonly List<Bot> _bots = [];
    private readonly List<SwitchableRelay> _relays = [];
    private ProcessPodRuntimeFixture _fixture = null!;
    private ProcessPod _pod = null!;
    private int _port;

    private CancellationToken Cancelled => _deadline.Token;

    public async ValueTask InitializeAsync()
    {
        _fixture = await ProcessPodRuntimeFixture.CreateAsync();
        _port = ProcessPodRuntimeFixture.FreeUdpPort();
        _pod = await _fixture.StartAsync(_gameServer, _port);
        await _gameServer.UntilStateAsync("RequestReady", Cancelled);
        _gameServer.Allocate("s-1");
        await _gameServer.UntilAnnotatedAsync("agones.dev/sdk-session-ready", "s-1/1", Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        _deadline.Dispose();
        foreach (var bot in _bots)
            await bot.DisposeAsync();
        _relays.ForEach(relay => relay.Dispose());
        await _fixture.DisposeAsync();
    }

    [Fact]
    public async Task Play_DirectRoute_CountersMatchWhatWasSent()
    {
        var first = Start(Direct());
        var second = Start(Direct("p2"));

        var report = await first.UntilAsync(now => now.Answered >= 50, Cancelled);
        await second.UntilAsync(now => now.Answered >= 50, Cancelled);

        Assert.Equal(("s-1", "arena-1", 1U, RouteKind.Direct), (report.Session, report.Server, report.Incarnation, report.RouteKind));
        Assert.Empty(report.Violations);
        Assert.True(report.Counter >= 50 && report.Total >= report.Counter, report.ToString());
        await _gameServer.UntilAsync(now => Players(now) == """["p1","p2"]""", Cancelled);
        await first.DisposeAsync();
        await _gameServer.UntilAsync(now => Players(now) == """["p2"]""", Cancelled);
    }

    [Fact]
    public async Task Play_AcceleratorDies_GoesOnThroughTheLoadBalancerWithTheSameState()
    {
        var (accelerator, loadBalancer) = Ways();
        var bots = Enumerable.Range(1, 4).Select(number => Start(Routed(accelerator, loadBalancer, $"p{number}"))).ToArray();
        var before = new List<BotReport>();
        foreach (var bot in bots)
        {
            before.Add(await bot.UntilAsync(now => now.Answered >= 20 && now.RouteKind == RouteKind.Accelerator, Cancelled));
            bot.MeasureGap();
        }

        accelerator.ForEach(way => way.IsCut = true);

        for (var i = 0; i < bots.Length; i++)
        {
            var after = await bots[i].UntilAsync(now => now.RouteKind == RouteKind.NetworkLoadBalancer && now.Answered >= before[i].Answered + 20, Cancelled);
            Assert.True(after.LongestGap < TimeSpan.FromSeconds(3), after.ToString());
            Assert.True(after.LongestGap >= new SessionTransportOptions().SilenceTimeout, after.ToString());
            Assert.Equal((1U, "arena-1"), (after.Incarnation, after.Server));
            Assert.True(after.Counter > before[i].Counter && after.Lost > 0, after.ToString());
            Assert.Empty(after.Violations);
        }

        Assert.All(loadBalancer, way => Assert.True(way.Passed > 0));
    }

    [Fact]
    public async Task Play_OneAcceleratorAddressDies_TakesTheOther()
    {
        var (accelerator, loadBalancer) = Ways();
        var bot = Start(Routed(accelerator, loadBalancer, "p1"));
        var before = await bot.UntilAsync(now => now.Answered >= 20, Cancelled);

        accelerator[0].IsCut = true;

        var after = await bot.UntilAsync(now => now.Address != before.Address && now.Answered >= before.Answered + 20, Cancelled);
        Assert.Equal((RouteKind.Accelerator, 1), (after.RouteKind, after.PathChanges));
    }

    [Fact]
    public async Task Play_AcceleratorDeadBeforeTheJoin_JoinsThroughTheLoadBalancer()
    {
        var (accelerator, loadBalancer) = Ways();
        accelerator.ForEach(way => way.IsCut = true);

        var bot = Start(Routed(accelerator, loadBalancer, "p1"));

        var report = await bot.UntilAsync(now => now.Answered >= 5, Cancelled);
        Assert.Equal(RouteKind.NetworkLoadBalancer, report.RouteKind);
    }

    [Fact]
    public async Task Play_OtherSessionsToken_IsRefusedAndCountsNowhere()
    {
        var refused = Start(Direct(token: _fixture.Token("p1", "s-2")));
        Assert.Equal(5, (await refused.UntilAsync(now => now.Refusal is not null, Cancelled)).Refusal);

        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var forged = Start(Direct(token: _fixture.Token("p1", "s-1", signer: stranger)));
        Assert.Equal(3, (await forged.UntilAsync(now => now.Refusal is not null, Cancelled)).Refusal);

        var playing = Start(Direct("p2"));
        var report = await playing.UntilAsync(now => now.Answered >= 20, Cancelled);
        Assert.Equal(report.Counter, report.Total);
    }

    [Fact]
    public async Task MoveTo_ReplacementServer_PlaysOnThere()
    {
        var bot = Start(Direct());
        await bot.UntilAsync(now => now.Answered >= 20, Cancelled);
        var replacement = InMemoryGameServer.Named("arena-2");
        var port = ProcessPodRuntimeFixture.FreeUdpPort();
        await _fixture.StartAsync(replacement, port, name: "arena-2");
        await replacement.UntilStateAsync("RequestReady", Cancelled);

        _pod.Kill();
        await _pod.Exited;
        replacement.Allocate("s-1", incarnation: 2);
        bot.MoveTo(new SessionConnection("s-1", 2, "p1", [new SessionRoute(RouteKind.Direct, ["127.0.0.1"], port)], _fixture.Token("p1", "s-1")));

        var before = bot.Report.Answered;
        var report = await bot.UntilAsync(now => now.Incarnation == 2 && now.Answered >= before + 20, Cancelled);
        Assert.Equal(("s-1", "arena-2"), (report.Session, report.Server));
        Assert.Empty(report.Violations);
    }

    [Fact]
    public async Task Play_ServerStops_IsToldSo()
    {
        var bot = Start(Direct());
        await bot.UntilAsync(now => now.Answered >= 5, Cancelled);

        await _pod.StopAsync(TimeSpan.FromSeconds(10));

        Assert.True((await bot.UntilAsync(now => now.IsClosed, Cancelled)).IsClosed);
    }

    private static string? Players(System.Text.Json.Nodes.JsonObject gameServer) => gameServer["status"]!["lists"]!["players"]!["values"]!.ToJsonString();

    private (List<SwitchableRelay> Accelerator, List<SwitchableRelay> LoadBalancer) Ways()
    {
        var first = new SwitchableRelay(IPAddress.Parse("127.0.0.1"), 0, _port);
        _relays.Add(first);

        // The second static address listens on the same port, where the machine has more loopback addresses than one.
        var second = new SwitchableRelay(OperatingSystem.IsLinux() ? IPAddress.Parse("127.0.0.2") : IPAddress.Loopback, OperatingSystem.IsLinux() ? first.Port : 0, _port);
        _relays.Add(second);
        var loadBalancer = new SwitchableRelay(IPAddress.Loopback, 0, _port, RoutingToken);
        _relays.Add(loadBalancer);
        return ([first, second], [loadBalancer]);
    }

    private SessionConnection Routed(List<SwitchableRelay> accelerator, List<SwitchableRelay> loadBalancer, string player) => new(
        "s-1", 1, player,
        [
            .. OperatingSystem.IsLinux()
                ? new[] { new SessionRoute(RouteKind.Accelerator, ["127.0.0.1", "127.0.0.2"], accelerator[0].Port) }
                : accelerator.Select(way => new SessionRoute(RouteKind.Accelerator, ["127.0.0.1"], way.Port)),
            new SessionRoute(RouteKind.NetworkLoadBalancer, ["127.0.0.1"], loadBalancer[0].Port, Convert.ToBase64String(RoutingToken)),
        ],
        _fixture.Token(player, "s-1"));

    private SessionConnection Direct(string player = "p1", string? token = null) =>
        new("s-1", 1, player, [new SessionRoute(RouteKind.Direct, ["127.0.0.1"], _port)], token ?? _fixture.Token(player, "s-1"));

    private Bot Start(SessionConnection connection)
    {
        var bot = new Bot(connection, new BotOptions(), TimeProvider.System);
        _bots.Add(bot);
        return bot;
    }
}
