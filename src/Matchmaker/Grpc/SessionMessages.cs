using System.Text.Json;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.Matchmaker.Api;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace FleetSystem.Matchmaker.Grpc;

/// <summary>Maps the HTTP API's contracts to gRPC's messages and back. Pure.</summary>
internal static class SessionMessages
{
    // The request itself is the first of the levels that a JSON body may have.
    private static readonly JsonDocumentOptions AttributeOptions = new() { MaxDepth = ApiJson.Options.MaxDepth - 1 };

    /// <summary>What a request asks for, or why it cannot be read.</summary>
    public static (CreateSessionRequest? Asked, FieldError? Fault) Read(V1.CreateSessionRequest request)
    {
        if (UnknownFields.AreIn(request)) return Unreadable("$", "The request has fields that this service does not know. See sessions.proto of its version.");
        if (!System.Enum.IsDefined(request.WaitFor)) return Unreadable("$.waitFor", $"There is no WaitFor {(int)request.WaitFor}. See sessions.proto of this service's version.");
        JsonElement? attributes = null;
        if (request.HasAttributes)
        {
            try
            {
                attributes = JsonElement.Parse(request.Attributes, AttributeOptions);
            }
            catch (JsonException)
            {
                return Unreadable("$.attributes", $"The attributes are not JSON, or are nested deeper than {AttributeOptions.MaxDepth} levels.");
            }
        }

        return (new CreateSessionRequest
        {
            Fleet = request.Fleet.Length > 0 ? request.Fleet : null,
            Players = [.. request.Players.Select(player => new CreateSessionPlayer { Id = player.Id, LatencyMilliseconds = player.LatencyMilliseconds.AsReadOnly() })],
            PreferredZone = request.HasPreferredZone ? request.PreferredZone : null,
            Region = request.HasRegion ? request.Region : null,
            WaitFor = request.WaitFor == V1.WaitFor.Playable ? WaitFor.Playable : WaitFor.Allocated,
            DeadlineSeconds = request.HasDeadlineSeconds ? request.DeadlineSeconds : null,
            Attributes = attributes,
        }, null);
    }

    /// <summary>An event.</summary>
    public static V1.SessionEvent Of(SessionEventResource happened)
    {
        var message = new V1.SessionEvent
        {
            Sequence = happened.Sequence,
            At = happened.At.ToTimestamp(),
            State = Of(happened.State),
            Incarnation = happened.Incarnation,
            Session = Of(happened.Session),
            RoutesChanged = happened.IsRoutesChanged,
        };
        if (happened.Reason is { } reason) message.Reason = reason;
        return message;
    }

    /// <summary>A session.</summary>
    public static V1.Session Of(SessionResource session) => new()
    {
        SessionId = session.SessionId,
        State = Of(session.State),
        Fleet = session.Fleet,
        Incarnation = session.Incarnation,
        CreatedAt = session.CreatedAt.ToTimestamp(),
        ExpiresAt = session.ExpiresAt.ToTimestamp(),
        GameServer = session.GameServer is { } server
            ? new V1.GameServer { Name = server.Name, Cluster = server.Cluster, Region = server.Region, Zone = server.Zone, Node = server.Node, Address = server.Address, Port = server.Port }
            : null,
        Placement = session.Placement is { } placed ? Of(placed) : null,
        PlayerIds = { session.Players },
        Connections = { session.Connections.Select(Of) },
        Queue = session.Queue is { } place ? new V1.QueuePlace { Position = place.Position, Waiting = place.Waiting, Since = place.Since.ToTimestamp() } : null,
        Failure = session.Failure is { } failure ? new V1.Failure { Code = failure.Code, Message = failure.Message } : null,
    };

    /// <summary>A request, for another cell.</summary>
    public static V1.CreateSessionRequest Of(CreateSessionRequest asked)
    {
        var message = new V1.CreateSessionRequest
        {
            Fleet = asked.Fleet ?? "",
            WaitFor = asked.WaitFor == WaitFor.Playable ? V1.WaitFor.Playable : V1.WaitFor.Allocated,
            Players = { asked.Players?.Select(player => new V1.Player { Id = player?.Id ?? "", LatencyMilliseconds = { player?.LatencyMilliseconds?.ToDictionary() ?? [] } }) ?? [] },
        };
        if (asked.PreferredZone is { } zone) message.PreferredZone = zone;
        if (asked.Region is { } region) message.Region = region;
        if (asked.DeadlineSeconds is { } seconds) message.DeadlineSeconds = seconds;
        if (asked.Attributes is { } attributes) message.Attributes = attributes.GetRawText();
        return message;
    }

    /// <summary>A session that another cell told of.</summary>
    public static SessionResource Read(V1.Session session) => new()
    {
        SessionId = session.SessionId,
        State = Read(session.State),
        Fleet = session.Fleet,
        Incarnation = session.Incarnation,
        CreatedAt = session.CreatedAt.ToDateTimeOffset(),
        ExpiresAt = session.ExpiresAt.ToDateTimeOffset(),
        GameServer = session.GameServer is { } server
            ? new GameServerResource(server.Name, server.Cluster, server.Region, server.Zone, server.Node, server.Address, server.Port)
            : null,
        Placement = session.Placement is { } placed
            ? new PlacementResource(placed.HasRequestedRegion ? placed.RequestedRegion : null, placed.HasRequestedZone ? placed.RequestedZone : null, placed.Region, placed.Zone, placed.PreferenceServed)
            : null,
        Players = [.. session.PlayerIds],
        Connections = [.. session.Connections.Select(connection => new ConnectionResource(
            connection.PlayerId,
            [.. connection.Routes.Select(route => new RouteResource(Read(route.Kind), [.. route.Addresses], route.Port, route.HasRoutingToken ? route.RoutingToken.ToBase64() : null))],
            connection.JoinToken,
            connection.HasCurrentRoute ? Read(connection.CurrentRoute) : null))],
        Queue = session.Queue is { } place ? new QueueResource(place.Position, place.Waiting, place.Since.ToDateTimeOffset()) : null,
        Failure = session.Failure is { } failure ? new FailureResource(failure.Code, failure.Message) : null,
    };

    /// <summary>An event that another cell told of.</summary>
    public static SessionEventResource Read(V1.SessionEvent happened) => new(
        happened.Sequence, happened.At.ToDateTimeOffset(), Read(happened.State), happened.Incarnation, happened.HasReason ? happened.Reason : null, Read(happened.Session))
    { IsRoutesChanged = happened.RoutesChanged };

    private static SessionState Read(V1.SessionState state) => System.Enum.GetValues<SessionState>().First(known => Of(known) == state);

    private static RouteKind Read(V1.RouteKind kind) => System.Enum.GetValues<RouteKind>().First(known => Of(known) == kind);

    private static V1.Placement Of(PlacementResource placed)
    {
        var message = new V1.Placement { Region = placed.Region, Zone = placed.Zone, PreferenceServed = placed.PreferenceServed };
        if (placed.RequestedRegion is { } region) message.RequestedRegion = region;
        if (placed.RequestedZone is { } zone) message.RequestedZone = zone;
        return message;
    }

    private static V1.Connection Of(ConnectionResource connection)
    {
        var message = new V1.Connection { PlayerId = connection.PlayerId, Routes = { connection.Routes.Select(Of) }, JoinToken = connection.JoinToken };
        if (connection.CurrentRoute is { } kind) message.CurrentRoute = Of(kind);
        return message;
    }

    private static V1.Route Of(RouteResource route)
    {
        var message = new V1.Route { Kind = Of(route.Kind), Addresses = { route.Addresses }, Port = route.Port };
        if (route.RoutingToken is { } token) message.RoutingToken = ByteString.FromBase64(token);
        return message;
    }

    private static V1.RouteKind Of(RouteKind kind) => kind switch
    {
        RouteKind.Accelerator => V1.RouteKind.Accelerator,
        RouteKind.NetworkLoadBalancer => V1.RouteKind.NetworkLoadBalancer,
        RouteKind.Direct => V1.RouteKind.Direct,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "This kind of route has no name in sessions.proto."),
    };

    private static V1.SessionState Of(SessionState state) => state switch
    {
        SessionState.Pending => V1.SessionState.Pending,
        SessionState.Allocating => V1.SessionState.Allocating,
        SessionState.Allocated => V1.SessionState.Allocated,
        SessionState.Playable => V1.SessionState.Playable,
        SessionState.Lost => V1.SessionState.Lost,
        SessionState.Ended => V1.SessionState.Ended,
        SessionState.Cancelled => V1.SessionState.Cancelled,
        SessionState.Failed => V1.SessionState.Failed,
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "This state has no name in sessions.proto."),
    };

    private static (CreateSessionRequest? Asked, FieldError? Fault) Unreadable(string path, string message) =>
        (null, new FieldError(path, ErrorCodes.MalformedRequest, message));
}
