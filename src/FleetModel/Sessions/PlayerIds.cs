using System.Diagnostics.CodeAnalysis;

namespace FleetSystem.FleetModel.Sessions;

/// <summary>What may be a studio's id of a player.</summary>
public static class PlayerIds
{
    /// <summary>Longest id, in characters.</summary>
    public const int MaxLength = 128;

    /// <summary>Whether a text may be one: 1 to <see cref="MaxLength"/> characters, none of them a control character.</summary>
    public static bool IsPossible([NotNullWhen(true)] string? id) => id is { Length: >= 1 and <= MaxLength } && !id.Any(char.IsControl);
}
