namespace FleetSystem.GameClient;

/// <summary>Where a player stands with its server.</summary>
public enum TransportState
{
    /// <summary>The join is being sent; nothing else is yet.</summary>
    Joining,

    /// <summary>The server has let the player in.</summary>
    Joined,

    /// <summary>The server refused for good; another connection (a fresh token, a replacement) starts anew.</summary>
    Refused,

    /// <summary>The server has closed; a replacement's connection starts anew.</summary>
    Closed,

    /// <summary>Disposed of.</summary>
    Disposed,
}
