namespace FleetSystem.GameClient;

/// <summary>Why a session's event feed ended for good.</summary>
public enum FeedEnd
{
    /// <summary>The session is over.</summary>
    SessionClosed,

    /// <summary>The service refuses the request itself (unknown session, no access): trying again would not help.</summary>
    Refused,
}
