namespace FleetSystem.GameServer.Protocol;

/// <summary>Third byte of every datagram. Players' types are below 0x80, the server's above.</summary>
internal enum MessageType : byte
{
    Join = 0x01,
    Input = 0x02,
    Leave = 0x03,
    Probe = 0x04,
    Welcome = 0x81,
    Refused = 0x82,
    State = 0x83,
    ProbeReply = 0x84,
    Closing = 0x85,
    UnknownConnection = 0x86,
    Routes = 0x87,
}

/// <summary>Why a join was refused.</summary>
internal enum RefusalCode : byte
{
    /// <summary>The server holds no session; one that hosts several does not hold this one (yet).</summary>
    NoSession = 1,

    /// <summary>The datagram carries no token.</summary>
    TokenMissing = 2,

    /// <summary>Not a token of this issuer: malformed, tampered with, or signed by an unknown key.</summary>
    TokenInvalid = 3,

    /// <summary>The token's time is over.</summary>
    TokenExpired = 4,

    /// <summary>The token belongs to another session.</summary>
    OtherSession = 5,

    /// <summary>The token belongs to another fleet.</summary>
    OtherFleet = 6,

    /// <summary>Every place is taken.</summary>
    Full = 7,

    /// <summary>The session is ending.</summary>
    Closing = 8,

    /// <summary>Too many joins this second: try again.</summary>
    Busy = 9,
}

/// <summary>Why the server ends a session.</summary>
internal enum ClosingReason : byte
{
    /// <summary>The server is being stopped.</summary>
    Stopping = 1,

    /// <summary>The session's time is over.</summary>
    Expired = 2,

    /// <summary>Nobody has played for the configured time.</summary>
    Idle = 3,

    /// <summary>The server was given to another session.</summary>
    Replaced = 4,

    /// <summary>The session was ended or moved from outside, while the server goes on with others.</summary>
    Withdrawn = 5,
}
