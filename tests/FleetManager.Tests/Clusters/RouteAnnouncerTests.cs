using System.Collections.Frozen;
using FleetSystem.FleetManager.Clusters;
using FleetSystem.FleetManager.Tests.Sessions.Cell;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Routing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.FleetManager.Tests.Clusters;

/// <summary>Allocated servers are told by an annotation when their region's routes are ordered anew.</summary>
public sealed class RouteAnnouncerTests : IAsyncDisposable
{
    private const string AcceleratorDown =
        """[{"kind":"networkLoadBalancer","state":"healthy"},{"kind":"direct","state":"healthy"},{"kind":"accelerator","state":"down"}]""";

    private const string AllHealthy =
        """[{"kind":"accelerator","state":"healthy"},{"kind":"networkLoadBalancer","state":"healthy"},{"kind":"direct","state":"healthy"}]""";

    private readonly FakeAgonesCluster _cluster = new("blue", new FakeTimeProvider());
    private readonly ClusterState _state = new();
    private readonly SetEdge _edge = new();
    private int _writes;

    public RouteAnnouncerTests() => _cluster.OnChange = _ =>
    {
        _writes++;
        return Task.CompletedTask;
    };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_NothingIsWrong_NothingIsReadOrWritten()
    {
        Add(3, GameServerState.Allocated);
        _cluster.IsUnreachable = call => throw new InvalidOperationException($"It called '{call}'.");
        await Announcer(batch: 4).RunAsync(Cancelled);
        _edge.Set(PathState.Healthy);
        await Announcer(batch: 4).RunAsync(Cancelled);
    }

    [Fact]
    public async Task Run_PathDownAndBack_AllocatedServersAreToldInBatchesAndEachOnce()
    {
        Add(10, GameServerState.Allocated);
        var announcer = Announcer(batch: 4);
        await announcer.RunAsync(Cancelled);
        _edge.Set(PathState.Down);
        foreach (var expected in new[] { 4, 8, 10, 10 })
        {
            await announcer.RunAsync(Cancelled);
            Assert.Equal(expected, _writes);
        }

        Assert.All(await Announced(), text => Assert.Equal(AcceleratorDown, text));
        _edge.Set(PathState.Healthy);
        for (var run = 0; run < 3; run++) await announcer.RunAsync(Cancelled);
        Assert.Equal(20, _writes);
        Assert.All(await Announced(), text => Assert.Equal(AllHealthy, text));
    }

    [Fact]
    public async Task Run_ReadyServers_AreLeftAlone()
    {
        Add(3, GameServerState.Ready);
        _edge.Set(PathState.Down);
        await Announcer(batch: 4).RunAsync(Cancelled);
        Assert.All(await Announced(), Assert.Null);
    }

    [Fact]
    public async Task Run_AnotherOwnerHasToldThem_NothingIsWritten()
    {
        Add(3, GameServerState.Allocated);
        _edge.Set(PathState.Down);
        await Announcer(batch: 4).RunAsync(Cancelled);
        await Announcer(batch: 4).RunAsync(Cancelled);
        Assert.Equal(3, _writes);
    }

    [Fact]
    public async Task Run_ChangesBeforeAllAreTold_TheNewestIsWritten()
    {
        Add(8, GameServerState.Allocated);
        var announcer = Announcer(batch: 4);
        _edge.Set(PathState.Down);
        await announcer.RunAsync(Cancelled);
        _edge.Set(PathState.Healthy);
        for (var run = 0; run < 4; run++) await announcer.RunAsync(Cancelled);
        Assert.All(await Announced(), text => Assert.Equal(AllHealthy, text));
    }

    [Fact]
    public async Task Run_ClusterAway_TriedAgainLater()
    {
        Add(2, GameServerState.Allocated);
        var announcer = Announcer(batch: 4);
        _edge.Set(PathState.Down);
        _cluster.IsUnreachable = _ => true;
        await announcer.RunAsync(Cancelled);
        _cluster.IsUnreachable = _ => false;
        await announcer.RunAsync(Cancelled);
        Assert.All(await Announced(), text => Assert.Equal(AcceleratorDown, text));
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private RouteAnnouncer Announcer(int batch) =>
        new("blue", "seoul", _cluster, _state, _edge, [new FleetOptions { Id = "arena" }], batch, NullLogger<RouteAnnouncer>.Instance);

    private void Add(int servers, GameServerState state)
    {
        _cluster.AddNode("n1", "a");
        for (var i = 0; i < servers; i++)
        {
            var name = _cluster.AddServer("n1");
            _cluster.Change(name, known => known with { State = state });
        }

        _state.Apply(new ClusterChange.NodesListed([new NodeSnapshot { Name = "n1", Zone = "a", Ready = true }]));
        _state.Apply(new ClusterChange.GameServersListed(_cluster.Servers));
    }

    private async Task<IReadOnlyList<string?>> Announced() =>
        [.. (await Task.WhenAll(_cluster.Servers.Select(server => _cluster.ReadAsync(server.Name, Cancelled)))).Select(read => read!.Status.Annotations.GetValueOrDefault(AgonesKeys.Routes))];

    private sealed class SetEdge : IEdge
    {
        private RegionEdge _view = new() { Region = "seoul" };

        public long Version { get; private set; }

        public RegionEdge View(string region) => _view;

        public Task ChangedAsync(long known, CancellationToken cancellationToken) => throw new NotSupportedException();

        public void Set(PathState accelerator)
        {
            _view = _view with { Paths = new Dictionary<RouteKind, PathHealth> { [RouteKind.Accelerator] = PathHealth.Unprobed(default) with { State = accelerator } }.ToFrozenDictionary() };
            Version++;
        }
    }
}
