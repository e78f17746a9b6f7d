using FleetSystem.FleetManager.Clusters;
using FleetSystem.FleetManager.Tests.Sessions.Cell;
using FleetSystem.FleetModel.Clusters;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.FleetManager.Tests.Clusters;

public sealed class ZoneLabellerTests : IAsyncDisposable
{
    private readonly FakeAgonesCluster _cluster = new("blue", new FakeTimeProvider());
    private readonly ClusterState _state = new();

    [Fact]
    public async Task Run_ManyUnlabelledServers_OneBatchARunAndEachServerOnce()
    {
        Add(10, labelled: false);
        var labeller = Labeller(batch: 4);
        foreach (var expected in new[] { 4, 8, 10, 10 })
        {
            // The watch is slow: what was labelled still lacks its labels in the state.
            await labeller.RunAsync(TestContext.Current.CancellationToken);
            Assert.Equal(expected, _cluster.Labelled.Count);
        }

        Assert.Equal(10, _cluster.Labelled.Distinct().Count());
        Assert.All(_cluster.Servers, server => Assert.Equal(("a", true), (server.ZoneLabel, server.NodeLabelled)));
    }

    [Fact]
    public async Task Run_TemplateCarriesBothLabels_NothingIsWritten()
    {
        Add(3, labelled: true);
        await Labeller(batch: 4).RunAsync(TestContext.Current.CancellationToken);
        Assert.Empty(_cluster.Labelled);
    }

    [Fact]
    public async Task Run_TemplateCarriesTheZone_TheNodeIsAddedAndTheZoneStays()
    {
        Add(1, labelled: false);
        var server = _cluster.Servers[0];
        _cluster.Change(server.Name, known => known with { ZoneLabel = "from-the-template" });
        _state.Apply(new ClusterChange.GameServerChanged(_cluster.Server(server.Name)));
        await Labeller(batch: 4).RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(("from-the-template", true), (_cluster.Server(server.Name).ZoneLabel, _cluster.Server(server.Name).NodeLabelled));
    }

    [Fact]
    public async Task Run_ClusterAway_TriedAgainLater()
    {
        Add(2, labelled: false);
        var labeller = Labeller(batch: 4);
        _cluster.IsUnreachable = _ => true;
        await labeller.RunAsync(TestContext.Current.CancellationToken);
        Assert.Empty(_cluster.Labelled);
        _cluster.IsUnreachable = _ => false;
        await labeller.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(2, _cluster.Labelled.Count);
    }

    [Theory]
    [InlineData(GameServerState.Scheduled)]
    [InlineData(GameServerState.Allocated)]
    public async Task Run_NotReady_Left(GameServerState state)
    {
        Add(1, labelled: false);
        _state.Apply(new ClusterChange.GameServerChanged(_cluster.Servers[0] with { State = state }));
        await Labeller(batch: 4).RunAsync(TestContext.Current.CancellationToken);
        Assert.Empty(_cluster.Labelled);
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private ZoneLabeller Labeller(int batch) => new("blue", _cluster, _state, batch, NullLogger<ZoneLabeller>.Instance);

    private void Add(int servers, bool labelled)
    {
        _cluster.AddNode("n1", "a");
        for (var i = 0; i < servers; i++) _cluster.AddServer("n1", labelled: labelled);
        _state.Apply(new ClusterChange.NodesListed([new NodeSnapshot { Name = "n1", Zone = "a", Ready = true }]));
        _state.Apply(new ClusterChange.GameServersListed(_cluster.Servers));
    }
}
