using System.Net;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Kubernetes;
using FleetSystem.LocalCloud.Nodes;

namespace FleetSystem.LocalCloud.Tests.Agones;

public sealed class PlacementTests
{
    private static readonly PortRequest[] OnePort = [new(null)];
    private readonly ObjectStore _store = new(TimeProvider.System, new IdSource(1));

    [Fact]
    public void TryPlace_ThreeServersOverUnequalZones_EachZoneGetsOne()
    {
        AddNodes(("a-0", "a"), ("a-1", "a"), ("a-2", "a"), ("b-0", "b"), ("c-0", "c"));
        var placement = NewPlacement();

        var nodes = Place(placement, 3);

        Assert.Equal(["a-0", "b-0", "c-0"], nodes);
    }

    [Fact]
    public void TryPlace_SecondFleet_GetsItsOwnShareOfEachZone()
    {
        AddNodes(("a-0", "a"), ("b-0", "b"));
        var placement = NewPlacement();
        Place(placement, 3, "one");

        var nodes = Place(placement, 2, "two");

        Assert.Equal(["a-0", "b-0"], nodes);
    }

    [Fact]
    public void TryPlace_WithinAZone_FewestServersThenName()
    {
        AddNodes(("a-0", "a"), ("a-1", "a"));

        Assert.Equal(["a-0", "a-1", "a-0", "a-1"], Place(NewPlacement(), 4));
    }

    [Fact]
    public void TryPlace_NodesThatShareAnAddress_NeverShareAPort()
    {
        AddNode("a-0", "a", "127.0.0.1");
        AddNode("b-0", "b", "127.0.0.1");
        var placement = NewPlacement(ports: 4);

        var ports = Enumerable.Range(0, 4).Select(i => Assert.Single(placement.TryPlace(Server($"s{i}"), OnePort)!)).ToList();

        Assert.Equal(4, ports.Distinct().Count());
        Assert.Null(placement.TryPlace(Server("s4"), OnePort));
    }

    [Fact]
    public void Release_AServerWaits_ItIsTriedAgain()
    {
        AddNodes(("a-0", "a"));
        var placement = NewPlacement(ports: 1);
        var tried = new List<string>();
        placement.OnRoom = tried.Add;
        var first = Server("first");
        placement.TryPlace(first, OnePort);
        Assert.Null(placement.TryPlace(Server("second"), OnePort));

        placement.Release(first.Key);

        Assert.Equal(["default/second"], tried);
        Assert.NotNull(placement.TryPlace(Server("second"), OnePort));
    }

    [Fact]
    public void TryPlace_PortJustReleased_IsGivenOutLast()
    {
        AddNodes(("a-0", "a"));
        var placement = NewPlacement(ports: 3);
        var first = Server("first");
        var released = placement.TryPlace(first, OnePort)![0];
        placement.Release(first.Key);

        var next = Enumerable.Range(0, 3).Select(i => placement.TryPlace(Server($"s{i}"), OnePort)![0]).ToList();

        Assert.Equal(released, next[^1]);
    }

    [Fact]
    public void NodeFor_NodeCordonedSincePortsWereTaken_AnotherNodeWithTheSamePorts()
    {
        AddNodes(("a-0", "a"), ("a-1", "a"));
        var placement = NewPlacement();
        var server = Server("s");
        var ports = placement.TryPlace(server, OnePort);
        Assert.Equal("a-0", placement.NodeFor(server, OnePort));

        _store.Update(CoreKinds.Node, "a-0", body =>
        {
            body.Ensure("spec")["unschedulable"] = true;
            return true;
        });

        Assert.Equal("a-1", placement.NodeFor(server, OnePort));
        Assert.Equal(ports, placement.TryPlace(server, OnePort));
    }

    [Fact]
    public void TryPlace_StaticPort_NodeWhereItIsFree()
    {
        AddNodes(("a-0", "a"), ("a-1", "a"));
        var placement = NewPlacement();
        PortRequest[] fixedPort = [new(9000)];
        var (first, second) = (Server("s0"), Server("s1"));

        placement.TryPlace(first, fixedPort);
        placement.TryPlace(second, fixedPort);

        Assert.Equal(["a-0", "a-1"], [placement.NodeFor(first, fixedPort), placement.NodeFor(second, fixedPort)]);
        Assert.Null(placement.TryPlace(Server("s2"), fixedPort));
    }

    private Placement NewPlacement(int ports = 100) => new(_store, new HostPortRange(7000, 7000 + ports - 1), HostPortRange.Simulated);

    private List<string?> Place(Placement placement, int count, string fleet = "arena") => [.. Enumerable.Range(0, count).Select(i =>
    {
        var server = Server($"{fleet}-{i}", fleet);
        placement.TryPlace(server, OnePort);
        return placement.NodeFor(server, OnePort);
    })];

    private void AddNodes(params (string Name, string Zone)[] nodes)
    {
        for (var i = 0; i < nodes.Length; i++) AddNode(nodes[i].Name, nodes[i].Zone, $"127.0.0.{i + 1}");
    }

    private void AddNode(string name, string zone, string address) =>
        _store.Create(CoreKinds.Node, NodeObjects.Create(new LocalNode(name, zone, "r", IPAddress.Parse(address)), DateTimeOffset.UnixEpoch));

    private StoredObject Server(string name, string fleet = "arena")
    {
        if (_store.Get(AgonesKinds.GameServer, "default/" + name) is { } known) return known;
        return _store.Create(AgonesKinds.GameServer, (JsonObject)JsonNode.Parse($$"""
            {"metadata": {"name": "{{name}}", "namespace": "default", "labels": {"agones.dev/fleet": "{{fleet}}"} }, "spec": {}, "status": {"state": "PortAllocation"} }
            """)!);
    }
}
