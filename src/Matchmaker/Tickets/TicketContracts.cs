using System.ComponentModel;
using System.Text.Json.Serialization;
using FleetSystem.FleetModel.Matching.Tickets;
using FleetSystem.Matchmaker.Api;

namespace FleetSystem.Matchmaker.Tickets;

/// <summary>Body of <c>POST /v1/tickets</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CreateTicketRequest
{
    /// <summary>The queue to wait in.</summary>
    [Description("The queue to wait in.")]
    public string? Queue { get; init; }

    /// <summary>The player, or the players of a party.</summary>
    [Description("The player, or the players of a party, who always come into the same team. Each id once.")]
    public IReadOnlyList<TicketPlayerRequest?>? Players { get; init; }

    /// <summary>Seconds to wait.</summary>
    [Description("Seconds to wait for a match. Left out, as long as the queue lets.")]
    public double? TimeoutSeconds { get; init; }
}

/// <summary>A player who wants a match, or is in one that asks for players.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record TicketPlayerRequest
{
    /// <summary>The studio's id of the player.</summary>
    [Description("The studio's id of the player.")]
    public string? Id { get; init; }

    /// <summary>Round trips to regions, measured by the player.</summary>
    [Description("Round trip in milliseconds by region, measured by the player against the latencyEndpoint of GET /v1/regions.")]
    public IReadOnlyDictionary<string, int>? LatencyMilliseconds { get; init; }

    /// <summary>What the queue's rules look at.</summary>
    [Description("What the queue's rules look at, by name: each a number, a string, a list of strings, or a map of strings to numbers.")]
    public IReadOnlyDictionary<string, AttributeInput>? Attributes { get; init; }
}

/// <summary>Body of <c>POST /v1/tickets/{id}/acceptance</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AcceptanceRequest
{
    /// <summary>The match that the players were told of.</summary>
    [Description("The match that the players were told of, so that none accepts another one. Left out, the match that the ticket is in.")]
    public string? MatchId { get; init; }

    /// <summary>Players of the ticket who answer.</summary>
    [Description("Players of the ticket who answer, at least one.")]
    public IReadOnlyList<string?>? PlayerIds { get; init; }

    /// <summary>Their answer.</summary>
    [Description("Their answer. One player who rejects ends the match, and the ticket.")]
    public Acceptance? Acceptance { get; init; }
}

/// <summary>What a player says to a match. FlexMatch's acceptance types.</summary>
public enum Acceptance
{
    /// <summary>He takes it.</summary>
    Accept,

    /// <summary>He does not.</summary>
    Reject,
}

/// <summary>Body of <c>POST /v1/backfills</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CreateBackfillRequest
{
    /// <summary>The queue to take players from.</summary>
    [Description("The queue to take players from.")]
    public string? Queue { get; init; }

    /// <summary>The running session.</summary>
    [Description("The running session that has free places. Another request of the session is replaced.")]
    public string? SessionId { get; init; }

    /// <summary>Who is in it.</summary>
    [Description("Who is in the session, by the rule set's names of teams: at least one player.")]
    public IReadOnlyDictionary<string, IReadOnlyList<TicketPlayerRequest?>?>? Teams { get; init; }

    /// <summary>Seconds to wait.</summary>
    [Description("Seconds to wait for players. Left out, as long as the queue lets.")]
    public double? TimeoutSeconds { get; init; }
}

/// <summary>A ticket as the API tells it.</summary>
public sealed record TicketResource
{
    /// <summary>Its id.</summary>
    public required string TicketId { get; init; }

    /// <summary>Its queue.</summary>
    public required string Queue { get; init; }

    /// <summary>Where it stands.</summary>
    public required TicketStatus Status { get; init; }

    /// <summary>Since when it waits.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it is given up.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Its players.</summary>
    public required IReadOnlyList<TicketPlayerResource> Players { get; init; }

    /// <summary>The match that it is in, or null.</summary>
    public required MatchResource? Match { get; init; }

    /// <summary>Why it ended without a match, or null.</summary>
    public required FailureResource? Failure { get; init; }

    /// <summary>True in a final status.</summary>
    [JsonIgnore]
    internal bool IsClosed => Status.IsFinal();
}

/// <summary>A player of a ticket.</summary>
/// <param name="Id">The studio's id of the player.</param>
/// <param name="Team">His team in the match, or null while there is none.</param>
/// <param name="Accepted">Whether he has accepted the match; null where none asks.</param>
public sealed record TicketPlayerResource(string Id, string? Team, bool? Accepted);

/// <summary>A match.</summary>
/// <param name="MatchId">Its id.</param>
/// <param name="Status">How far it has come.</param>
/// <param name="FormedAt">When it was formed.</param>
/// <param name="AcceptBy">Until when it can be accepted, or null.</param>
/// <param name="SessionId">Its session, in which each player's connection is; null before it has one.</param>
/// <param name="BackfillId">The backfill that it serves, or null: a new match.</param>
/// <param name="Teams">Its players by team; null to a player, who is told of his own ticket's alone.</param>
public sealed record MatchResource(
    string MatchId,
    MatchStatus Status,
    DateTimeOffset FormedAt,
    DateTimeOffset? AcceptBy,
    string? SessionId,
    string? BackfillId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<MatchTeamResource>? Teams);

/// <summary>A team of a match.</summary>
/// <param name="Name">Its name in the rule set.</param>
/// <param name="PlayerIds">Its players.</param>
public sealed record MatchTeamResource(string Name, IReadOnlyList<string> PlayerIds);

/// <summary>Data of an event of <c>GET /v1/tickets/{id}/events</c>.</summary>
/// <param name="Sequence">Counts the ticket's events, from 1.</param>
/// <param name="At">When it happened.</param>
/// <param name="Status">Status entered.</param>
/// <param name="Type">FlexMatch's name of the event, such as <c>PotentialMatchCreated</c>; null where FlexMatch has none.</param>
/// <param name="MatchId">The match that it is about, or null.</param>
/// <param name="Code">Stable code of why, or null when the status says it all.</param>
/// <param name="Reason">Why, for people, or null.</param>
/// <param name="Ticket">The ticket as it is when the event is sent.</param>
public sealed record TicketEventResource(long Sequence, DateTimeOffset At, TicketStatus Status, string? Type, string? MatchId, string? Code, string? Reason, TicketResource Ticket);

/// <summary>Data of an event of <c>GET /v1/queues/{queue}/events</c>: the same thing that happened to some tickets, such as those of a match.</summary>
/// <param name="At">When it happened.</param>
/// <param name="Status">Status entered.</param>
/// <param name="Type">FlexMatch's name of the event, or null where FlexMatch has none.</param>
/// <param name="Tickets">The tickets.</param>
/// <param name="MatchId">The match that it is about, or null.</param>
/// <param name="Code">Stable code of why, or null when the status says it all.</param>
/// <param name="Reason">Why, for people, or null.</param>
/// <param name="Match">That match as it is when the event is sent, or null.</param>
public sealed record QueueEventResource(
    DateTimeOffset At, TicketStatus Status, string? Type, IReadOnlyList<QueueEventTicketResource> Tickets, string? MatchId, string? Code, string? Reason, MatchResource? Match)
{
    /// <summary>Where to resume after this event; null but for the last of those that came together.</summary>
    [JsonIgnore]
    internal string? Cursor { get; init; }

    /// <summary>Says that events are missing, and nothing else.</summary>
    [JsonIgnore]
    internal bool IsGap { get; init; }

    /// <summary>Events are missing before this place.</summary>
    internal static QueueEventResource Gap { get; } = new(default, default, null, [], null, null, null, null) { IsGap = true };
}

/// <summary>A ticket to which something happened.</summary>
/// <param name="TicketId">The ticket.</param>
/// <param name="Sequence">Counts the ticket's events, from 1.</param>
public sealed record QueueEventTicketResource(string TicketId, long Sequence);

/// <summary>A running session's wish for players.</summary>
public sealed record BackfillResource
{
    /// <summary>Its id.</summary>
    public required string BackfillId { get; init; }

    /// <summary>Its queue.</summary>
    public required string Queue { get; init; }

    /// <summary>The session.</summary>
    public required string SessionId { get; init; }

    /// <summary>Where it stands: searching, placing (players are being added), completed, timedOut, cancelled or failed.</summary>
    public required TicketStatus Status { get; init; }

    /// <summary>Who asked.</summary>
    public required BackfillOrigin Origin { get; init; }

    /// <summary>Since when it waits.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it is given up.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Who was in the session when it was asked for.</summary>
    public required IReadOnlyList<MatchTeamResource> Teams { get; init; }

    /// <summary>The match that serves it, or null.</summary>
    public required string? MatchId { get; init; }

    /// <summary>Why it is as it is, or null when the status says it all.</summary>
    public required string? Reason { get; init; }
}
