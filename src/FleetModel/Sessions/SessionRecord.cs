namespace FleetSystem.FleetModel.Sessions;

/// <summary>A session as the store keeps it. Changed by <see cref="SessionTransitions"/> alone.</summary>
[GenerateSerializer, Immutable, Alias("fleet.SessionRecord")]
public sealed record SessionRecord
{
    /// <summary>The session's id.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Hash of the request that created it: the same key with another request is a conflict.</summary>
    [Id(1)] public required string Fingerprint { get; init; }

    /// <summary>What was asked for.</summary>
    [Id(2)] public required SessionRequest Request { get; init; }

    /// <summary>Where it stands.</summary>
    [Id(3)] public SessionState State { get; init; }

    /// <summary>Counts its servers, from 1: each replacement is one more.</summary>
    [Id(4)] public int Incarnation { get; init; } = 1;

    /// <summary>Its server; of a lost or ended session the last one; null before the first.</summary>
    [Id(5)] public ServerBinding? Server { get; init; }

    /// <summary>When it was asked for.</summary>
    [Id(6)] public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Until when the present allocation may go on.</summary>
    [Id(7)] public DateTimeOffset AllocationDeadline { get; init; }

    /// <summary>When it ends at the latest.</summary>
    [Id(8)] public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Why it failed, or null.</summary>
    [Id(9)] public SessionFailure? Failure { get; init; }

    /// <summary>Its history, oldest first; the oldest go when there are more than <see cref="SessionTransitions.MaxEvents"/>.</summary>
    [Id(10)] public IReadOnlyList<SessionEvent> Events { get; init; } = [];

    /// <summary>When it reached its final state, or null.</summary>
    [Id(11)] public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Base64 of the routing token by which the NLB's proxy knows the present incarnation's server.</summary>
    [Id(12)] public required string RoutingToken { get; init; }

    /// <summary>Its place in a queue while it waits for capacity, kept until a server is claimed; null when it did not have to wait.</summary>
    [Id(13)] public SessionWait? Wait { get; init; }

    /// <summary>True in a final state: nothing moves any more.</summary>
    public bool IsClosed => State is SessionState.Ended or SessionState.Cancelled or SessionState.Failed;

    /// <summary>True while a server is claimed for it.</summary>
    public bool HoldsServer => State is SessionState.Allocated or SessionState.Playable;

    /// <summary>Sequence of its newest event, 0 before the first.</summary>
    public long LastSequence => Events.Count == 0 ? 0 : Events[^1].Sequence;
}

/// <summary>The server that a session holds.</summary>
[GenerateSerializer, Immutable, Alias("fleet.ServerBinding")]
public sealed record ServerBinding
{
    /// <summary>Cluster it runs in.</summary>
    [Id(0)] public required string Cluster { get; init; }

    /// <summary>Region of that cluster.</summary>
    [Id(1)] public required string Region { get; init; }

    /// <summary>Its zone, or empty when its node is not known.</summary>
    [Id(2)] public required string Zone { get; init; }

    /// <summary>Its node.</summary>
    [Id(3)] public required string Node { get; init; }

    /// <summary>Name of the GameServer.</summary>
    [Id(4)] public required string Name { get; init; }

    /// <summary>Its node's address.</summary>
    [Id(5)] public required string Address { get; init; }

    /// <summary>Its game port.</summary>
    [Id(6)] public required int Port { get; init; }

    /// <summary>Which preference was served, from 1: 1 what was asked for, 2 another zone of the region, 3 another region.</summary>
    [Id(7)] public int PreferenceServed { get; init; } = 1;
}

/// <summary>How a session waits for capacity.</summary>
/// <param name="Since">Since when; a turn that brought no server changes nothing about it.</param>
/// <param name="Region">Region whose queue took it in. It waits in the queues of all regions that may serve it; in this one it counts as demand.</param>
[GenerateSerializer, Immutable, Alias("fleet.SessionWait")]
public sealed record SessionWait([property: Id(0)] DateTimeOffset Since, [property: Id(1)] string Region);

/// <summary>Why a session failed.</summary>
/// <param name="Code">Stable code, see <see cref="ErrorCodes"/>.</param>
/// <param name="Message">What happened, for people.</param>
[GenerateSerializer, Immutable, Alias("fleet.SessionFailure")]
public sealed record SessionFailure([property: Id(0)] string Code, [property: Id(1)] string Message);

/// <summary>Something that happened to a session.</summary>
/// <param name="Sequence">Counts the session's events, from 1, without gaps.</param>
/// <param name="At">When.</param>
/// <param name="State">State that the session entered.</param>
/// <param name="Incarnation">Its incarnation then.</param>
/// <param name="Server">Name of its server then, or null.</param>
/// <param name="Reason">Why, for people; null when the state says it all.</param>
[GenerateSerializer, Immutable, Alias("fleet.SessionEvent")]
public sealed record SessionEvent(
    [property: Id(0)] long Sequence,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] SessionState State,
    [property: Id(3)] int Incarnation,
    [property: Id(4)] string? Server,
    [property: Id(5)] string? Reason);
