namespace FleetSystem.FleetModel;

/// <summary>Stable codes of errors, the same over HTTP and gRPC.</summary>
public static class ErrorCodes
{
    /// <summary>The body is not JSON, or not of the documented form.</summary>
    public const string MalformedRequest = "malformed-request";

    /// <summary>The body is larger than allowed.</summary>
    public const string RequestTooLarge = "request-too-large";

    /// <summary>A field's value is not allowed.</summary>
    public const string InvalidRequest = "invalid-request";

    /// <summary>The header Idempotency-Key is missing or malformed.</summary>
    public const string InvalidIdempotencyKey = "invalid-idempotency-key";

    /// <summary>No such fleet.</summary>
    public const string UnknownFleet = "unknown-fleet";

    /// <summary>No such region, or the fleet does not run in it.</summary>
    public const string UnknownRegion = "unknown-region";

    /// <summary>No such zone in the region.</summary>
    public const string UnknownZone = "unknown-zone";

    /// <summary>No such cluster in the region.</summary>
    public const string UnknownCluster = "unknown-cluster";

    /// <summary>The fleet's size is not what it was when the caller looked.</summary>
    public const string SizeChanged = "size-changed";

    /// <summary>The fleet's size cannot be changed from here: something else decides it, or the cluster refuses.</summary>
    public const string SizeNotChangeable = "size-not-changeable";

    /// <summary>The change was sent, and whether it was made is not known.</summary>
    public const string OutcomeUnknown = "outcome-unknown";

    /// <summary>The same Idempotency-Key was used with another request.</summary>
    public const string IdempotencyConflict = "idempotency-key-reused";

    /// <summary>The call needs a join token and has none.</summary>
    public const string JoinTokenMissing = "join-token-missing";

    /// <summary>The join token is none of this service's.</summary>
    public const string JoinTokenInvalid = "join-token-invalid";

    /// <summary>The join token is no longer valid.</summary>
    public const string JoinTokenExpired = "join-token-expired";

    /// <summary>The join token is for another session.</summary>
    public const string JoinTokenOtherSession = "join-token-other-session";

    /// <summary>The join token is for another player.</summary>
    public const string JoinTokenOtherPlayer = "join-token-other-player";

    /// <summary>A player reports more often than allowed.</summary>
    public const string TooManyReports = "too-many-reports";

    /// <summary>No such session, or it ended long ago.</summary>
    public const string SessionNotFound = "session-not-found";

    /// <summary>The session holds no server, which what was asked for takes.</summary>
    public const string SessionHoldsNoServer = "session-holds-no-server";

    /// <summary>The session cannot leave its server: nothing else may serve it.</summary>
    public const string SessionCannotMove = "session-cannot-move";

    /// <summary>No such matchmaking queue.</summary>
    public const string UnknownQueue = "unknown-queue";

    /// <summary>No such ticket, or it was done long ago.</summary>
    public const string TicketNotFound = "ticket-not-found";

    /// <summary>The ticket is past the point where this is possible.</summary>
    public const string TicketNotOpen = "ticket-not-open";

    /// <summary>A player of the ticket is in another ticket of the queue.</summary>
    public const string PlayerHasTicket = "player-has-ticket";

    /// <summary>The rule set that holds cannot match the ticket: an attribute or a latency is missing, or its party is too large.</summary>
    public const string TicketNotMatchable = "ticket-not-matchable";

    /// <summary>A player's next ticket took this one's place.</summary>
    public const string TicketReplaced = "ticket-replaced";

    /// <summary>A player rejected the match.</summary>
    public const string MatchRejected = "match-rejected";

    /// <summary>The match was not accepted in time.</summary>
    public const string AcceptanceTimedOut = "acceptance-timed-out";

    /// <summary>The match got no server, or the session that it was to fill did not take its players.</summary>
    public const string PlacementFailed = "placement-failed";

    /// <summary>The rule set has faults.</summary>
    public const string InvalidRuleSet = "invalid-rule-set";

    /// <summary>No free server until the deadline.</summary>
    public const string NoCapacity = "no-capacity";

    /// <summary>No server is free, and as many sessions wait for one as the fleet lets.</summary>
    public const string QueueFull = "queue-full";

    /// <summary>No cluster could be asked, or none gave an answer until the deadline.</summary>
    public const string AllocationFailed = "allocation-failed";

    /// <summary>The server was claimed but did not take the session up in time.</summary>
    public const string NotPlayable = "not-playable";

    /// <summary>The server was lost and the fleet's policy is not to replace it.</summary>
    public const string ServerLost = "server-lost";

    /// <summary>As many such requests are under way as may be; nothing was begun.</summary>
    public const string Overloaded = "overloaded";

    /// <summary>The call needs a credential, and has none that is known.</summary>
    public const string Unauthenticated = "unauthenticated";

    /// <summary>The token that a stream was opened with has expired: with a fresh one it goes on.</summary>
    public const string CredentialExpired = "credential-expired";

    /// <summary>The credential that a stream was opened with was withdrawn.</summary>
    public const string CredentialRevoked = "credential-revoked";

    /// <summary>The caller, or the address that he calls from, sends more requests than are taken.</summary>
    public const string TooManyRequests = "too-many-requests";

    /// <summary>The caller is known, and may not do that.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>The service itself cannot answer now.</summary>
    public const string Unavailable = "unavailable";

    /// <summary>A fault of ours.</summary>
    public const string InternalError = "internal-error";
}
