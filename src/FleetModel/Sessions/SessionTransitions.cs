namespace FleetSystem.FleetModel.Sessions;

/// <summary>
/// Every way a session can change, as pure functions from one record to the next. Each adds one event; none checks what only its caller can
/// know (whether the server exists, who asked).
/// </summary>
public static class SessionTransitions
{
    /// <summary>Servers in a row that do not take a session up before it is given up: the fleet's build is broken, not one server.</summary>
    public const int MaxUntakenServers = 3;

    /// <summary>Most events that a session keeps.</summary>
    public const int MaxEvents = 64;

    /// <summary>A new session, about to claim its first server.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="fingerprint">Hash of the request.</param>
    /// <param name="request">What is asked for.</param>
    /// <param name="routingToken">Base64 of the routing token for the first server: in the store before any server bears it.</param>
    /// <param name="now">The time.</param>
    public static SessionRecord Create(string id, string fingerprint, SessionRequest request, string routingToken, DateTimeOffset now) =>
        Enter(
            new SessionRecord
            {
                Id = id,
                Fingerprint = fingerprint,
                Request = request,
                RoutingToken = routingToken,
                CreatedAt = now,
                AllocationDeadline = now + request.Deadline,
                ExpiresAt = now + request.Lifetime,
            },
            SessionState.Allocating,
            now);

    /// <summary>No server was free: the session waits in the queue that took it in.</summary>
    /// <param name="session">The session.</param>
    /// <param name="region">Region of that queue.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="InvalidOperationException">The session is not allocating.</exception>
    public static SessionRecord Waiting(SessionRecord session, string region, DateTimeOffset now)
    {
        Require(session, session.State == SessionState.Allocating, nameof(Waiting));
        return Enter(session with { Wait = new SessionWait(session.Wait?.Since ?? now, region) }, SessionState.Pending, now, "no server is free");
    }

    /// <summary>The turn of a waiting session has come: it sets out to claim a server.</summary>
    /// <exception cref="InvalidOperationException">The session does not wait.</exception>
    public static SessionRecord TurnCame(SessionRecord session, DateTimeOffset now)
    {
        Require(session, session.State == SessionState.Pending, nameof(TurnCame));
        return Enter(session, SessionState.Allocating, now);
    }

    /// <summary>A server was claimed.</summary>
    /// <exception cref="InvalidOperationException">The session is not allocating.</exception>
    public static SessionRecord Claimed(SessionRecord session, ServerBinding server, DateTimeOffset now)
    {
        Require(session, session.State == SessionState.Allocating, nameof(Claimed));
        return Enter(session with { Server = server, Wait = null }, SessionState.Allocated, now);
    }

    /// <summary>The game server took the session up. Repeated or for another incarnation: nothing changes.</summary>
    public static SessionRecord Acknowledged(SessionRecord session, int incarnation, DateTimeOffset now) =>
        session.State == SessionState.Allocated && incarnation == session.Incarnation
            ? Enter(session, SessionState.Playable, now)
            : session;

    /// <summary>The server of an incarnation is gone. Of an older incarnation, or when none is held: nothing changes.</summary>
    public static SessionRecord ServerLost(SessionRecord session, int incarnation, string reason, DateTimeOffset now) =>
        session.HoldsServer && incarnation == session.Incarnation
            ? Enter(session, SessionState.Lost, now, reason)
            : session;

    /// <summary>A lost session sets out for its next server, under a new routing token.</summary>
    /// <exception cref="InvalidOperationException">The session is not lost.</exception>
    public static SessionRecord Replacing(SessionRecord session, string routingToken, DateTimeOffset now)
    {
        Require(session, session.State == SessionState.Lost, nameof(Replacing));
        return Enter(
            session with { Incarnation = session.Incarnation + 1, RoutingToken = routingToken, AllocationDeadline = now + session.Request.Deadline },
            SessionState.Allocating,
            now);
    }

    /// <summary>
    /// A claim whose outcome cannot be learnt is given up: the session goes on allocating, under the next incarnation and a new routing token,
    /// until the same deadline. Should a server bear the old incarnation after all, nobody claims it, and it is given back. The session is not
    /// Lost: its players had no server yet, and a policy for lost servers must not end it.
    /// </summary>
    /// <exception cref="InvalidOperationException">The session is not allocating.</exception>
    public static SessionRecord ClaimAbandoned(SessionRecord session, string routingToken, string reason, DateTimeOffset now)
    {
        Require(session, session.State == SessionState.Allocating, nameof(ClaimAbandoned));
        return Enter(session with { Incarnation = session.Incarnation + 1, RoutingToken = routingToken }, SessionState.Allocating, now, reason);
    }

    /// <summary>Players come, and get the places of those who left. When nobody comes who was not in already: nothing changes.</summary>
    /// <exception cref="InvalidOperationException">The session is closed.</exception>
    public static SessionRecord PlayersCame(SessionRecord session, PlayerAddition addition, DateTimeOffset now)
    {
        Require(session, !session.IsClosed, nameof(PlayersCame));
        var known = session.Request.Players.Select(player => player.Id).ToHashSet(StringComparer.Ordinal);
        var come = addition.Come.Where(player => !known.Contains(player.Id)).ToList();
        if (come.Count == 0) return session;
        var stay = session.Request.Players.Where(player => !addition.Left.Contains(player.Id) || addition.Come.Any(back => back.Id == player.Id));
        var request = session.Request with
        {
            Players = [.. stay, .. come],
            Matchmaking = addition.Matchmaking ?? session.Request.Matchmaking,
            Attributes = addition.Attributes ?? session.Request.Attributes,
        };
        return Enter(session with { Request = request }, session.State, now, come.Count == 1 ? "a player came" : $"{come.Count} players came");
    }

    /// <summary>The session is over.</summary>
    public static SessionRecord Ended(SessionRecord session, string reason, DateTimeOffset now) =>
        session.IsClosed ? session : Close(session, session.Server is null ? SessionState.Cancelled : SessionState.Ended, now, reason);

    /// <summary>The session got no server, or lost it for good.</summary>
    public static SessionRecord Failed(SessionRecord session, string code, string message, DateTimeOffset now) =>
        session.IsClosed
            ? session
            : Close(session with { Failure = new SessionFailure(code, message) }, SessionState.Failed, now, message);

    private static SessionRecord Close(SessionRecord session, SessionState state, DateTimeOffset now, string reason) =>
        Enter(session with { ClosedAt = now }, state, now, reason);

    private static SessionRecord Enter(SessionRecord session, SessionState state, DateTimeOffset now, string? reason = null)
    {
        var happened = new SessionEvent(session.LastSequence + 1, now, state, session.Incarnation, session.Server?.Name, reason);
        var kept = session.Events.Count < MaxEvents ? session.Events : session.Events.Skip(session.Events.Count - MaxEvents + 1);
        return session with { State = state, Events = [.. kept, happened] };
    }

    private static void Require(SessionRecord session, bool holds, string transition)
    {
        if (!holds) throw new InvalidOperationException($"Session {session.Id} is {session.State}: {transition} is not possible.");
    }
}
