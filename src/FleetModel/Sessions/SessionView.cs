using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Waiting;

namespace FleetSystem.FleetModel.Sessions;

/// <summary>A session as callers see it: the record, and each player's way in.</summary>
/// <param name="Session">The session.</param>
/// <param name="Connections">One for each player, in the players' order; empty while it holds no server.</param>
[GenerateSerializer, Immutable, Alias("fleet.SessionView")]
public sealed record SessionView(
    [property: Id(0)] SessionRecord Session,
    [property: Id(1)] IReadOnlyList<PlayerConnection> Connections)
{
    /// <summary>Where a Pending session stands in its queue; null otherwise, and for a moment after its queue or itself has moved to another silo.</summary>
    [Id(2)] public QueuePlace? Queue { get; init; }
}

/// <summary>A player's way in.</summary>
/// <param name="PlayerId">The player.</param>
/// <param name="Routes">Ways to the server, best first.</param>
/// <param name="JoinToken">JWT that the game server checks: signed, bound to session, player and expiry.</param>
[GenerateSerializer, Immutable, Alias("fleet.PlayerConnection")]
public sealed record PlayerConnection(
    [property: Id(0)] string PlayerId,
    [property: Id(1)] IReadOnlyList<Route> Routes,
    [property: Id(2)] string JoinToken)
{
    /// <summary>The kind of route that the player uses, by its last report; null when it has not reported lately.</summary>
    [Id(3)] public RouteKind? CurrentRoute { get; init; }
}

/// <summary>What came of asking for a session.</summary>
public enum CreateOutcome
{
    /// <summary>A new session.</summary>
    Created,

    /// <summary>The same request came before: this is its session.</summary>
    Existing,

    /// <summary>The key belongs to another request.</summary>
    Conflict,

    /// <summary>Another cell keeps the session of this key.</summary>
    Elsewhere,
}

/// <summary>Answer to asking for a session.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="View">The session; null on a conflict, and when another cell keeps it.</param>
[GenerateSerializer, Immutable, Alias("fleet.CreateReply")]
public sealed record CreateReply([property: Id(0)] CreateOutcome Outcome, [property: Id(1)] SessionView? View)
{
    /// <summary>The cell that keeps the session, for <see cref="CreateOutcome.Elsewhere"/>.</summary>
    [Id(200)] public string? Cell { get; init; }
}
