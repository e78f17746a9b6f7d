using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Sessions;

/// <summary>What a session that is a match keeps of its queue, so that it can ask for players for its free places.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Teams">Its players by the rule set's names of teams, with what the rules look at.</param>
[GenerateSerializer, Immutable, Alias("fleet.SessionMatchmaking")]
public sealed record SessionMatchmaking(
    [property: Id(0)] string Queue,
    [property: Id(1)] IReadOnlyDictionary<string, IReadOnlyList<MatchmakingPlayer>> Teams);

/// <summary>Players who come to a running session, and those whose places they get.</summary>
[GenerateSerializer, Immutable, Alias("fleet.PlayerAddition")]
public sealed record PlayerAddition
{
    /// <summary>Who comes; who is in the session already stays as he is, so that a repetition changes nothing.</summary>
    [Id(0)] public required IReadOnlyList<SessionPlayer> Come { get; init; }

    /// <summary>Players who have left for good.</summary>
    [Id(1)] public IReadOnlyList<string> Left { get; init; } = [];

    /// <summary>The teams from now on; null leaves them.</summary>
    [Id(2)] public SessionMatchmaking? Matchmaking { get; init; }

    /// <summary>Attributes for the game from now on, JSON; null leaves them. The game server finds them where it found the first.</summary>
    [Id(3)] public string? Attributes { get; init; }
}

/// <summary>What came of adding players.</summary>
public enum AddPlayersOutcome
{
    /// <summary>They are in the session, now or since before.</summary>
    Added,

    /// <summary>There is no such session.</summary>
    NoSession,

    /// <summary>It is over.</summary>
    Closed,

    /// <summary>With them it would have more players than its fleet takes.</summary>
    Full,
}

/// <summary>Answer to adding players.</summary>
/// <param name="Outcome">What came of it.</param>
/// <param name="View">The session, or null.</param>
[GenerateSerializer, Immutable, Alias("fleet.AddPlayersReply")]
public sealed record AddPlayersReply([property: Id(0)] AddPlayersOutcome Outcome, [property: Id(1)] SessionView? View);
