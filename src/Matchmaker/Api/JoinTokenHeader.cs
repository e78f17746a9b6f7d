using System.Net.Http.Headers;

namespace FleetSystem.Matchmaker.Api;

/// <summary>Reads the header or metadata entry that carries a player's join token, which the session's grain verifies.</summary>
internal static class JoinTokenHeader
{
    // Longer than any that is issued.
    private const int MaxTokenLength = 4096;

    /// <summary>The join token of <c>Authorization: Bearer TOKEN</c>, or null when it has none.</summary>
    public static string? Read(string? authorization) =>
        AuthenticationHeaderValue.TryParse(authorization, out var header)
        && header is { Scheme: var scheme, Parameter: { Length: > 0 and <= MaxTokenLength } token } && scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) ? token : null;
}
