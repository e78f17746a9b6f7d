using System.Collections.Frozen;
using System.Net;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Routing;

namespace FleetSystem.FleetModel.Tests.Routing;

public sealed class RoutePlannerTests
{
    private const string Address = "10.0.0.1";
    private const int Port = 7777;
    private const string Token = "dG9rZW4tdG9rZW4tdG9rZQ==";

    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Plan_AllHealthy_AcceleratorThenLoadBalancerThenDirect()
    {
        var routes = RoutePlanner.Plan(Edge(), All, Address, Port, Token);
        Assert.Equal([RouteKind.Accelerator, RouteKind.NetworkLoadBalancer, RouteKind.Direct], routes.Select(route => route.Kind));
        Assert.Equal(["75.2.0.1", "99.83.0.1"], routes[0].Addresses);
        Assert.Equal([(20_001, (string?)null), (9000, Token), (Port, null)], routes.Select(route => (route.Port, route.RoutingToken)));
        Assert.Equal([Address], routes[2].Addresses);
    }

    [Theory]
    [InlineData(PathState.Down, "NetworkLoadBalancer,Direct,Accelerator")]
    [InlineData(PathState.Degraded, "NetworkLoadBalancer,Direct,Accelerator")]
    [InlineData(PathState.Healthy, "Accelerator,NetworkLoadBalancer,Direct")]
    public void Plan_AcceleratorInAState_ComesInItsTurnButIsNeverLeftOut(PathState state, string order) =>
        Assert.Equal(order, Kinds(RoutePlanner.Plan(Edge((RouteKind.Accelerator, state)), All, Address, Port, Token)));

    [Theory]
    [InlineData(PathState.Healthy, PathState.Degraded)]
    [InlineData(PathState.Degraded, PathState.Degraded)]
    [InlineData(PathState.Down, PathState.Down)]
    public void StateOf_SuspectedByPlayers_DegradedWhereProbesFindNothingAndNeverDown(PathState probed, PathState expected)
    {
        var edge = Edge((RouteKind.Accelerator, probed)) with { Reported = Suspected(RouteKind.Accelerator) };
        Assert.Equal(expected, edge.StateOf(RouteKind.Accelerator));
    }

    [Fact]
    public void Plan_SuspectedByPlayersAndNotProbed_ComesAfterTheOthers()
    {
        var edge = Edge() with { Reported = Suspected(RouteKind.Accelerator) };
        Assert.Equal("NetworkLoadBalancer,Direct,Accelerator", Kinds(RoutePlanner.Plan(edge, All, Address, Port, Token)));
        Assert.False(edge.LeadsAs(Edge()));
    }

    [Fact]
    public void IsSame_OtherOrderOfAddresses_IsNot()
    {
        var plan = RoutePlanner.Plan(Edge(), All, Address, Port, Token);
        Assert.True(RoutePlanner.IsSame(plan, RoutePlanner.Plan(Edge(), All, Address, Port, Token)));
        Assert.False(RoutePlanner.IsSame(plan, [plan[0] with { Addresses = [.. plan[0].Addresses.Reverse()] }, .. plan.Skip(1)]));
    }

    [Theory]
    [InlineData(PathState.Healthy)]
    [InlineData(PathState.Down)]
    public void Plan_ForcedKind_FirstWhateverItsStateAndNoOtherIsHidden(PathState state) =>
        Assert.Equal("NetworkLoadBalancer,Accelerator,Direct", Kinds(RoutePlanner.Plan(
            Edge((RouteKind.NetworkLoadBalancer, state)) with { Forced = new ForcedRoute(RouteKind.NetworkLoadBalancer, Now) }, All, Address, Port, Token)));

    [Fact]
    public void Plan_ForcedKindThatTheFleetDoesNotAllow_NotThere() =>
        Assert.Equal("Accelerator,Direct", Kinds(RoutePlanner.Plan(
            Edge() with { Forced = new ForcedRoute(RouteKind.NetworkLoadBalancer, Now) }, [RouteKind.Accelerator, RouteKind.Direct], Address, Port, Token)));

    [Fact]
    public void Plan_OneDownOneDegraded_DegradedBeforeDown() =>
        Assert.Equal("Direct,NetworkLoadBalancer,Accelerator", Kinds(RoutePlanner.Plan(
            Edge((RouteKind.Accelerator, PathState.Down), (RouteKind.NetworkLoadBalancer, PathState.Degraded)), All, Address, Port, Token)));

    [Fact]
    public void Plan_FleetNamesKinds_OnlyThoseInItsOrder() =>
        Assert.Equal("Direct,Accelerator", Kinds(RoutePlanner.Plan(Edge(), [RouteKind.Direct, RouteKind.Accelerator], Address, Port, Token)));

    [Theory]
    [InlineData("10.0.0.2", Port)]
    [InlineData(Address, 7778)]
    public void Plan_ServerThatTheMappingDoesNotKnow_AcceleratorIsLeftOut(string address, int port) =>
        Assert.Equal("NetworkLoadBalancer,Direct", Kinds(RoutePlanner.Plan(Edge(), All, address, port, Token)));

    [Fact]
    public void Plan_NoMappingNoLoadBalancer_OnlyDirect() =>
        Assert.Equal("Direct", Kinds(RoutePlanner.Plan(new RegionEdge { Region = "r" }, All, Address, Port, Token)));

    [Theory]
    [InlineData("", Port)]
    [InlineData(Address, 0)]
    [InlineData(Address, -1)]
    [InlineData(Address, 65536)]
    public void Plan_ServerWithoutAddressOrPort_NoRouteLeadsToPortZero(string address, int port)
    {
        var routes = RoutePlanner.Plan(Edge(), All, address, port, Token);
        Assert.Equal("NetworkLoadBalancer", Kinds(routes));
        Assert.All(routes, route => Assert.InRange(route.Port, 1, 65535));
    }

    [Fact]
    public void Plan_MappingWithARowForPortZero_AcceleratorIsLeftOut()
    {
        var edge = Edge() with { Accelerator = AcceleratorMapping.Create(1, ["75.2.0.1"], [new(IPAddress.Parse(Address), Port, 0)]) };
        Assert.Equal("NetworkLoadBalancer,Direct", Kinds(RoutePlanner.Plan(edge, All, Address, Port, Token)));
    }

    [Fact]
    public void Plan_OpenedForEachServer_OnlyForThisOneItIsAWayIn()
    {
        var server = RoutableServer.KeyOf("blue", "gs-1");
        var open = AcceleratorOpenings.Of(1, [new(Destination.Of(IPAddress.Parse(Address), Port), 1, server, 1, false, OpeningState.Open, Now)]);
        Assert.Equal("Accelerator,NetworkLoadBalancer,Direct", Kinds(RoutePlanner.Plan(Edge() with { Openings = open }, All, Address, Port, Token, server)));
        Assert.Equal("NetworkLoadBalancer,Direct", Kinds(RoutePlanner.Plan(Edge() with { Openings = open }, All, Address, Port, Token, RoutableServer.KeyOf("blue", "gs-2"))));
        Assert.Equal("NetworkLoadBalancer,Direct", Kinds(RoutePlanner.Plan(Edge() with { Openings = AcceleratorOpenings.None }, All, Address, Port, Token, server)));
    }

    [Fact]
    public void Plan_OverTcp_ByHowThePathsDoOverTcpAndByUdpWhereThatIsNotProbed()
    {
        var down = new[] { PathHealth.Unprobed(Now) with { State = PathState.Down } }.ToFrozenDictionary(_ => RouteKind.Accelerator);
        var tcp = new FleetOptions { Protocol = GameProtocol.Tcp };
        Assert.Equal("Direct,Accelerator", Kinds(RoutePlanner.Plan((Edge() with { TcpPaths = down }).Over(tcp.Protocol), tcp.RouteOrder, Address, Port, Token)));
        Assert.Equal("Direct,Accelerator", Kinds(RoutePlanner.Plan((Edge() with { Paths = down }).Over(tcp.Protocol), tcp.RouteOrder, Address, Port, Token)));
        Assert.Equal("Accelerator,NetworkLoadBalancer,Direct", Kinds(RoutePlanner.Plan((Edge() with { TcpPaths = down }).Over(GameProtocol.Udp), All, Address, Port, Token)));

        // Feeds are told when either changes.
        Assert.False(Edge().LeadsAs(Edge() with { TcpPaths = down }));
    }

    [Fact]
    public void Plan_OneAcceleratorAddressIsDown_TheOtherComesFirstAndBothStay()
    {
        var down = PathHealth.Unprobed(Now) with { State = PathState.Down };
        var edge = Edge() with { AcceleratorAddresses = new Dictionary<string, PathHealth> { ["75.2.0.1"] = down }.ToFrozenDictionary() };
        Assert.Equal(["99.83.0.1", "75.2.0.1"], RoutePlanner.Plan(edge, All, Address, Port, Token)[0].Addresses);
    }

    [Fact]
    public void Plan_UnknownKind_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RoutePlanner.Plan(Edge(), [(RouteKind)9], Address, Port, Token));

    private static readonly IReadOnlyList<RouteKind> All = new FleetOptions().RouteOrder;

    private static FrozenDictionary<RouteKind, PathVerdict> Suspected(RouteKind kind) =>
        new[] { new PathVerdict(kind, true, Now, 10, 10, 1, 1, 0, Now, Now) }.ToFrozenDictionary(verdict => verdict.Kind);

    private static string Kinds(IEnumerable<Route> routes) => string.Join(',', routes.Select(route => route.Kind));

    private static RegionEdge Edge(params (RouteKind Kind, PathState State)[] paths) => new()
    {
        Region = "r",
        Accelerator = AcceleratorMapping.Create(1, ["75.2.0.1", "99.83.0.1"], [new(IPAddress.Parse(Address), Port, 20_001)]),
        LoadBalancerAddress = "nlb.example",
        LoadBalancerPort = 9000,
        Paths = paths.ToFrozenDictionary(path => path.Kind, path => PathHealth.Unprobed(Now) with { State = path.State }),
    };
}
