using System.Globalization;
using System.Text.Json;

namespace FleetSystem.GameServer.Sessions;

/// <summary>Who is in a session.</summary>
/// <param name="Claim">The session.</param>
/// <param name="Connected">Players connected.</param>
/// <param name="Left">Players who were, and are no more.</param>
internal readonly record struct Attendance(SessionClaim Claim, int Connected, int Left);

/// <summary>
/// Decides when the server asks for players for places that got free: somebody has left for some time, others play on, and no one has come
/// instead. Who never came is waited for, not replaced. Each wish has a number; 0 takes it back.
/// </summary>
/// <param name="after">How long a place must be free.</param>
/// <param name="repeat">Time after which a wish that was not fulfilled is made anew: it may have been lost, or have found nobody in time.</param>
internal sealed class BackfillAsker(TimeSpan after, TimeSpan repeat)
{
    /// <summary>Annotation that the wish is set by; Agones puts its prefix before it.</summary>
    public const string Annotation = "backfill";

    private string _session = "";
    private DateTimeOffset? _freeSince;
    private DateTimeOffset _askedAt;
    private int _number;
    private int _connectedThen;
    private bool _isAsking;

    /// <summary>What the annotation must say from now on, or null when it says so already.</summary>
    public string? Next(Attendance attendance, DateTimeOffset now)
    {
        var claim = attendance.Claim;
        if (_session != claim.Acknowledgement) (_session, _freeSince, _isAsking) = (claim.Acknowledgement, null, false);
        if (attendance is not { Left: > 0, Connected: > 0 } || attendance.Connected >= PlayersOf(claim.GameData))
        {
            _freeSince = null;
            if (!_isAsking)
                return null;
            _isAsking = false;
            return Text(0);
        }

        _freeSince ??= now;
        if (now - _freeSince < after || (_isAsking && now - _askedAt < repeat && attendance.Connected == _connectedThen))
            return null;
        (_isAsking, _askedAt, _connectedThen) = (true, now, attendance.Connected);
        return Text(++_number);
    }

    private string Text(int number) => string.Create(CultureInfo.InvariantCulture, $"{_session}/{number}");

    /// <summary>Players of the match, by its matchmaker data in FlexMatch's form; 0 when the session is no match.</summary>
    private static int PlayersOf(string? gameData)
    {
        try
        {
            using var json = JsonDocument.Parse(gameData ?? "{}");
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("teams", out var teams) && teams.ValueKind == JsonValueKind.Array
                ? teams.EnumerateArray().Sum(team => team.ValueKind == JsonValueKind.Object && team.TryGetProperty("players", out var players) && players.ValueKind == JsonValueKind.Array ? players.GetArrayLength() : 0)
                : 0;
        }
        catch (JsonException)
        {
            return 0;
        }
    }
}
