using System.Globalization;
using System.Text;
using FleetSystem.GameServer.Protocol;
using AgonesGameServer = Agones.Dev.Sdk.GameServer;

namespace FleetSystem.GameServer.Sessions;

/// <summary>A session that an allocation put on this GameServer, read from its labels and annotations.</summary>
/// <param name="Session">Session id.</param>
/// <param name="Incarnation">Number of the session's server, counted from 1: a replacement has the next one.</param>
/// <param name="Fleet">Fleet of this GameServer: the audience of its join tokens.</param>
/// <param name="Server">Name of this GameServer.</param>
/// <param name="Expires">When the session has to be over.</param>
/// <param name="GameData">The creator's attributes, opaque JSON.</param>
/// <param name="Shared">Whether the server may be given further sessions beside it.</param>
internal sealed record SessionClaim(
    string Session, uint Incarnation, string Fleet, string Server, DateTimeOffset? Expires, string? GameData, bool Shared = false)
{
    public const string SessionLabel = "fleetsystem.dev/session";
    public const string IncarnationLabel = "fleetsystem.dev/incarnation";
    public const string FleetLabel = "agones.dev/fleet";
    public const string ExpiresAnnotation = "fleetsystem.dev/expires";
    public const string GameDataAnnotation = "fleetsystem.dev/game-data";

    /// <summary>A server of several sessions bears a label <c>fleetsystem.dev/{session}</c> for each; session ids begin with <c>s-</c>.</summary>
    public const string SharedPrefix = "fleetsystem.dev/s-";

    private const string EndedSuffix = "/ended";

    /// <summary>What the server answers an allocation with, through the SDK.</summary>
    public string Acknowledgement => string.Create(CultureInfo.InvariantCulture, $"{Session}/{Incarnation}");

    /// <summary>What the server says when it has ended the session and goes on with others.</summary>
    public string Withdrawal => Acknowledgement + EndedSuffix;

    /// <summary>The same session on the same incarnation; other details may differ.</summary>
    public bool IsSame(SessionClaim? other) => other is not null && other.Session == Session && other.Incarnation == Incarnation;

    /// <summary>Whether a label is that of a session among several; its value is the incarnation.</summary>
    public static bool IsSharedLabel(string label) => label.StartsWith(SharedPrefix, StringComparison.Ordinal);

    /// <summary>The session of a label of a session among several.</summary>
    public static string SessionOf(string sharedLabel) => sharedLabel[(sharedLabel.IndexOf('/', StringComparison.Ordinal) + 1)..];

    /// <summary>Reads the claims of a GameServer: none when it is not allocated to a session, one, or several that share it.</summary>
    /// <param name="gameServer">The GameServer as the SDK tells it.</param>
    /// <param name="fault">What is wrong with labels or annotations that cannot be used as they are, null when nothing is.</param>
    public static IReadOnlyList<SessionClaim> Read(AgonesGameServer gameServer, out string? fault)
    {
        fault = null;
        if (gameServer.Status?.State != "Allocated" || gameServer.ObjectMeta is not { } meta)
            return [];

        var claims = new List<SessionClaim>();
        var faults = new List<string>();
        if (meta.Labels.TryGetValue(SessionLabel, out var session) && session.Length > 0 && meta.Labels.TryGetValue(IncarnationLabel, out var number)
            && Read(meta, session, SessionLabel, IncarnationLabel, number, ExpiresAnnotation, GameDataAnnotation, faults) is { } only)
            claims.Add(only);

        foreach (var (label, incarnation) in meta.Labels)
        {
            if (IsSharedLabel(label) && Read(meta, SessionOf(label), label, label, incarnation, $"{label}.expires", $"{label}.game-data", faults) is { } shared)
                claims.Add(shared with { Shared = true });
        }

        if (faults.Count > 0)
            fault = string.Join("; ", faults.Order(StringComparer.Ordinal));
        return claims;
    }

    private static SessionClaim? Read(
        AgonesGameServer.Types.ObjectMeta meta, string session, string sessionKey, string numberKey, string number, string expiresKey, string gameDataKey, List<string> faults)
    {
        if (!uint.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var incarnation) || incarnation == 0)
        {
            faults.Add($"label {numberKey} is '{number}': it takes a whole number from 1; the session is not taken up");
            return null;
        }

        if (Encoding.UTF8.GetByteCount(session) > Wire.NameLengthMax || Encoding.UTF8.GetByteCount(meta.Name) > Wire.NameLengthMax)
        {
            faults.Add($"label {sessionKey} or the server's name is longer than {Wire.NameLengthMax} bytes; the session is not taken up");
            return null;
        }

        DateTimeOffset? expires = null;
        if (meta.Annotations.TryGetValue(expiresKey, out var text))
        {
            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
                expires = at;
            else
                faults.Add($"annotation {expiresKey} is '{text}': it takes an RFC 3339 time; the session goes without an end");
        }

        return new SessionClaim(
            session,
            incarnation,
            meta.Labels.GetValueOrDefault(FleetLabel, ""),
            meta.Name,
            expires,
            meta.Annotations.GetValueOrDefault(gameDataKey));
    }
}
