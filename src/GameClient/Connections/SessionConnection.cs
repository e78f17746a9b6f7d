using System;
using System.Collections.Generic;

namespace FleetSystem.GameClient;

/// <summary>A player's way into a session: what the game's backend hands to the client, or the event feed brings.</summary>
public sealed class SessionConnection
{
    /// <summary>Most routes of a connection.</summary>
    public const int RoutesMax = 8;

    /// <summary>Most characters of a join token.</summary>
    public const int JoinTokenLengthMax = 1024;

    /// <summary>Makes a connection.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="incarnation">Counts the session's servers, from 1: a higher number is a replacement.</param>
    /// <param name="playerId">The player.</param>
    /// <param name="routes">Ways to the server, best first, 1 to <see cref="RoutesMax"/>.</param>
    /// <param name="joinToken">What admits the player, 1 to <see cref="JoinTokenLengthMax"/> characters of ASCII. A secret.</param>
    /// <exception cref="ArgumentException">A value is out of its range; the message says which.</exception>
    public SessionConnection(string sessionId, int incarnation, string playerId, IReadOnlyList<SessionRoute> routes, string joinToken)
    {
        if (routes is null) throw new ArgumentNullException(nameof(routes));
        if (string.IsNullOrEmpty(sessionId)) throw new ArgumentException("A connection names its session.", nameof(sessionId));
        if (string.IsNullOrEmpty(playerId)) throw new ArgumentException("A connection names its player.", nameof(playerId));
        if (incarnation < 0) throw new ArgumentException($"An incarnation is not negative, this one is {incarnation}.", nameof(incarnation));
        if (routes.Count is 0 or > RoutesMax)
            throw new ArgumentException($"A connection has 1 to {RoutesMax} routes, this one has {routes.Count}.", nameof(routes));
        if (string.IsNullOrEmpty(joinToken) || joinToken.Length > JoinTokenLengthMax)
            throw new ArgumentException($"A join token has 1 to {JoinTokenLengthMax} characters, this one has {joinToken?.Length ?? 0}.", nameof(joinToken));
        foreach (var character in joinToken)
        {
            // It is also sent as an HTTP header.
            if (character is <= ' ' or > '~') throw new ArgumentException("A join token is visible ASCII.", nameof(joinToken));
        }

        SessionId = sessionId;
        Incarnation = incarnation;
        PlayerId = playerId;
        Routes = new List<SessionRoute>(routes);
        JoinToken = joinToken;
    }

    /// <summary>The session.</summary>
    public string SessionId { get; }

    /// <summary>Counts the session's servers.</summary>
    public int Incarnation { get; }

    /// <summary>The player.</summary>
    public string PlayerId { get; }

    /// <summary>Ways to the server, best first.</summary>
    public IReadOnlyList<SessionRoute> Routes { get; }

    /// <summary>What admits the player.</summary>
    public string JoinToken { get; }

    /// <summary>Reads one element of a session document's <c>connections</c>, for backends that hand on just that.</summary>
    /// <param name="json">The connection object, at most <see cref="SessionDocument.LengthMax"/> characters.</param>
    /// <param name="sessionId">The session that it came from.</param>
    /// <param name="incarnation">That session's incarnation.</param>
    /// <exception cref="FormatException">Not JSON, or no connection with a usable route; the message says what is missing.</exception>
    public static SessionConnection Parse(string json, string sessionId, int incarnation) =>
        SessionReader.Connection(JsonParser.Parse(json, SessionDocument.LengthMax), sessionId, incarnation);
}
