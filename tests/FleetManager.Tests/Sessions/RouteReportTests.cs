using System.Security.Cryptography;
using FleetSystem.FleetManager.Sessions;
using FleetSystem.FleetManager.Tests.Sessions.Cell;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Sessions;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Tests.Sessions;

/// <summary>Players' reports on a silo: who may report, what many of them do to a path, and how open feeds learn of it.</summary>
public sealed class RouteReportTests(CellFixture fixture) : IClassFixture<CellFixture>
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);
    private readonly TestCell _cell = fixture.Cell;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ReportRoutes_OwnToken_TakenAndSeenAsTheCurrentRoute()
    {
        var (lane, view) = await CreateAsync();
        Assert.All(view.Connections, connection => Assert.Null(connection.CurrentRoute));
        Assert.Equal(RouteReportOutcome.Taken, (await Report(lane, "k", view.Connections[0], PathState.Healthy)).Outcome);
        Assert.Equal([RouteKind.NetworkLoadBalancer, null], (await lane.Session("k").Get())!.Connections.Select(connection => connection.CurrentRoute));
        await _cell.Pass(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1));
        Assert.All((await lane.Session("k").Get())!.Connections, connection => Assert.Null(connection.CurrentRoute));
    }

    [Fact]
    public async Task ReportRoutes_AgainWithinTheInterval_TooSoonForThatPlayerAlone()
    {
        var (lane, view) = await CreateAsync();
        Assert.Equal(RouteReportOutcome.Taken, (await Report(lane, "k", view.Connections[0], PathState.Healthy)).Outcome);
        var again = await Report(lane, "k", view.Connections[0], PathState.Healthy);
        Assert.Equal(RouteReportOutcome.TooSoon, again.Outcome);
        Assert.InRange(again.RetryAfter, TimeSpan.FromSeconds(0.999), TimeSpan.FromSeconds(1));
        Assert.Equal(RouteReportOutcome.Taken, (await Report(lane, "k", view.Connections[1], PathState.Healthy)).Outcome);
        await _cell.Pass(TimeSpan.FromSeconds(1), Step);
        Assert.Equal(RouteReportOutcome.Taken, (await Report(lane, "k", view.Connections[0], PathState.Healthy)).Outcome);
    }

    [Fact]
    public async Task ReportRoutes_TokenOfSomebodyElse_IsRefused()
    {
        var (lane, view) = await CreateAsync();
        await lane.AddServers(lane.ZoneB, 1);
        var other = (await lane.Create("other")).View!;
        Assert.Equal(RouteReportOutcome.OtherSession, (await Report(lane, "k", other.Connections[0], PathState.Healthy)).Outcome);
        Assert.Equal(RouteReportOutcome.OtherPlayer, (await Report(lane, "k", view.Connections[0] with { PlayerId = "p2" }, PathState.Healthy)).Outcome);
        Assert.Equal(RouteReportOutcome.NoSession, (await Report(lane, "none", view.Connections[0], PathState.Healthy)).Outcome);
    }

    [Fact]
    public async Task ReportRoutes_ForgedOrNoToken_IsRefused()
    {
        var (lane, view) = await CreateAsync();
        var good = view.Connections[0].JoinToken;
        using var forger = Forger();
        var now = _cell.Clock.GetUtcNow();
        string[] forged =
        [
            forger.Issue(view.Session, "p1", now, now.AddMinutes(5)), // Another key.
            good[..^4] + "AAAA", // Another signature.
            good[..(good.LastIndexOf('.') + 1)], // None.
            "eyJhbGciOiJub25lIn0." + good.Split('.')[1] + ".", // "alg": "none".
            "nonsense",
            new string('x', 5_000),
        ];
        foreach (var token in forged) Assert.Equal((token, RouteReportOutcome.InvalidToken), (token, (await Report(lane, "k", view.Connections[0] with { JoinToken = token }, PathState.Down)).Outcome));
    }

    [Fact]
    public async Task ReportRoutes_ExpiredToken_IsRefused()
    {
        var (lane, view) = await CreateAsync();
        await _cell.Pass(TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(5));
        Assert.Equal(RouteReportOutcome.ExpiredToken, (await Report(lane, "k", view.Connections[0], PathState.Healthy)).Outcome);
    }

    [Fact]
    public async Task NoteRoutes_ManyPlayersOfManySessions_DegradeThePathUntilTheyExpire()
    {
        var lane = _cell.NewLane();
        var region = _cell.Grains.GetGrain<IRegionGrain>(lane.Region);

        // One session, however many players, does nothing.
        for (var player = 0; player < 100; player++) await region.NoteRoutes("s-alone", Told($"alone-{player}", PathState.Down));
        await _cell.Pass(TimeSpan.FromSeconds(3), Step);
        var path = await Path(region);
        Assert.Equal((PathState.Healthy, 100, false), (path!.State, path.Reported!.FailedPlayers, path.Reported.IsSuspected));

        for (var player = 0; player < 12; player++) await region.NoteRoutes($"s-{player % 4}", Told($"p{player}", PathState.Down));
        await UntilPath(region, seen => seen?.State == PathState.Degraded);
        path = (await Path(region))!;
        Assert.Equal((112, 0), (path.Reported!.FailedPlayers, path.Reported.Using));
        Assert.InRange(path.AgeAt(_cell.Clock.GetUtcNow())!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(30));

        await UntilPath(region, seen => seen is null);
    }

    [Fact]
    public async Task ForgetRoutes_SessionsAreOver_ThePathIsHealthyAtOnce()
    {
        var lane = _cell.NewLane();
        var region = _cell.Grains.GetGrain<IRegionGrain>(lane.Region);
        var views = new List<SessionView>();
        await lane.AddServers(lane.ZoneA, 6);
        for (var session = 0; session < 6; session++) views.Add((await lane.Create($"k{session}", lane.Request() with { Players = [Player($"a{session}"), Player($"b{session}")] })).View!);
        for (var session = 0; session < 6; session++)
        {
            foreach (var connection in views[session].Connections) Assert.Equal(RouteReportOutcome.Taken, (await Report(lane, $"k{session}", connection, PathState.Down)).Outcome);
        }

        await UntilPath(region, seen => seen?.State == PathState.Degraded);
        for (var session = 0; session < 6; session++) await _cell.Wait(lane.Session($"k{session}").End("by its caller"));
        var ended = _cell.Clock.GetUtcNow();
        await UntilPath(region, seen => seen is null);
        Assert.InRange(_cell.Clock.GetUtcNow() - ended, TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Watch_RoutesAreOrderedAnew_OpenFeedsAreToldOnceAndTheSessionIsNotChanged()
    {
        var (lane, view) = await CreateAsync();
        var region = _cell.Grains.GetGrain<IRegionGrain>(lane.Region);
        var server = view.Session.Server!;
        var seen = new List<SessionView>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var watching = Task.Run(async () =>
        {
            await foreach (var news in lane.Session("k").Watch(0, stop.Token).WithCancellation(stop.Token)) lock (seen) seen.Add(news);
        }, Cancelled);
        await _cell.Until(() => Newest() is not null, "the feed has the session");
        var first = Kinds(Newest()!);
        var rerouted = first.Where(kind => kind != RouteKind.NetworkLoadBalancer).Append(RouteKind.NetworkLoadBalancer).ToList();
        Assert.NotEqual(first, rerouted);

        for (var player = 0; player < 12; player++) await region.NoteRoutes($"s-{player % 4}", Told($"p{player}", PathState.Down, RouteKind.NetworkLoadBalancer));
        await _cell.Until(() => Kinds(Newest()!).SequenceEqual(rerouted), "the feed is told", Step);
        Assert.Equal((view.Session.LastSequence, server), (Newest()!.Session.LastSequence, Newest()!.Session.Server));

        // Nothing more changes until the reports expire; then the first order is told again.
        var told = _cell.Clock.GetUtcNow();
        await _cell.Until(() => Kinds(Newest()!).SequenceEqual(first), "the feed is told again", Step);
        Assert.InRange(_cell.Clock.GetUtcNow() - told, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(120));
        lock (seen) Assert.All(seen.Zip(seen.Skip(1)), pair => Assert.NotEqual(Kinds(pair.First), Kinds(pair.Second)));
        await stop.CancelAsync();
        await Task.WhenAny(watching);

        SessionView? Newest()
        {
            lock (seen) return seen.LastOrDefault();
        }
    }

    [Fact]
    public async Task Watch_AfterTheNewestEvent_TheRoutesAsTheyStandOnce()
    {
        var (lane, view) = await CreateAsync();
        var events = lane.Session("k").Watch(view.Session.LastSequence, Cancelled).GetAsyncEnumerator(Cancelled);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal((view.Session.LastSequence, 2), (events.Current.Session.LastSequence, events.Current.Connections.Count));
        var next = events.MoveNextAsync().AsTask();
        await _cell.Wait(lane.Session("k").End("by its caller"));
        Assert.True(await _cell.Wait(next));
        Assert.Equal(SessionState.Ended, events.Current.Session.State);
        await events.DisposeAsync();
    }

    [Fact]
    public async Task Watch_NothingHappensForALongTime_TheFeedAlwaysHasATokenThatHolds()
    {
        var (lane, view) = await CreateAsync();
        var seen = new List<SessionView>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var watching = Task.Run(async () =>
        {
            await foreach (var news in lane.Session("k").Watch(0, stop.Token).WithCancellation(stop.Token)) lock (seen) seen.Add(news);
        }, Cancelled);
        for (var minute = 1; minute < 58; minute++)
        {
            await _cell.Pass(TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1));
            Assert.Equal((minute, RouteReportOutcome.Taken), (minute, (await Report(lane, "k", Newest().Connections[0], PathState.Healthy)).Outcome));
        }

        // One every five minutes, and none once the tokens last as long as the session.
        lock (seen) Assert.InRange(seen.Count, 9, 13);
        Assert.Equal(view.Session.LastSequence, Newest().Session.LastSequence);
        await stop.CancelAsync();
        await Task.WhenAny(watching);

        SessionView Newest()
        {
            lock (seen) return seen[^1];
        }
    }

    [Fact]
    public async Task Get_WithoutAFeed_EveryAnswerHasTokensWithHalfOfTheirLifeLeft()
    {
        var (lane, view) = await CreateAsync();
        for (var half = 0; half < 2; half++) await _cell.Pass(TimeSpan.FromMinutes(6), TimeSpan.FromSeconds(5));
        Assert.Equal(RouteReportOutcome.ExpiredToken, (await Report(lane, "k", view.Connections[0], PathState.Healthy)).Outcome);
        var fresh = (await _cell.Wait(lane.Session("k").Get()))!.Connections[0];
        await _cell.Pass(TimeSpan.FromMinutes(4), TimeSpan.FromSeconds(5));
        Assert.Equal(fresh.JoinToken, (await _cell.Wait(lane.Session("k").Get()))!.Connections[0].JoinToken);
        await _cell.Pass(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(5));
        Assert.NotEqual(fresh.JoinToken, (await _cell.Wait(lane.Session("k").Get()))!.Connections[0].JoinToken);
        Assert.Equal(RouteReportOutcome.Taken, (await Report(lane, "k", fresh, PathState.Healthy)).Outcome);
    }

    private async Task<(Lane Lane, SessionView View)> CreateAsync()
    {
        var lane = _cell.NewLane();
        await lane.AddServers(lane.ZoneA, 1);
        return (lane, (await lane.Create("k")).View!);
    }

    private static Task<RouteReportReply> Report(Lane lane, string key, PlayerConnection connection, PathState accelerator) =>
        lane.Session(key).ReportRoutes(Told(connection.PlayerId, accelerator), connection.JoinToken);

    private static RouteReport Told(string player, PathState state, RouteKind kind = RouteKind.Accelerator) =>
        new(player, RouteKind.NetworkLoadBalancer, [new PathReport(kind, state, 5, 10, 30)]);

    private async Task<PathStatus?> Path(IRegionGrain region) => (await _cell.Wait(region.GetStatus())).Paths.FirstOrDefault(path => path.Kind == RouteKind.Accelerator);

    private async Task UntilPath(IRegionGrain region, Func<PathStatus?, bool> where)
    {
        while (!where(await Path(region))) await _cell.Pass(TimeSpan.FromSeconds(0.5), Step);
    }

    private static SessionPlayer Player(string id) => new(id, new Dictionary<string, int>());

    private static List<RouteKind> Kinds(SessionView view) => [.. view.Connections[0].Routes.Select(route => route.Kind)];

    private static JoinTokenIssuer Forger()
    {
        var file = System.IO.Path.GetTempFileName();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(file, key.ExportPkcs8PrivateKeyPem());
        var issuer = new JoinTokenIssuer(Options.Create(new FleetManagerOptions { JoinTokenKeyFile = file }));
        File.Delete(file);
        return issuer;
    }
}
