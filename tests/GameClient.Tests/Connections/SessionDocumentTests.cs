namespace FleetSystem.GameClient.Tests.Connections;

public sealed class SessionDocumentTests
{
    private const string Connection =
        """
        {"playerId":"p1","routes":[
          {"kind":"accelerator","addresses":["127.100.0.1","127.100.0.2"],"port":12345,"routingToken":null},
          {"kind":"networkLoadBalancer","addresses":["fleet-1.elb.ap-northeast-2.amazonaws.com"],"port":7777,"routingToken":"BwcH"},
          {"kind":"direct","addresses":["2001:db8::7"],"port":7302}],"joinToken":"a.b.c"}
        """;

    [Fact]
    public void Parse_ConnectionOfThePlayersApi_TakesRoutesAndToken()
    {
        var connection = SessionConnection.Parse(Connection, "s-1", 3);

        Assert.Equal(("s-1", 3, "p1", "a.b.c"), (connection.SessionId, connection.Incarnation, connection.PlayerId, connection.JoinToken));
        Assert.Equal([RouteKind.Accelerator, RouteKind.NetworkLoadBalancer, RouteKind.Direct], connection.Routes.Select(route => route.Kind));
        Assert.Equal(["127.100.0.1", "127.100.0.2"], connection.Routes[0].Addresses);
        Assert.Equal(7777, connection.Routes[1].Port);
        Assert.Equal([7, 7, 7], connection.Routes[1].RoutingToken.ToArray());
        Assert.True(connection.Routes[0].RoutingToken.IsEmpty && connection.Routes[2].RoutingToken.IsEmpty);
    }

    [Fact]
    public void Parse_SessionOfThePlayersApi_FindsThePlayersConnection()
    {
        var session = SessionDocument.Parse(
            $$"""{"sessionId":"s-1","state":"playable","fleet":"arena","incarnation":2,"gameServer":{"name":"arena-1"},"connections":[{{Connection}}],"failure":null}""");

        Assert.Equal(("s-1", "playable", 2, false), (session.SessionId, session.State, session.Incarnation, session.IsClosed));
        Assert.Equal(2, session.ConnectionOf("p1")!.Incarnation);
        Assert.Null(session.ConnectionOf("p2"));
    }

    [Fact]
    public void Parse_RouteOfAKindToCome_IsLeftOutAsLongAsAnotherRemains()
    {
        var connection = SessionConnection.Parse(
            """{"playerId":"p1","new":{"a":[1]},"routes":[{"kind":"pigeon","loft":"north"},{"kind":"direct","addresses":["127.0.0.1"],"port":1}],"joinToken":"t"}""", "s-1", 1);
        Assert.Equal(RouteKind.Direct, Assert.Single(connection.Routes).Kind);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"playerId":"p1","routes":[],"joinToken":"a.b.c"}""")]
    [InlineData("""{"playerId":"p1","routes":[{"kind":"direct","addresses":["127.0.0.1"],"port":1}],"joinToken":""}""")]
    [InlineData("""{"playerId":"p1","routes":[{"kind":"direct","addresses":["127.0.0.1"],"port":1}],"joinToken":"a b\r\n"}""")]
    [InlineData("""{"playerId":"p1","routes":[{"kind":"pigeon","addresses":["127.0.0.1"],"port":1}],"joinToken":"a.b.c"}""")]
    [InlineData("""{"playerId":"p1","routes":[{"kind":"direct","addresses":["not an address"],"port":1}],"joinToken":"a.b.c"}""")]
    [InlineData("""{"playerId":"p1","routes":[{"kind":"direct","addresses":[],"port":1}],"joinToken":"a.b.c"}""")]
    [InlineData("""{"playerId":"p1","routes":[{"kind":"direct","addresses":["127.0.0.1"],"port":0}],"joinToken":"a.b.c"}""")]
    [InlineData("""{"playerId":"p1","routes":[{"kind":"direct","addresses":["127.0.0.1"],"port":1.5}],"joinToken":"a.b.c"}""")]
    [InlineData("""{"playerId":"p1","routes":[{"kind":"direct","addresses":["127.0.0.1"],"port":1,"routingToken":"%"}],"joinToken":"a.b.c"}""")]
    public void Parse_NoUsableConnection_ThrowsFormatException(string json) => Assert.Throws<FormatException>(() => SessionConnection.Parse(json, "s-1", 1));

    [Fact]
    public void Parse_BadToken_IsNotInTheMessage()
    {
        var fault = Assert.Throws<ArgumentException>(() => new SessionRoute(RouteKind.Direct, ["127.0.0.1"], 1, "secret!"));
        Assert.DoesNotContain("secret", fault.Message, StringComparison.Ordinal);
    }
}
