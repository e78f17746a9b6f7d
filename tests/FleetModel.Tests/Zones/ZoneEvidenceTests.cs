using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Zones;
using static FleetSystem.FleetModel.Clusters.ClusterChange;

namespace FleetSystem.FleetModel.Tests.Zones;

public sealed class ZoneEvidenceTests
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(15);

    private readonly ClusterState _state = new();
    private readonly ZoneEvidence _evidence = new(["a", "b"], Window);
    private DateTimeOffset _now = new(2026, 11, 25, 0, 0, 0, TimeSpan.Zero);

    public ZoneEvidenceTests()
    {
        See(new NodesListed([Node("n1"), Node("n2"), Node("n3", "b")]));
        See(new GameServersListed([Server("gs-1"), Server("gs-2", "n3")]));
    }

    [Fact]
    public void Signals_AllIsWell_NodesAndServersByZone() =>
        Assert.Equal([new ZoneSignals("a", Nodes: 2, Servers: 1), new ZoneSignals("b", Nodes: 1, Servers: 1)], Signals());

    [Fact]
    public void Signals_NodesFail_ThoseThatWereReadyAndThoseWithServersAreDown()
    {
        Signals();
        See(new NodeChanged(Node("n2") with { Ready = false }));
        See(new NodeDeleted("n1"));
        See(new NodeChanged(Node("n4") with { Ready = false }));
        Assert.Equal((2, 2), (Signals()[0].Nodes, Signals()[0].NodesDown));
    }

    [Fact]
    public void Signals_NodesOnTheirWayUp_AreNoFailure()
    {
        for (var i = 10; i < 20; i++) See(new NodeChanged(Node($"n{i}") with { Ready = false }));
        Assert.Equal((2, 0), (Signals()[0].Nodes, Signals()[0].NodesDown));
    }

    [Fact]
    public void Signals_NodesAnnounceTheirEnd_AreNoFailure()
    {
        See(new NodeChanged(Node("n1") with { Taints = ["karpenter.sh/disrupted"] }));
        See(new NodeChanged(Node("n2") with { Unschedulable = true }));
        Assert.Equal(0, Signals()[0].NodesDown);
    }

    [Fact]
    public void Observe_ServersFailOrVanish_CountedUntilTheyLeaveTheWindow()
    {
        See(new GameServerChanged(Server("gs-1") with { State = GameServerState.Unhealthy }));
        See(new GameServerDeleted("gs-2", "u-gs-2"));
        Assert.Equal([1, 1], Signals().Select(zone => zone.ServersLost));
        _now += Window - TimeSpan.FromSeconds(1);
        Assert.Equal([1, 1], Signals().Select(zone => zone.ServersLost));
        _now += TimeSpan.FromSeconds(2);
        Assert.Equal([0, 0], Signals().Select(zone => zone.ServersLost));
    }

    [Fact]
    public void Observe_ServersEndInGoodOrder_AreNoFailure()
    {
        See(new GameServerChanged(Server("gs-1") with { Deleting = true }));
        See(new GameServerDeleted("gs-1", "u-gs-1"));
        See(new GameServerChanged(Server("gs-2", "n3") with { State = GameServerState.Shutdown }));
        See(new GameServerDeleted("gs-2", "u-gs-2"));
        Assert.Equal([0, 0], Signals().Select(zone => zone.ServersLost));
    }

    [Fact]
    public void Observe_ServerFailsOnADeadNode_CountsAsTheNodesFailureAlone()
    {
        See(new NodeChanged(Node("n1") with { Ready = false }));
        See(new GameServerChanged(Server("gs-1") with { State = GameServerState.Unhealthy }));
        Assert.Equal((1, 0), (Signals()[0].NodesDown, Signals()[0].ServersLost));
    }

    [Fact]
    public void Claimed_OutcomesByZone_CountedWithinTheWindow()
    {
        _evidence.Claimed("a", failed: false, _now);
        _evidence.Claimed("a", failed: true, _now);
        _evidence.NotTakenUp("a", _now);
        _evidence.Claimed("elsewhere", failed: true, _now);
        Assert.Equal((2, 2), (Signals()[0].Claims, Signals()[0].ClaimsFailed));
        _now += Window + TimeSpan.FromSeconds(1);
        Assert.Equal((0, 0), (Signals()[0].Claims, Signals()[0].ClaimsFailed));
    }

    private IReadOnlyList<ZoneSignals> Signals() => _evidence.Signals(_state, _now);

    private void See(ClusterChange change)
    {
        _evidence.Observe(_state, change, _now);
        _state.Apply(change);
    }

    private static NodeSnapshot Node(string name, string zone = "a") => new() { Name = name, Zone = zone, Ready = true };

    private static GameServerSnapshot Server(string name, string node = "n1") => new() { Name = name, Uid = $"u-{name}", Fleet = "arena", State = GameServerState.Ready, Node = node };
}
