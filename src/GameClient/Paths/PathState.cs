namespace FleetSystem.GameClient;

/// <summary>What a player knows of a path.</summary>
public enum PathState
{
    /// <summary>Nothing yet.</summary>
    Unknown,

    /// <summary>It answers.</summary>
    Healthy,

    /// <summary>It answers, and loses a good part.</summary>
    Degraded,

    /// <summary>It does not answer.</summary>
    Down,
}
