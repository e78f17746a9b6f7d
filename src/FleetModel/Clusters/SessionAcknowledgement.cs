using System.Globalization;

namespace FleetSystem.FleetModel.Clusters;

/// <summary>
/// What a game server says of a session by annotation: <c>session/incarnation</c> when it has taken it up, and
/// <c>session/incarnation/ended</c> when it has ended it by itself while it goes on with others.
/// </summary>
public static class SessionAcknowledgement
{
    private const string EndedSuffix = "/ended";

    /// <summary>The text by which a session's incarnation is taken up.</summary>
    public static string Of(string session, int incarnation) => string.Create(CultureInfo.InvariantCulture, $"{session}/{incarnation}");

    /// <summary>The text by which a session's incarnation is ended.</summary>
    public static string Ended(string session, int incarnation) => Of(session, incarnation) + EndedSuffix;

    /// <summary>What a text says of a session's incarnation; nothing when it is about another one.</summary>
    public static SessionTagState Read(ReadOnlySpan<char> text, string session, int incarnation)
    {
        if (!text.StartsWith(session, StringComparison.Ordinal)) return SessionTagState.Claimed;
        var rest = text[session.Length..];
        if (rest.IsEmpty || rest[0] != '/') return SessionTagState.Claimed;
        rest = rest[1..];
        var ended = rest.EndsWith(EndedSuffix, StringComparison.Ordinal);
        if (ended) rest = rest[..^EndedSuffix.Length];
        if (!int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number != incarnation) return SessionTagState.Claimed;
        return ended ? SessionTagState.Ended : SessionTagState.Acknowledged;
    }
}
