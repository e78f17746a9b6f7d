using System.Text.Json;
using System.Text.Json.Serialization;

namespace FleetSystem.LocalCloud.Bots;

/// <summary>Kind of way to a session's server.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BotRouteKind>))]
internal enum BotRouteKind
{
    /// <summary>Global Accelerator: several addresses, one port for each server.</summary>
    [JsonStringEnumMemberName("accelerator")]
    Accelerator,

    /// <summary>Network load balancer: one port for all servers, a routing token at the end of each datagram.</summary>
    [JsonStringEnumMemberName("networkLoadBalancer")]
    NetworkLoadBalancer,

    /// <summary>The node's own address.</summary>
    [JsonStringEnumMemberName("direct")]
    Direct,
}

/// <summary>How a player reaches its session, as the players' API tells it.</summary>
/// <param name="Routes">Ways in, the best first.</param>
/// <param name="JoinToken">What admits the player.</param>
internal sealed record BotConnection(IReadOnlyList<BotRoute> Routes, string JoinToken)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Reads the connection object of an answer of the players' API; fields that a bot has no use for are passed over.</summary>
    /// <exception cref="JsonException">It is no connection, or a route's kind is unknown.</exception>
    public static BotConnection Parse(string json)
    {
        var connection = JsonSerializer.Deserialize<BotConnection>(json, Json);
        return connection is { Routes.Count: > 0, JoinToken.Length: > 0 }
            ? connection
            : throw new JsonException("A connection has routes and a joinToken.");
    }
}

/// <summary>One way in.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Addresses">IP addresses, equal in rank.</param>
/// <param name="Port">UDP port.</param>
/// <param name="RoutingToken">Bytes, in base64, that go at the end of every datagram on this way; null for none.</param>
internal sealed record BotRoute(BotRouteKind Kind, IReadOnlyList<string> Addresses, int Port, string? RoutingToken = null);
