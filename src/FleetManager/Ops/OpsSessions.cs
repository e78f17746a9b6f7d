using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.FleetModel.Waiting;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Answer of <c>GET /ops/v1/sessions</c>.</summary>
/// <param name="Sessions">Those that were found in this part.</param>
/// <param name="Looked">Open sessions that this part looked at.</param>
/// <param name="Next">What gives the next part as <c>after</c>, or null when this is the last.</param>
internal sealed record OpsSessionPage(IReadOnlyList<OpsSession> Sessions, int Looked, string? Next);

/// <summary>Which sessions are asked for; what is null is not looked at.</summary>
/// <param name="Player">A player's id.</param>
/// <param name="Server">Name of the server that hosts it now.</param>
internal sealed record OpsSessionFilter(string? Player, string? Server)
{
    /// <summary>Region of its server, or where it waits for one.</summary>
    public string? Region { get; init; }

    /// <summary>The fleet asked for.</summary>
    public string? Fleet { get; init; }

    /// <summary>Where it stands.</summary>
    public SessionState? State { get; init; }

    /// <summary>Whether a session has to be read to know whether it is one of them.</summary>
    public bool LooksInside => Player is not null || Region is not null || Fleet is not null || State is not null;

    /// <summary>Whether a session is one of them, apart from its server, by which sessions are found.</summary>
    public bool Takes(SessionRecord session) =>
        (Player is null || session.Request.Players.Any(known => known.Id == Player))
        && (Region is null || (session.Server?.Region ?? session.Wait?.Region) == Region)
        && (Fleet is null || session.Request.Fleet == Fleet)
        && (State is null || session.State == State);
}

/// <summary>A session as its operators see it: without the secrets that let players in.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Fleet">The fleet asked for.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Incarnation">Counts its servers.</param>
/// <param name="Players">Its players.</param>
/// <param name="Server">Its server; of a lost or ended session the last one; null before the first.</param>
/// <param name="CreatedAt">When it was asked for.</param>
/// <param name="ExpiresAt">When it ends at the latest.</param>
/// <param name="ClosedAt">When it reached its final state, or null.</param>
/// <param name="Failure">Why it failed, or null.</param>
/// <param name="Events">Its history, oldest first.</param>
/// <param name="Connections">Each player's ways in; empty in a list, and while it holds no server.</param>
/// <param name="Queue">Where it stands in its queue, or null.</param>
internal sealed record OpsSession(
    string Id,
    string Fleet,
    SessionState State,
    int Incarnation,
    IReadOnlyList<string> Players,
    OpsSessionServer? Server,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? ClosedAt,
    OpsSessionFailure? Failure,
    IReadOnlyList<OpsSessionEvent> Events,
    IReadOnlyList<OpsSessionConnection> Connections,
    OpsSessionQueue? Queue)
{
    public static OpsSession Of(SessionRecord session) => new(
        session.Id,
        session.Request.Fleet,
        session.State,
        session.Incarnation,
        [.. session.Request.Players.Select(player => player.Id)],
        session.Server is { } server ? new OpsSessionServer(server.Cluster, server.Region, server.Zone, server.Node, server.Name, server.Address, server.Port, server.PreferenceServed) : null,
        session.CreatedAt,
        session.ExpiresAt,
        session.ClosedAt,
        session.Failure is { } failure ? new OpsSessionFailure(failure.Code, failure.Message) : null,
        [.. session.Events.Select(happened => new OpsSessionEvent(happened.Sequence, happened.At, happened.State, happened.Incarnation, happened.Server, happened.Reason))],
        [],
        null);

    public static OpsSession Of(SessionView view) => Of(view.Session) with
    {
        Connections = [.. view.Connections.Select(connection => new OpsSessionConnection(
            connection.PlayerId, [.. connection.Routes.Select(route => new OpsSessionRoute(route.Kind, route.Addresses, route.Port))], connection.CurrentRoute))],
        Queue = view.Queue is { } place ? OpsSessionQueue.Of(place) : null,
    };
}

/// <summary>The server that a session holds.</summary>
internal sealed record OpsSessionServer(string Cluster, string Region, string Zone, string Node, string Name, string Address, int Port, int PreferenceServed);

/// <summary>Why a session failed.</summary>
internal sealed record OpsSessionFailure(string Code, string Message);

/// <summary>Something that happened to a session.</summary>
internal sealed record OpsSessionEvent(long Sequence, DateTimeOffset At, SessionState State, int Incarnation, string? Server, string? Reason);

/// <summary>A player's ways in, best first, and the one in use by the player's last report.</summary>
internal sealed record OpsSessionConnection(string PlayerId, IReadOnlyList<OpsSessionRoute> Routes, RouteKind? CurrentRoute);

/// <summary>One way in, without its token.</summary>
internal sealed record OpsSessionRoute(RouteKind Kind, IReadOnlyList<string> Addresses, int Port);

/// <summary>A place in a queue.</summary>
internal sealed record OpsSessionQueue(int Position, int Waiting, DateTimeOffset Since)
{
    public static OpsSessionQueue Of(QueuePlace place) => new(place.Position, place.Waiting, place.Since);
}
