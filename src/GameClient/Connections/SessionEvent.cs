namespace FleetSystem.GameClient;

/// <summary>One event of a session's feed.</summary>
public sealed class SessionEvent
{
    internal SessionEvent(long sequence, string state, int incarnation, string? reason, SessionDocument session)
    {
        Sequence = sequence;
        State = state;
        Incarnation = incarnation;
        Reason = reason;
        Session = session;
    }

    /// <summary>Counts the session's events, from 1.</summary>
    public long Sequence { get; }

    /// <summary>State entered then, as in <see cref="SessionDocument.State"/>.</summary>
    public string State { get; }

    /// <summary>The session's incarnation then.</summary>
    public int Incarnation { get; }

    /// <summary>Why, or null when the state says it all.</summary>
    public string? Reason { get; }

    /// <summary>The session as it was when the event was sent, which may be later than the event.</summary>
    public SessionDocument Session { get; }

    /// <summary>
    /// True where nothing but the order of the routes has changed, or may have during a cut, or the join tokens have been renewed: the rest repeats the newest event.
    /// Told by a feed alone, since it is not in the data.
    /// </summary>
    public bool IsRoutesChanged { get; internal set; }

    /// <summary>Reads an event's data, for backends that relay the feed.</summary>
    /// <exception cref="System.FormatException">Not JSON, or no event.</exception>
    public static SessionEvent Parse(string json) => SessionReader.Event(JsonParser.Parse(json, SessionDocument.LengthMax));
}
