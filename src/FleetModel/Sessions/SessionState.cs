namespace FleetSystem.FleetModel.Sessions;

/// <summary>States of a session.</summary>
public enum SessionState
{
    /// <summary>Accepted; waits for capacity in the queue of its fleet.</summary>
    Pending,

    /// <summary>A server is being claimed.</summary>
    Allocating,

    /// <summary>A server is claimed; it has not acknowledged the session yet.</summary>
    Allocated,

    /// <summary>The game server has taken the session up.</summary>
    Playable,

    /// <summary>Its server is gone; what follows is the fleet's policy.</summary>
    Lost,

    /// <summary>Over, as asked or by its game server.</summary>
    Ended,

    /// <summary>Ended by its caller before it had a server.</summary>
    Cancelled,

    /// <summary>It got no server, or lost it for good; <see cref="SessionRecord.Failure"/> says why.</summary>
    Failed,
}

/// <summary>Up to where a caller wants to wait.</summary>
public enum WaitFor
{
    /// <summary>A server is claimed.</summary>
    Allocated,

    /// <summary>The game server has acknowledged the session.</summary>
    Playable,
}
