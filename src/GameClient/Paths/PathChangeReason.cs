namespace FleetSystem.GameClient;

/// <summary>Why a player last changed its path.</summary>
public enum PathChangeReason
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>The path used before was silent, and this one answered.</summary>
    Silence,

    /// <summary>All paths are silent: they are tried in turn.</summary>
    AllSilent,

    /// <summary>The path used before lost a good part, and another hardly any.</summary>
    Loss,

    /// <summary>A better one has proven itself, or the service put another first.</summary>
    BetterPath,
}
