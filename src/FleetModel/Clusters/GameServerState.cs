namespace FleetSystem.FleetModel.Clusters;

/// <summary>State of an Agones GameServer (<c>status.state</c>), in the names of Agones.</summary>
public enum GameServerState
{
    /// <summary>A state that this version does not know; never selectable, never lost.</summary>
    Unknown,

    /// <summary>Waiting for ports.</summary>
    PortAllocation,

    /// <summary>Its Pod is being created.</summary>
    Creating,

    /// <summary>Its Pod exists.</summary>
    Starting,

    /// <summary>Its Pod is on a node.</summary>
    Scheduled,

    /// <summary>The game server called Ready; Agones has not yet taken it up.</summary>
    RequestReady,

    /// <summary>Free to be allocated.</summary>
    Ready,

    /// <summary>Claimed.</summary>
    Allocated,

    /// <summary>Reserved by the game server itself.</summary>
    Reserved,

    /// <summary>On its way out.</summary>
    Shutdown,

    /// <summary>It could not be started.</summary>
    Error,

    /// <summary>Its health checks or its Pod failed.</summary>
    Unhealthy,
}
