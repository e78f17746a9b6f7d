namespace FleetSystem.FleetModel.Clusters;

/// <summary>Labels and annotations that FleetSystem and Agones put on objects of a cluster.</summary>
public static class AgonesKeys
{
    /// <summary>Label of a GameServer: the Agones Fleet it belongs to. Set by Agones.</summary>
    public const string Fleet = "agones.dev/fleet";

    /// <summary>Annotation of a GameServer: the version of Agones that made it, and whose SDK sidecar it has. Set by Agones.</summary>
    public const string SdkVersion = "agones.dev/sdk-version";

    /// <summary>Label of a Node: its zone. Set by the cloud provider.</summary>
    public const string NodeZone = "topology.kubernetes.io/zone";

    /// <summary>Label of a Node: its region. Set by the cloud provider.</summary>
    public const string NodeRegion = "topology.kubernetes.io/region";

    /// <summary>Label of a GameServer: the zone of its node. Patched once when the server is Ready, or carried by the fleet's template.</summary>
    public const string Zone = "fleetsystem.dev/zone";

    /// <summary>Label of a GameServer: its node. Patched together with <see cref="Zone"/>.</summary>
    public const string Node = "fleetsystem.dev/node";

    /// <summary>Label of an allocated GameServer: the session that owns it.</summary>
    public const string Session = "fleetsystem.dev/session";

    /// <summary>Label of an allocated GameServer: the session's incarnation, a number from 1.</summary>
    public const string Incarnation = "fleetsystem.dev/incarnation";

    /// <summary>
    /// Prefix of labels of a GameServer that a director claimed: a slot's number follows, and the value is the claim's tag. The annotation of
    /// the same key has the fingerprint of what was asked. See <see cref="Allocation.AllocationTags"/>.
    /// </summary>
    public const string AllocationPrefix = "fleetsystem.dev/allocation-";

    /// <summary>Prefix of every key that is FleetSystem's own: callers may select by such labels, but not set them.</summary>
    public const string OwnPrefix = "fleetsystem.dev/";

    /// <summary>Annotation of an allocated GameServer: when the session ends at the latest (RFC 3339).</summary>
    public const string Expires = "fleetsystem.dev/expires";

    /// <summary>Annotation of an allocated GameServer: the caller's attributes for the game, JSON.</summary>
    public const string GameData = "fleetsystem.dev/game-data";

    /// <summary>
    /// Annotation of an allocated GameServer: its region's kinds of routes, best first, with their states (JSON, see
    /// <see cref="Routing.RouteAnnouncement"/>). Set when their order changes while it is allocated; until then its players' connections say it.
    /// </summary>
    public const string Routes = "fleetsystem.dev/routes";

    /// <summary>Annotation of an allocated GameServer: base64 routing tokens, comma separated. Quilkin's convention.</summary>
    public const string RoutingTokens = "quilkin.dev/tokens";

    /// <summary>
    /// Annotation by which a game server acknowledges a session: <c>session/incarnation</c>. The server sets <c>session-ready</c> through
    /// its SDK, and Agones adds the prefix.
    /// </summary>
    public const string SessionReady = "agones.dev/sdk-session-ready";

    /// <summary>
    /// Annotation by which a game server asks for players for the free places of its session (<see cref="BackfillMark"/>). The server sets
    /// <c>backfill</c> through its SDK.
    /// </summary>
    public const string Backfill = "agones.dev/sdk-backfill";

    /// <summary>Beginning of the same annotations of a server that hosts several sessions, each with the number of its room.</summary>
    public const string SharedBackfillPrefix = Backfill + ".";

    /// <summary>
    /// Beginning of the labels by which a server that hosts several sessions bears them: one label a session,
    /// <c>fleetsystem.dev/{session} = incarnation</c>. Session ids begin with <c>s-</c>; no other key of ours does.
    /// </summary>
    public const string SharedSessionPrefix = "fleetsystem.dev/s-";

    /// <summary>
    /// Beginning of the annotations by which a game server acknowledges and ends sessions of several, each with a number for the room:
    /// numbers are used again, so that a server that lives long does not gather annotations, which the SDK can set and never remove.
    /// </summary>
    public const string SharedSessionReadyPrefix = SessionReady + ".";

    /// <summary>Label of a server that hosts several sessions: that it hosts this one; the value is the incarnation.</summary>
    public static string SharedSession(string session) => $"fleetsystem.dev/{session}";

    /// <summary>Annotation of a server that hosts several sessions: what <see cref="Expires"/> is of a session alone.</summary>
    public static string SharedExpires(string session) => $"fleetsystem.dev/{session}.expires";

    /// <summary>Annotation of a server that hosts several sessions: what <see cref="GameData"/> is of a session alone.</summary>
    public static string SharedGameData(string session) => $"fleetsystem.dev/{session}.game-data";

    /// <summary>Annotation of a server that hosts several sessions: the session's own part of <see cref="RoutingTokens"/>.</summary>
    public static string SharedRoutingToken(string session) => $"fleetsystem.dev/{session}.routing-token";
}
