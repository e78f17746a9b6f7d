using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.FleetModel.Zones;

namespace FleetSystem.Matchmaker.Api;

/// <summary>Body of <c>POST /v1/sessions</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CreateSessionRequest
{
    /// <summary>The fleet to play on.</summary>
    [Description("The fleet to play on.")]
    public string? Fleet { get; init; }

    /// <summary>The players, at least one.</summary>
    [Description("The players, at least one, each id once.")]
    public IReadOnlyList<CreateSessionPlayer?>? Players { get; init; }

    /// <summary>The zone preferred.</summary>
    [Description("The zone preferred, for example that of the backend the match uses. Another one is served when it is full.")]
    public string? PreferredZone { get; init; }

    /// <summary>The region asked for.</summary>
    [Description("The region asked for. Left out, the players' latency decides.")]
    public string? Region { get; init; }

    /// <summary>Up to where to wait.</summary>
    [Description("Answer when a server is claimed (allocated), or when it has taken the session up (playable).")]
    public WaitFor WaitFor { get; init; } = WaitFor.Allocated;

    /// <summary>Seconds that finding a server may take.</summary>
    [Description("Seconds that finding a server may take. Left out, the fleet's own limit holds.")]
    public double? DeadlineSeconds { get; init; }

    /// <summary>Attributes for the game.</summary>
    [Description("An object handed to the game server as it is.")]
    public JsonElement? Attributes { get; init; }

    /// <summary>The region that comes first over all cells, as the cell says that sent the request on; no caller can.</summary>
    [JsonIgnore]
    internal string? FirstRegion { get; init; }
}

/// <summary>A player of a session to create.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CreateSessionPlayer
{
    /// <summary>The studio's id of the player.</summary>
    [Description("The studio's id of the player.")]
    public string? Id { get; init; }

    /// <summary>Round trips to regions, measured by the player.</summary>
    [Description("Round trip in milliseconds by region, measured by the player.")]
    public IReadOnlyDictionary<string, int>? LatencyMilliseconds { get; init; }
}

/// <summary>A session as the API tells it.</summary>
public sealed record SessionResource
{
    /// <summary>The session's id.</summary>
    public required string SessionId { get; init; }

    /// <summary>Where it stands.</summary>
    public required SessionState State { get; init; }

    /// <summary>The fleet asked for.</summary>
    public required string Fleet { get; init; }

    /// <summary>Its players' ids; to a player, his own alone.</summary>
    [Description("The ids of its players. A player who asks is told his own alone, here and under connections.")]
    public required IReadOnlyList<string> Players { get; init; }

    /// <summary>Counts its servers, from 1.</summary>
    public required int Incarnation { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends at the latest.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Its server, or null before the first.</summary>
    public required GameServerResource? GameServer { get; init; }

    /// <summary>Where it was placed, and which preference that served; null before it was.</summary>
    public required PlacementResource? Placement { get; init; }

    /// <summary>Each player's way in; empty while it holds no server.</summary>
    public required IReadOnlyList<ConnectionResource> Connections { get; init; }

    /// <summary>Where it stands in its queue while it is pending, else null.</summary>
    [Description("Where the session stands in its queue while it is pending; null otherwise, and for a moment when the queue moves.")]
    public required QueueResource? Queue { get; init; }

    /// <summary>Why it failed, or null.</summary>
    public required FailureResource? Failure { get; init; }

    /// <summary>True in a final state.</summary>
    [JsonIgnore]
    internal bool IsClosed => State is SessionState.Ended or SessionState.Cancelled or SessionState.Failed;
}

/// <summary>Where a pending session stands in its queue. The queue is ordered by deadline: a session with an earlier one goes before.</summary>
/// <param name="Position">Its position, from 1.</param>
/// <param name="Waiting">Sessions in the queue.</param>
/// <param name="Since">Since when it waits.</param>
public sealed record QueueResource(int Position, int Waiting, DateTimeOffset Since);

/// <summary>A session's server.</summary>
public sealed record GameServerResource(string Name, string Cluster, string Region, string Zone, string Node, string Address, int Port);

/// <summary>Where a session was placed.</summary>
/// <param name="RequestedRegion">The region asked for, or null.</param>
/// <param name="RequestedZone">The zone preferred, or null.</param>
/// <param name="Region">The region served.</param>
/// <param name="Zone">The zone served.</param>
/// <param name="PreferenceServed">1: what was asked for; 2: another zone of the region; 3: another region.</param>
public sealed record PlacementResource(string? RequestedRegion, string? RequestedZone, string Region, string Zone, int PreferenceServed);

/// <summary>A player's way in.</summary>
/// <param name="PlayerId">The player.</param>
/// <param name="Routes">Ways to the server, best first.</param>
/// <param name="JoinToken">JWT that the game server checks, and that authorises the player's reports.</param>
/// <param name="CurrentRoute">The kind of route that the player uses, by its last report; null when it has not reported lately.</param>
public sealed record ConnectionResource(string PlayerId, IReadOnlyList<RouteResource> Routes, string JoinToken, RouteKind? CurrentRoute);

/// <summary>One way to the server; the list is ordered, best first.</summary>
/// <param name="Kind">The kind of route.</param>
/// <param name="Addresses">Addresses to send to, equal in rank.</param>
/// <param name="Port">UDP port.</param>
/// <param name="RoutingToken">Base64 of bytes to append to every datagram, or null.</param>
public sealed record RouteResource(RouteKind Kind, IReadOnlyList<string> Addresses, int Port, string? RoutingToken);

/// <summary>Why a session failed.</summary>
public sealed record FailureResource(string Code, string Message);

/// <summary>Data of an event of <c>GET /v1/sessions/{id}/events</c>.</summary>
/// <param name="Sequence">Counts the session's events, from 1.</param>
/// <param name="At">When it happened.</param>
/// <param name="State">State entered.</param>
/// <param name="Incarnation">The session's incarnation then.</param>
/// <param name="Reason">Why, or null when the state says it all.</param>
/// <param name="Session">The session as it is when the event is sent.</param>
public sealed record SessionEventResource(long Sequence, DateTimeOffset At, SessionState State, int Incarnation, string? Reason, SessionResource Session)
{
    /// <summary>True for the event <c>routesChanged</c>, which repeats the newest event; its name says so.</summary>
    [JsonIgnore]
    public bool IsRoutesChanged { get; init; }
}

/// <summary>Answer of <c>GET /v1/regions</c>.</summary>
public sealed record RegionListResource(IReadOnlyList<RegionResource> Regions);

/// <summary>A region.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Zones">Its zones, with free servers by fleet.</param>
/// <param name="Fleets">Its fleets, with the sessions that wait for a server.</param>
/// <param name="Routes">The ways in and their states.</param>
/// <param name="LatencyEndpoint">UDP echo to measure the round trip with, or null.</param>
public sealed record RegionResource(
    string Id, IReadOnlyList<ZoneResource> Zones, IReadOnlyList<FleetDemandResource> Fleets, IReadOnlyList<PathResource> Routes, LatencyEndpointResource? LatencyEndpoint)
{
    /// <summary>The cell that has it when that is another than the one asked, else null.</summary>
    [Description("The cell that has the region when that is another than the one asked, else null: then its zones' servers and its ways in are not told here.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Cell { get; init; }
}

/// <summary>How many sessions wait for a fleet's servers in a region. One that may be served in several regions counts in one of them.</summary>
public sealed record FleetDemandResource(string Fleet, int Waiting);

/// <summary>A zone.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Fleets">Free and claimed servers by fleet.</param>
/// <param name="State">Whether it takes sessions: all (healthy), none (evacuated), or a part of them (restoring); null while the region cannot be asked.</param>
public sealed record ZoneResource(string Id, IReadOnlyList<FleetCapacityResource> Fleets, ZonePhase? State);

/// <summary>A fleet's servers in a zone.</summary>
public sealed record FleetCapacityResource(string Fleet, int Ready, int Allocated);

/// <summary>A way into a region.</summary>
/// <param name="Kind">The kind of route.</param>
/// <param name="State">Its state.</param>
/// <param name="AgeSeconds">Time since what the state rests on was observed, or null when nothing was.</param>
/// <param name="Protocol">What the way was probed with; one that is probed with both is there twice.</param>
public sealed record PathResource(RouteKind Kind, PathState State, double? AgeSeconds, GameProtocol Protocol);

/// <summary>A UDP echo endpoint: it returns datagrams of up to 64 bytes unchanged.</summary>
public sealed record LatencyEndpointResource(string Address, int Port);
