using System.Net;
using FleetSystem.FleetManager.Regions;
using FleetSystem.FleetManager.Tests.Sessions.Cell;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Operations;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetManager.Tests.Regions;

/// <summary>The accelerator is opened to each server and shut again: from the clusters' servers to the players' routes, through failures and crashes.</summary>
public sealed class ServerTrafficTests : IAsyncLifetime
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ReopenAfter = TimeSpan.FromSeconds(10);

    private readonly TestCell _cell = new(
        regions: 2,
        configure: options => options.ServerTraffic.ReopenAfter = ReopenAfter,
        system: system =>
        {
            foreach (var region in system.Regions) region.Accelerator!.Traffic = AcceleratorTraffic.PerServer;
        });

    public async ValueTask InitializeAsync()
    {
        _cell.Accelerators.Rows =
        [
            .. from host in Enumerable.Range(0, 32)
               select new AcceleratorPort(IPAddress.Parse($"10.1.0.{host}"), (ushort)(7000 + host - 1), (ushort)(20_000 + host), "arn:group", "subnet-a"),
        ];
        await _cell.StartAsync();
    }

    public ValueTask DisposeAsync() => _cell.DisposeAsync();

    [Fact]
    public async Task Servers_ReadyThenGone_OpenedAndShutAndTheRouteIsThereOnceItIsOpen()
    {
        var lane = _cell.NewLane();
        var server = (await lane.AddServers(lane.ZoneA, 1))[0];
        await UntilOpen(lane, 1);
        await lane.Create("k");
        await UntilRoutes(lane, "k", "Accelerator,NetworkLoadBalancer,Direct");
        await UntilSettled(lane);
        Assert.Equal(new ServerTrafficStatus(1, 0, 0, 0, TrafficState.Settled, default, null), await StatusOf(lane));

        Assert.True(lane.Blue.Delete(server));
        await _cell.Until(() => Allowed(lane).Count == 0, "the destination is shut", Step);
        Assert.Equal([true, false], Calls(lane).Select(call => call.Allow));
    }

    [Fact]
    public async Task Servers_TheApiIsAway_SessionsAreServedByTheOtherRoutesAndTheAcceleratorComesBack()
    {
        var lane = _cell.NewLane();
        await UntilMapped(lane);
        _cell.Accelerators.IsAway = true;
        await lane.AddServers(lane.ZoneA, 1);
        await _cell.Pass(TimeSpan.FromSeconds(5), Step);
        Assert.Equal(CreateOutcome.Created, (await lane.Create("k")).Outcome);
        Assert.Equal("NetworkLoadBalancer,Direct", await Routes(lane, "k"));
        var status = await StatusOf(lane);
        Assert.Equal((TrafficState.Failing, 0, 1), (status.State, status.Open, status.Opening));
        Assert.Contains("away", status.LastError, StringComparison.Ordinal);

        _cell.Accelerators.IsAway = false;
        await UntilRoutes(lane, "k", "Accelerator,NetworkLoadBalancer,Direct");
        Assert.Null((await StatusOf(lane)).LastError);
    }

    [Fact]
    public async Task Servers_AnotherAtTheSameAddressAndPort_NoRouteUntilItWasShutAndHasRested()
    {
        var lane = _cell.NewLane();
        await lane.AddServers(lane.ZoneA, 1);
        await UntilOpen(lane, 1);
        await lane.Create("before");
        await _cell.Pass(TimeSpan.FromSeconds(2), Step);
        var snapshot = lane.Blue.Servers.Single();
        await _cell.Wait(lane.Session("before").End("over"));
        var second = lane.Blue.AddServer(snapshot.Node);
        lane.Blue.Change(second, server => server with { Address = snapshot.Address, Port = snapshot.Port });

        // Whatever the accelerator still lets through was opened for the one before.
        await lane.UntilKnown(lane.Blue);
        await lane.Create("after");
        Assert.Equal("NetworkLoadBalancer,Direct", await Routes(lane, "after"));
        await _cell.Until(() => Calls(lane).Count == 2, "the old one's destination is shut", Step);
        var shutAt = _cell.Clock.GetUtcNow();
        await UntilRoutes(lane, "after", "Accelerator,NetworkLoadBalancer,Direct");
        Assert.InRange(_cell.Clock.GetUtcNow() - shutAt, ReopenAfter - TimeSpan.FromSeconds(1), ReopenAfter * 3);
        Assert.Equal([true, false, true], Calls(lane).Select(call => call.Allow));
    }

    [Fact]
    public async Task Crash_BetweenTheStoreAndTheAnswer_TheNextActivationShutsWhatIsNotWantedAnyMore()
    {
        var lane = _cell.NewLane();
        await UntilMapped(lane);

        // The call is carried out, and its answer is lost with the silo.
        var allowed = new TaskCompletionSource();
        _cell.Accelerators.OnTraffic = (accelerator, batch, allow) =>
        {
            foreach (var destination in batch.Destinations) _cell.Accelerators.AllowedBy(accelerator)[destination] = allow;
            allowed.TrySetResult();
            return new AcceleratorUnavailableException("the answer was lost", null);
        };
        var server = (await lane.AddServers(lane.ZoneA, 1))[0];
        await _cell.Until(() => allowed.Task.IsCompleted, "the call is made", Step);
        Assert.Equal(OpeningState.Opening, Assert.Single(Stored(lane)).State);
        await _cell.KillAsync();
        Assert.Single(Allowed(lane));

        lane.Blue.Delete(server);
        _cell.Accelerators.OnTraffic = (_, _, _) => null;
        await _cell.StartAsync();
        await _cell.Until(() => Allowed(lane).Count == 0, "what is open is shut", Step);
        await _cell.Until(() => Stored(lane).Count == 0, "nothing is left in the store", Step);
    }

    [Fact]
    public async Task Crash_WithServersThatPlayersAreOn_TheyAreOpenFromTheStartWithoutACall()
    {
        var lane = _cell.NewLane();
        await lane.AddServers(lane.ZoneA, 1);
        await UntilOpen(lane, 1);
        await lane.Create("k");
        await UntilRoutes(lane, "k", "Accelerator,NetworkLoadBalancer,Direct");
        await _cell.KillAsync();
        _cell.Accelerators.IsAway = true;
        var calls = Calls(lane).Count;
        await _cell.StartAsync();
        await UntilRoutes(lane, "k", "Accelerator,NetworkLoadBalancer,Direct");
        Assert.Equal(calls, Calls(lane).Count);
    }

    [Fact]
    public async Task Servers_TheStoreFails_NothingIsOpenedBeforeItIsKnown()
    {
        var lane = _cell.NewLane();
        await UntilMapped(lane);
        _cell.Store.OnWrite = (state, _) => Task.FromResult(state == ServerTrafficState.Name ? WriteFault.NotStored : WriteFault.None);
        await lane.AddServers(lane.ZoneA, 1);
        await _cell.Pass(TimeSpan.FromSeconds(5), Step);
        Assert.Empty(Calls(lane));
        _cell.Store.OnWrite = (_, _) => Task.FromResult(WriteFault.None);
        await UntilOpen(lane, 1);
    }

    [Fact]
    public async Task Servers_OneCallIsRefused_TheOthersAreOpenedAllTheSame()
    {
        var lane = _cell.NewLane();
        await UntilMapped(lane);
        var refused = Destination.Of(IPAddress.Parse("10.1.0.2"), 7001);
        _cell.Accelerators.OnTraffic = (_, batch, _) => batch.Destinations.Contains(refused) ? new AcceleratorUnavailableException("no such subnet", null) { IsRefusal = true } : null;
        await lane.AddServers(lane.ZoneA, 3);
        await _cell.Until(() => Allowed(lane).Count == 2, "the others are open", Step);
        Assert.Contains("no such subnet", (await StatusOf(lane)).LastError, StringComparison.Ordinal);
        _cell.Accelerators.OnTraffic = (_, _, _) => null;
        await _cell.Until(() => Allowed(lane).Count == 3, "it is tried again", TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Refresh_SomethingIsOpenThatNobodyHereOpened_Shut()
    {
        var lane = _cell.NewLane();
        await lane.AddServers(lane.ZoneA, 1);
        await UntilOpen(lane, 1);
        var stray = Destination.Of(IPAddress.Parse("10.1.0.9"), 7008);
        _cell.Accelerators.AllowedBy(Accelerator(lane))[stray] = true;
        await _cell.Until(() => !Allowed(lane).Contains(stray), "the stray is shut", TimeSpan.FromSeconds(1));
        Assert.Single(Allowed(lane));
    }

    private static string Accelerator(Lane lane) => $"arn:aws:globalaccelerator::1:accelerator/{lane.Region}";

    private IReadOnlyCollection<Destination> Allowed(Lane lane) => [.. _cell.Accelerators.AllowedBy(Accelerator(lane)).Keys];

    private List<(string Accelerator, Destination Destination, bool Allow)> Calls(Lane lane) => [.. _cell.Accelerators.TrafficCalls.Where(call => call.Accelerator == Accelerator(lane))];

    private IReadOnlyList<ServerOpening> Stored(Lane lane) =>
        ServerOpening.Import(_cell.Store.Stored<ServerTrafficState>(ServerTrafficState.Name, _cell.Grains.GetGrain<IRegionGrain>(lane.Region))?.Openings ?? []);

    private Task UntilOpen(Lane lane, int count) => _cell.Until(() => Stored(lane).Count(opening => opening.State == OpeningState.Open) == count, $"{count} destinations are open", Step);

    private async Task UntilMapped(Lane lane)
    {
        while ((await _cell.Wait(_cell.Grains.GetGrain<IRegionGrain>(lane.Region).GetEdge(new KnownEdge(0, 0)))).Mapping is null) await _cell.Pass(Step, Step);
    }

    private async Task<ServerTrafficStatus> StatusOf(Lane lane) =>
        (await _cell.Wait(_cell.Grains.GetGrain<IRegionGrain>(lane.Region).GetStatus())).ServerTraffic! with { Since = default };

    /// <summary>A round that has opened something says so; the next finds that nothing is left to do.</summary>
    private async Task UntilSettled(Lane lane)
    {
        for (var late = _cell.Clock.GetUtcNow() + TimeSpan.FromMinutes(5); (await StatusOf(lane)).State != TrafficState.Settled;)
        {
            Assert.True(_cell.Clock.GetUtcNow() < late, "it does not settle");
            await _cell.Pass(Step, Step);
        }
    }

    private async Task<string> Routes(Lane lane, string key) =>
        string.Join(',', (await _cell.Wait(lane.Session(key).Get()))!.Connections[0].Routes.Select(route => route.Kind));

    private async Task UntilRoutes(Lane lane, string key, string routes)
    {
        for (var late = _cell.Clock.GetUtcNow() + TimeSpan.FromMinutes(5); ;)
        {
            var now = await Routes(lane, key);
            if (now == routes) return;
            Assert.True(_cell.Clock.GetUtcNow() < late, $"the routes are {now}");
            await _cell.Pass(Step, Step);
        }
    }
}
