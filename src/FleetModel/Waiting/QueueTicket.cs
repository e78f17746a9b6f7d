namespace FleetSystem.FleetModel.Waiting;

/// <summary>A session's place in the queue of a fleet in a region, as the session itself knows it: a queue that was lost is made anew of these.</summary>
[GenerateSerializer, Immutable, Alias("fleet.QueueTicket")]
public sealed record QueueTicket
{
    /// <summary>The session.</summary>
    [Id(0)] public required string Session { get; init; }

    /// <summary>Until when a server is of use: the earliest deadline has the first turn.</summary>
    [Id(1)] public required DateTimeOffset Deadline { get; init; }

    /// <summary>Since when it waits: of equal deadlines the one that has waited longest has the first turn.</summary>
    [Id(2)] public required DateTimeOffset Since { get; init; }

    /// <summary>
    /// True in the one region whose queue took the session in. There it counts as demand, and there it comes back to even when the queue is
    /// full: it was promised its place.
    /// </summary>
    [Id(3)] public bool IsHome { get; init; }

    /// <summary>
    /// How long it lets others go first after a turn that brought no server, for example because its zone must be one that has none. Not
    /// negative; zero at first.
    /// </summary>
    [Id(4)] public TimeSpan Rest { get; init; }
}

/// <summary>Where a session stands in a queue.</summary>
/// <param name="Position">Its position, from 1.</param>
/// <param name="Waiting">Sessions in the queue, itself among them.</param>
/// <param name="Since">Since when it waits.</param>
[GenerateSerializer, Immutable, Alias("fleet.QueuePlace")]
public sealed record QueuePlace(
    [property: Id(0)] int Position,
    [property: Id(1)] int Waiting,
    [property: Id(2)] DateTimeOffset Since);

/// <summary>What a queue has to say to a session.</summary>
public enum QueueSignal
{
    /// <summary>It waits; the same ticket is to be shown again.</summary>
    Waiting,

    /// <summary>Its turn has come: a claim made at once is let through.</summary>
    Turn,

    /// <summary>Its deadline has passed.</summary>
    Expired,

    /// <summary>The queue is full; the session is not in it.</summary>
    Full,

    /// <summary>It has left the queue.</summary>
    Left,

    /// <summary>The queue's silo stops: the same ticket is to be shown again after a pause.</summary>
    Moving,
}

/// <summary>A queue's answer to a session.</summary>
/// <param name="Signal">What it has to say.</param>
/// <param name="Place">Where the session stands; null unless it waits.</param>
[GenerateSerializer, Immutable, Alias("fleet.QueueReply")]
public sealed record QueueReply([property: Id(0)] QueueSignal Signal, [property: Id(1)] QueuePlace? Place);
