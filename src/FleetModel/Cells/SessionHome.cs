using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetModel.Cells;

/// <summary>
/// A session's id as callers of several cells know it: the id, and after a dot the cell that keeps the session. Without a cell it is the id of a
/// session that was created before there were peers; game servers know the part before the dot.
/// </summary>
/// <param name="Id">The id within its cell.</param>
/// <param name="Cell">The cell, or null when the id does not say.</param>
public readonly record struct SessionHome(string Id, string? Cell)
{
    private const char Separator = '.';

    // A cell's name has the form of a Kubernetes name.
    private const int MaxCellLength = 63;

    /// <summary>Reads what a caller calls a session; null when it is no session's name.</summary>
    public static SessionHome? Parse(string text)
    {
        var at = text.IndexOf(Separator, StringComparison.Ordinal);
        if (at < 0) return SessionIds.IsWellFormed(text) ? new SessionHome(text, null) : null;
        var (id, cell) = (text[..at], text[(at + 1)..]);
        return SessionIds.IsWellFormed(id) && cell.Length is >= 1 and <= MaxCellLength && cell.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-')
            ? new SessionHome(id, cell) : null;
    }

    /// <summary>What callers call the session.</summary>
    public override string ToString() => Cell is null ? Id : $"{Id}{Separator}{Cell}";
}
