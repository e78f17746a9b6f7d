using System.Globalization;
using System.Text;
using FleetSystem.GameServer.Protocol;
using AgonesGameServer = Agones.Dev.Sdk.GameServer;

namespace FleetSystem.GameServer.Sessions;

/// <summary>The session that an allocation put on this GameServer, read from its labels and annotations.</summary>
/// <param name="Session">Session id.</param>
/// <param name="Incarnation">Number of the session's server, counted from 1: a replacement has the next one.</param>
/// <param name="Fleet">Fleet of this GameServer: the audience of its join tokens.</param>
/// <param name="Server">Name of this GameServer.</param>
/// <param name="Expires">When the session has to be over.</param>
/// <param name="GameData">The creator's attributes, opaque JSON.</param>
internal sealed record SessionClaim(
    string Session, uint Incarnation, string Fleet, string Server, DateTimeOffset? Expires, string? GameData)
{
    public const string SessionLabel = "fleetsystem.dev/session";
    public const string IncarnationLabel = "fleetsystem.dev/incarnation";
    public const string FleetLabel = "agones.dev/fleet";
    public const string ExpiresAnnotation = "fleetsystem.dev/expires";
    public const string GameDataAnnotation = "fleetsystem.dev/game-data";

    /// <summary>What the server answers an allocation with, through the SDK.</summary>
    public string Acknowledgement => string.Create(CultureInfo.InvariantCulture, $"{Session}/{Incarnation}");

    /// <summary>The same session on the same incarnation; other details may differ.</summary>
    public bool IsSame(SessionClaim? other) => other is not null && other.Session == Session && other.Incarnation == Incarnation;

    /// <summary>Reads the claim of a GameServer; null when it is not allocated to a session.</summary>
    /// <param name="gameServer">The GameServer as the SDK tells it.</param>
    /// <param name="fault">What is wrong with labels or annotations that cannot be used as they are.</param>
    public static SessionClaim? Read(AgonesGameServer gameServer, out string? fault)
    {
        fault = null;
        if (gameServer.Status?.State != "Allocated" || gameServer.ObjectMeta is not { } meta
            || !meta.Labels.TryGetValue(SessionLabel, out var session) || session.Length == 0
            || !meta.Labels.TryGetValue(IncarnationLabel, out var number))
            return null;

        if (!uint.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var incarnation) || incarnation == 0)
        {
            fault = $"label {IncarnationLabel} is '{number}': it takes a whole number from 1; the session is not taken up";
            return null;
        }

        if (Encoding.UTF8.GetByteCount(session) > Wire.NameLengthMax || Encoding.UTF8.GetByteCount(meta.Name) > Wire.NameLengthMax)
        {
            fault = $"label {SessionLabel} or the server's name is longer than {Wire.NameLengthMax} bytes; the session is not taken up";
            return null;
        }

        DateTimeOffset? expires = null;
        if (meta.Annotations.TryGetValue(ExpiresAnnotation, out var text))
        {
            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
                expires = at;
            else
                fault = $"annotation {ExpiresAnnotation} is '{text}': it takes an RFC 3339 time; the session goes without an end";
        }

        return new SessionClaim(
            session,
            incarnation,
            meta.Labels.GetValueOrDefault(FleetLabel, ""),
            meta.Name,
            expires,
            meta.Annotations.GetValueOrDefault(GameDataAnnotation));
    }
}
