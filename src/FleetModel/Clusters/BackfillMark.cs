using System.Globalization;

namespace FleetSystem.FleetModel.Clusters;

/// <summary>
/// How a game server asks for players for its free places: the annotation <see cref="AgonesKeys.Backfill"/> with the text
/// <c>session/incarnation/number</c>. Each new number is a new wish; 0 takes the last one back. Who is in, the list <see cref="PlayersList"/> says.
/// </summary>
public static class BackfillMark
{
    /// <summary>Agones list of a GameServer with the ids of the players who are connected.</summary>
    public const string PlayersList = "players";

    /// <summary>The text of a wish.</summary>
    public static string Of(string session, int incarnation, int number) => string.Create(CultureInfo.InvariantCulture, $"{SessionAcknowledgement.Of(session, incarnation)}/{number}");

    /// <summary>The number that a text has for a session's incarnation; 0 when it is about another one, or says nothing.</summary>
    public static int Read(ReadOnlySpan<char> text, string session, int incarnation)
    {
        var at = text.LastIndexOf('/');
        return at > 0 && SessionAcknowledgement.Read(text[..at], session, incarnation) == SessionTagState.Acknowledged
            && int.TryParse(text[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }
}
