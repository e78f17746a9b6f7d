using System.Text.Json.Serialization;

namespace FleetSystem.FleetModel.Matching.Tickets;

/// <summary>How far a match has come.</summary>
public enum MatchStatus
{
    /// <summary>Its players are asked.</summary>
    RequiresAcceptance,

    /// <summary>A server is being claimed, or its players are being added to the session that they fill.</summary>
    Placing,

    /// <summary>It has its session.</summary>
    Completed,

    /// <summary>It was given up: not accepted, or not placed. Its tickets went their ways.</summary>
    Dropped,
}

/// <summary>A match as the journal keeps it, once for all its tickets.</summary>
[GenerateSerializer, Immutable, Alias("fleet.MatchRecord")]
public sealed record MatchRecord
{
    /// <summary>Its id.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Its tickets.</summary>
    [Id(1)] public required IReadOnlyList<string> Tickets { get; init; }

    /// <summary>Its players by team; of a backfill those who come.</summary>
    [Id(2)] public required IReadOnlyList<MatchedTeam> Teams { get; init; }

    /// <summary>Regions in which all its players keep to the latency rules, the fastest first. None: latency was not looked at.</summary>
    [Id(3)] public required IReadOnlyList<string> Regions { get; init; }

    /// <summary>How far it has come.</summary>
    [Id(4)] public MatchStatus Status { get; init; }

    /// <summary>When it was formed.</summary>
    [Id(5)] public DateTimeOffset FormedAt { get; init; }

    /// <summary>Until when it can be accepted, or null.</summary>
    [Id(6)] public DateTimeOffset? AcceptBy { get; init; }

    /// <summary>Players who accepted it.</summary>
    [Id(7)] public IReadOnlyList<string> AcceptedBy { get; init; } = [];

    /// <summary>Its session: in the store before it is created; of a backfill the session that is filled. Null until it is placed.</summary>
    [Id(8)] public string? SessionId { get; init; }

    /// <summary>The backfill that it serves, or null: a new match.</summary>
    [Id(9)] public string? Backfill { get; init; }

    /// <summary>Every player.</summary>
    [JsonIgnore] public IEnumerable<string> Players => Teams.SelectMany(team => team.Players);
}

/// <summary>A team of a match.</summary>
/// <param name="Name">Its name in the rule set.</param>
/// <param name="Players">Its players.</param>
[GenerateSerializer, Immutable, Alias("fleet.MatchedTeam")]
public sealed record MatchedTeam([property: Id(0)] string Name, [property: Id(1)] IReadOnlyList<string> Players);
