using System;
using System.Collections.Generic;

namespace FleetSystem.GameClient;

/// <summary>
/// Reads the players' API's documents. What a session needs is required; what is unknown is passed over, since a shipped game is older than the
/// service it meets: a route of an unknown kind is left out as long as another remains.
/// </summary>
internal static class SessionReader
{
    public static SessionDocument Session(JsonValue json)
    {
        var id = json.Required("sessionId").String();
        var incarnation = json.Required("incarnation").Int32();
        var connections = new List<SessionConnection>();
        foreach (var connection in json.Required("connections").Items())
            connections.Add(Connection(connection, id, incarnation));
        return new SessionDocument(id, json.Required("state").String(), incarnation, connections);
    }

    public static SessionEvent Event(JsonValue json) => new(
        json.Required("sequence").Int64(),
        json.Required("state").String(),
        json.Required("incarnation").Int32(),
        json.Optional("reason")?.String(),
        Session(json.Required("session")));

    public static SessionConnection Connection(JsonValue json, string sessionId, int incarnation)
    {
        var routes = new List<SessionRoute>();
        foreach (var route in json.Required("routes").Items())
        {
            if (Kind(route.Required("kind").String()) is { } kind) routes.Add(Route(route, kind));
        }

        try
        {
            return new SessionConnection(sessionId, incarnation, json.Required("playerId").String(), routes, json.Required("joinToken").String());
        }
        catch (ArgumentException unusable)
        {
            throw new FormatException($"The connection cannot be used: {unusable.Message}", unusable);
        }
    }

    private static SessionRoute Route(JsonValue json, RouteKind kind)
    {
        var addresses = new List<string>();
        foreach (var address in json.Required("addresses").Items()) addresses.Add(address.String());
        try
        {
            return new SessionRoute(kind, addresses, json.Required("port").Int32(), json.Optional("routingToken")?.String());
        }
        catch (ArgumentException unusable)
        {
            throw new FormatException($"The route cannot be used: {unusable.Message}", unusable);
        }
    }

    private static RouteKind? Kind(string name)
    {
        for (var kind = RouteKind.Accelerator; kind <= RouteKind.Direct; kind++)
        {
            if (Name(kind) == name) return kind;
        }

        return null;
    }

    /// <summary>The kind as the API writes it.</summary>
    public static string Name(RouteKind kind) => kind switch
    {
        RouteKind.Accelerator => "accelerator",
        RouteKind.NetworkLoadBalancer => "networkLoadBalancer",
        _ => "direct",
    };
}
