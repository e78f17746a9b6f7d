using System.Text.Json.Serialization;

namespace FleetSystem.FleetModel.Sessions;

/// <summary>What a caller asks for. Checked before it reaches a grain.</summary>
[GenerateSerializer, Immutable, Alias("fleet.SessionRequest")]
public sealed record SessionRequest
{
    /// <summary>Most bytes of <see cref="Attributes"/> in UTF-8.</summary>
    public const int MaxAttributesBytes = 16 * 1024;

    /// <summary>The fleet asked for.</summary>
    [Id(0)] public required string Fleet { get; init; }

    /// <summary>The players; at least one.</summary>
    [Id(1)] public required IReadOnlyList<SessionPlayer> Players { get; init; }

    /// <summary>The region asked for, or null to let the players' latency decide.</summary>
    [Id(2)] public string? Region { get; init; }

    /// <summary>The zone preferred, or null.</summary>
    [Id(3)] public string? PreferredZone { get; init; }

    /// <summary>Up to where the caller waits.</summary>
    [Id(4)] public WaitFor WaitFor { get; init; }

    /// <summary>How long the session may take to get its server.</summary>
    [Id(5)] public TimeSpan Deadline { get; init; }

    /// <summary>Attributes for the game, handed to the server as JSON; null when there are none.</summary>
    [Id(6)] public string? Attributes { get; init; }

    /// <summary>How long the session may live once it has been asked for.</summary>
    [Id(7)] public TimeSpan Lifetime { get; init; }

    /// <summary>The cell that keeps the session; null where cells know no peers, and of sessions created before they did.</summary>
    [Id(200), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Home { get; init; }

    /// <summary>The region that comes first over all cells, which may be another cell's; null to let this cell's regions decide alone.</summary>
    [Id(201), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? FirstRegion { get; init; }

    /// <summary>The queue whose match it is, and its teams; null when it is none's.</summary>
    [Id(340), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public SessionMatchmaking? Matchmaking { get; init; }
}

/// <summary>A player of a session.</summary>
/// <param name="Id">The studio's id of the player.</param>
/// <param name="LatencyMilliseconds">Round trip to regions, measured by the player, by region id.</param>
[GenerateSerializer, Immutable, Alias("fleet.SessionPlayer")]
public sealed record SessionPlayer(
    [property: Id(0)] string Id,
    [property: Id(1)] IReadOnlyDictionary<string, int> LatencyMilliseconds);
