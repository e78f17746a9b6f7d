using System;
using System.Collections.Generic;

namespace FleetSystem.GameClient;

/// <summary>A session as the players' API tells it, as far as a client needs it.</summary>
public sealed class SessionDocument
{
    /// <summary>Most characters of a document.</summary>
    public const int LengthMax = 1 << 20;

    internal SessionDocument(string sessionId, string state, int incarnation, IReadOnlyList<SessionConnection> connections)
    {
        SessionId = sessionId;
        State = state;
        Incarnation = incarnation;
        Connections = connections;
    }

    /// <summary>The session.</summary>
    public string SessionId { get; }

    /// <summary>Where it stands: <c>pending</c>, <c>allocating</c>, <c>allocated</c>, <c>playable</c>, <c>lost</c>, <c>ended</c>, <c>cancelled</c> or <c>failed</c>.</summary>
    public string State { get; }

    /// <summary>Counts its servers, from 1; 0 before the first.</summary>
    public int Incarnation { get; }

    /// <summary>The ways in of the players it tells of; empty while it holds no server.</summary>
    public IReadOnlyList<SessionConnection> Connections { get; }

    /// <summary>Whether the session is over for good.</summary>
    public bool IsClosed => State is "ended" or "cancelled" or "failed";

    /// <summary>Reads the answer of <c>POST /v1/sessions</c> or <c>GET /v1/sessions/{id}</c>. Fields that it does not know are passed over.</summary>
    /// <param name="json">The document, at most <see cref="LengthMax"/> characters.</param>
    /// <exception cref="FormatException">Not JSON, or no session; the message says what is missing.</exception>
    public static SessionDocument Parse(string json) => SessionReader.Session(JsonParser.Parse(json, LengthMax));

    /// <summary>A player's way in, or null where the document has none.</summary>
    public SessionConnection? ConnectionOf(string playerId)
    {
        foreach (var connection in Connections)
        {
            if (connection.PlayerId == playerId) return connection;
        }

        return null;
    }
}
