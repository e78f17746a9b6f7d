using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.SiloHost.Listening;

namespace FleetSystem.Matchmaker.Api;

/// <summary>A call refused or failed, in the words that the HTTP API and gRPC share. Each of them has its own way to tell it.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Code">Stable code, see <see cref="ErrorCodes"/>.</param>
/// <param name="Title">What is wrong, the same for every occurrence.</param>
/// <param name="Detail">What is wrong here, and what to do.</param>
internal sealed record ApiFault(int Status, string Code, string Title, string Detail)
{
    /// <summary>Header or metadata entry that carries a caller's key; gRPC writes it in lower case.</summary>
    public const string KeyHeader = "Idempotency-Key";

    /// <summary>Longest idempotency key, in characters.</summary>
    public const int MaxKeyLength = 255;

    /// <summary>Faults by field.</summary>
    public IReadOnlyList<FieldError>? Errors { get; init; }

    /// <summary>Seconds after which trying again makes sense, or null when it does not.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>The ticket that stands in the way, told only to who may see it; null when none does.</summary>
    public string? TicketId { get; init; }

    /// <summary>No such session.</summary>
    public static ApiFault SessionNotFound { get; } = new(
        StatusCodes.Status404NotFound, ErrorCodes.SessionNotFound, "There is no such session.",
        "No session has this id, or it ended so long ago that it has been forgotten. Use the sessionId of the answer to the session's creation.");

    /// <summary>The key is missing or malformed.</summary>
    public static ApiFault InvalidKey { get; } = new(
        StatusCodes.Status400BadRequest, ErrorCodes.InvalidIdempotencyKey, "The Idempotency-Key is missing or malformed.",
        $"Send the header {KeyHeader} with 1 to {MaxKeyLength} printable ASCII characters, a new one for each session and the same one when you try again.");

    /// <summary>The key belongs to another request.</summary>
    public static ApiFault KeyReused { get; } = new(
        StatusCodes.Status409Conflict, ErrorCodes.IdempotencyConflict, "The Idempotency-Key was used with another request.",
        "Use a new key for a new session; repeat the same body with the same key to try again.");

    /// <summary>More event streams than the limit.</summary>
    public static ApiFault TooManyStreams { get; } = new(
        StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, "Too many event streams are open.",
        "Try again in a few seconds, or ask for the session itself from time to time.")
    { RetryAfterSeconds = 5 };

    /// <summary>Too many creations are under way.</summary>
    public static ApiFault Overloaded { get; } = new(
        StatusCodes.Status503ServiceUnavailable, ErrorCodes.Overloaded, "Too many sessions of this fleet and region are being created.",
        "Nothing was begun. The same request with the same Idempotency-Key can be tried again.")
    { RetryAfterSeconds = 2 };

    /// <summary>The call needs a credential.</summary>
    public static ApiFault Unauthenticated { get; } = new(
        StatusCodes.Status401Unauthorized, ErrorCodes.Unauthenticated, "The call has no credential that is known.",
        "Send the player's token, or a game backend's key, as Authorization: Bearer CREDENTIAL. A token that has expired, is for something else, or has a key that is not known is none.");

    /// <summary>The token of a stream has expired.</summary>
    public static ApiFault CredentialExpired { get; } = new(
        StatusCodes.Status401Unauthorized, ErrorCodes.CredentialExpired, "The credential of the stream has expired.",
        "The token, or certificate, that the stream was opened with has expired. Open it again behind its last event with a fresh one.");

    /// <summary>The credential of a stream was withdrawn.</summary>
    public static ApiFault CredentialRevoked { get; } = new(
        StatusCodes.Status401Unauthorized, ErrorCodes.CredentialRevoked, "The credential of the stream was withdrawn.",
        "The key that the stream was opened with, or that signed its token, is known no more. Open it again behind its last event with one that is.");

    /// <summary>The caller is known, and may not call.</summary>
    public static ApiFault Forbidden { get; } = new(
        StatusCodes.Status403Forbidden, ErrorCodes.Forbidden, "The credential is not good for this.",
        "Players and game backends call this API; the credential is neither's.");

    /// <summary>More requests than are taken.</summary>
    public static ApiFault TooManyRequests { get; } = new(
        StatusCodes.Status429TooManyRequests, ErrorCodes.TooManyRequests, "There are too many requests.",
        "You, or everybody at your address together, send more requests than are taken. Wait as long as Retry-After says.");

    /// <summary>A player acts for others alone.</summary>
    public static ApiFault OthersOnly { get; } = new(
        StatusCodes.Status403Forbidden, ErrorCodes.Forbidden, "A player acts for himself.",
        "You are not among the players of the request. Name yourself, by the id that your token has as sub, or call with a game backend's credential.");

    /// <summary>The call needs a join token.</summary>
    public static ApiFault JoinTokenMissing { get; } = new(
        StatusCodes.Status401Unauthorized, ErrorCodes.JoinTokenMissing, "The join token is missing.",
        "Send the player's joinToken of this session's connection in the header Authorization: Bearer {joinToken}.");

    /// <summary>The join token is none of ours.</summary>
    public static ApiFault JoinTokenInvalid { get; } = new(
        StatusCodes.Status401Unauthorized, ErrorCodes.JoinTokenInvalid, "The join token is not valid.",
        "It was not issued by this service, or was changed. Send the joinToken of the session's connection as it is.");

    /// <summary>The join token has expired.</summary>
    public static ApiFault JoinTokenExpired { get; } = new(
        StatusCodes.Status401Unauthorized, ErrorCodes.JoinTokenExpired, "The join token has expired.",
        "Ask for the session: its connections have fresh tokens.");

    /// <summary>The join token is for another session.</summary>
    public static ApiFault JoinTokenOtherSession { get; } = new(
        StatusCodes.Status403Forbidden, ErrorCodes.JoinTokenOtherSession, "The join token is for another session.",
        "A player reports for the session that its join token names, and for no other.");

    /// <summary>The join token is for another player.</summary>
    public static ApiFault JoinTokenOtherPlayer { get; } = new(
        StatusCodes.Status403Forbidden, ErrorCodes.JoinTokenOtherPlayer, "The join token is for another player.",
        "A player reports for itself: playerId must be that of the join token.");

    /// <summary>A part of the service did not answer.</summary>
    public static ApiFault Unavailable { get; } = new(
        StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, "The service cannot answer now.",
        "A part of the service did not answer. The same request with the same Idempotency-Key can be tried again.")
    { RetryAfterSeconds = 1 };

    /// <summary>The cell that keeps the session cannot be reached.</summary>
    public static ApiFault CellUnreachable(string cell) => new(
        StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, "The session's cell cannot be reached.",
        $"Cell '{cell}' keeps the session and does not answer now. The session may well go on; the same request can be tried again.")
    { RetryAfterSeconds = 2 };

    /// <summary>A fault of ours.</summary>
    public static ApiFault Internal { get; } = new(
        StatusCodes.Status500InternalServerError, ErrorCodes.InternalError, "Something went wrong on our side.",
        "Something went wrong on our side. The same request with the same Idempotency-Key can be tried again.");

    /// <summary>The request is larger than the limit.</summary>
    public static ApiFault TooLarge(int most) => new(
        StatusCodes.Status413PayloadTooLarge, ErrorCodes.RequestTooLarge, "The body is too large.", $"A request may have {most} bytes.");

    /// <summary>The request has faults.</summary>
    public static ApiFault Invalid(IReadOnlyList<FieldError> faults) => new(
        StatusCodes.Status400BadRequest, faults[0].Code, "The request is not valid; nothing was allocated.",
        string.Join(" ", faults.Select(fault => $"{fault.Path}: {fault.Message}")))
    { Errors = faults };

    /// <summary>A player's report has faults.</summary>
    public static ApiFault InvalidReport(IReadOnlyList<FieldError> faults) =>
        Invalid(faults) with { Title = "The report is not valid; it was not taken." };

    /// <summary>A player reports too often.</summary>
    public static ApiFault TooManyReports(TimeSpan wait) => new(
        StatusCodes.Status429TooManyRequests, ErrorCodes.TooManyReports, "The player reports too often.",
        "The report was not taken. Wait as long as Retry-After says, and then send the newest.")
    { RetryAfterSeconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)) };

    /// <summary>The session got no server.</summary>
    public static ApiFault Failed(SessionFailure failure) => new(
        StatusCodes.Status503ServiceUnavailable, failure.Code,
        failure.Code == ErrorCodes.QueueFull ? "Too many sessions wait for a server." : "The session got no server.",
        $"{failure.Message} Try again with a new Idempotency-Key.")
    { RetryAfterSeconds = failure.Code == ErrorCodes.QueueFull ? 5 : 2 };

    /// <summary>What a caller is told of an exception.</summary>
    public static ApiFault Of(Exception fault) => FaultAnswers.IsPassing(fault) ? Unavailable : Internal;
}
