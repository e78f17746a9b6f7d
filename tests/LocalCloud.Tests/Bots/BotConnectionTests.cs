using System.Text.Json;
using FleetSystem.LocalCloud.Bots;

namespace FleetSystem.LocalCloud.Tests.Bots;

public sealed class BotConnectionTests
{
    [Fact]
    public void Parse_ConnectionOfThePlayersApi_TakesRoutesAndToken()
    {
        var connection = BotConnection.Parse(
            """
            {"playerId":"p1","routes":[
              {"kind":"accelerator","addresses":["127.100.0.1","127.100.0.2"],"port":12345,"routingToken":null},
              {"kind":"networkLoadBalancer","addresses":["127.101.0.1"],"port":7777,"routingToken":"BwcH"},
              {"kind":"direct","addresses":["127.0.10.1"],"port":7302}],"joinToken":"a.b.c"}
            """);

        Assert.Equal("a.b.c", connection.JoinToken);
        Assert.Equal([BotRouteKind.Accelerator, BotRouteKind.NetworkLoadBalancer, BotRouteKind.Direct], connection.Routes.Select(route => route.Kind));
        Assert.Equal(["127.100.0.1", "127.100.0.2"], connection.Routes[0].Addresses);
        Assert.Equal((7777, "BwcH"), (connection.Routes[1].Port, connection.Routes[1].RoutingToken));
        Assert.Null(connection.Routes[2].RoutingToken);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"routes":[],"joinToken":"a.b.c"}""")]
    [InlineData("""{"routes":[{"kind":"pigeon","addresses":["127.0.0.1"],"port":1}],"joinToken":"a.b.c"}""")]
    public void Parse_NoUsableConnection_Throws(string json) => Assert.Throws<JsonException>(() => BotConnection.Parse(json));
}
