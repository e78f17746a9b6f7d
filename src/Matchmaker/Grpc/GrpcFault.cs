using System.Globalization;
using FleetSystem.FleetModel;
using FleetSystem.Matchmaker.Api;
using Google.Protobuf;
using Grpc.Core;

namespace FleetSystem.Matchmaker.Grpc;

/// <summary>Tells a fault as gRPC does: a status, and trailers with the stable code, the faults by field, and when to try again.</summary>
internal static class GrpcFault
{
    /// <summary>Trailer with the stable code.</summary>
    public const string CodeTrailer = "fleetsystem-code";

    /// <summary>Trailer with the faults by field.</summary>
    public const string FaultsTrailer = "fleetsystem-faults-bin";

    /// <summary>Trailer with the ticket that stands in the way.</summary>
    public const string TicketTrailer = "fleetsystem-ticket-id";

    /// <summary>Trailer with the seconds after which trying again makes sense.</summary>
    public const string RetryAfterTrailer = "retry-after";

    private const string StatusHeader = "grpc-status";
    private const string MessageHeader = "grpc-message";

    // Clients refuse trailers above 8 KiB in sum by default: the text, as it is escaped, and the faults, a third longer in base64, stay below.
    private const int MaxDetailBytes = 2048;
    private const int MaxFaultsBytes = 3072;

    /// <summary>The exception that ends a call with a fault.</summary>
    public static RpcException Of(ApiFault fault)
    {
        var trailers = new Metadata { { CodeTrailer, fault.Code } };
        if (fault.RetryAfterSeconds is { } seconds) trailers.Add(RetryAfterTrailer, seconds.ToString(CultureInfo.InvariantCulture));
        if (fault.TicketId is { } ticket) trailers.Add(TicketTrailer, ticket);
        if (fault.Errors is { } errors) trailers.Add(FaultsTrailer, Fit(errors).ToByteArray());
        return new RpcException(new Status(StatusOf(fault), Shorten(fault.Detail)), trailers);
    }

    /// <summary>Answers a call that no service has been reached by: status and trailers in the place of headers, as the protocol has it for answers without a message.</summary>
    public static void Answer(HttpResponse response, ApiFault fault)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "application/grpc";
        response.Headers[StatusHeader] = ((int)StatusOf(fault)).ToString(CultureInfo.InvariantCulture);
        response.Headers[MessageHeader] = Uri.EscapeDataString(fault.Detail);
        response.Headers[CodeTrailer] = fault.Code;
        if (fault.RetryAfterSeconds is { } seconds) response.Headers[RetryAfterTrailer] = seconds.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A fault that another cell told; null when the call failed in another way.</summary>
    public static ApiFault? Read(RpcException exception)
    {
        if (exception.Trailers.GetValue(CodeTrailer) is not { } code) return null;
        IReadOnlyList<FieldError>? errors = exception.Trailers.GetValueBytes(FaultsTrailer) is { } faults
            ? [.. V1.FieldFaults.Parser.ParseFrom(faults).Faults.Select(fault => new FieldError(fault.Path, fault.Code, fault.Message))] : null;
        return KnownBy(code) with
        {
            Code = code,
            Detail = exception.Status.Detail,
            Errors = errors,
            RetryAfterSeconds = int.TryParse(exception.Trailers.GetValue(RetryAfterTrailer), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : null,
        };
    }

    // Status and title of a code; everything else comes with the fault.
    private static ApiFault KnownBy(string code) => code switch
    {
        ErrorCodes.SessionNotFound => ApiFault.SessionNotFound,
        ErrorCodes.IdempotencyConflict => ApiFault.KeyReused,
        ErrorCodes.InvalidIdempotencyKey => ApiFault.InvalidKey,
        ErrorCodes.RequestTooLarge => ApiFault.TooLarge(0),
        ErrorCodes.JoinTokenMissing => ApiFault.JoinTokenMissing,
        ErrorCodes.JoinTokenInvalid => ApiFault.JoinTokenInvalid,
        ErrorCodes.JoinTokenExpired => ApiFault.JoinTokenExpired,
        ErrorCodes.JoinTokenOtherSession => ApiFault.JoinTokenOtherSession,
        ErrorCodes.JoinTokenOtherPlayer => ApiFault.JoinTokenOtherPlayer,
        ErrorCodes.TooManyReports => ApiFault.TooManyReports(default),
        ErrorCodes.Unavailable => ApiFault.Unavailable,
        ErrorCodes.InternalError => ApiFault.Internal,
        ErrorCodes.Overloaded => ApiFault.Overloaded,
        ErrorCodes.NoCapacity or ErrorCodes.QueueFull or ErrorCodes.AllocationFailed or ErrorCodes.NotPlayable or ErrorCodes.ServerLost => ApiFault.Failed(new(code, "")),
        _ => ApiFault.Invalid([new FieldError("$", code, "")]),
    };

    // gRPC escapes a status' text as in a URL: three bytes for each byte that is not plain ASCII.
    private static string Shorten(string detail)
    {
        var bytes = 0;
        var length = 0;
        foreach (var letter in detail.EnumerateRunes())
        {
            bytes += letter.Value is >= ' ' and <= '~' and not '%' ? 1 : 3 * letter.Utf8SequenceLength;
            if (bytes > MaxDetailBytes) return detail[..length] + "...";
            length += letter.Utf16SequenceLength;
        }

        return detail;
    }

    private static StatusCode StatusOf(ApiFault fault) => fault.Code switch
    {
        ErrorCodes.IdempotencyConflict or ErrorCodes.PlayerHasTicket => StatusCode.AlreadyExists,
        ErrorCodes.TicketNotOpen => StatusCode.FailedPrecondition,
        ErrorCodes.NoCapacity or ErrorCodes.QueueFull or ErrorCodes.RequestTooLarge => StatusCode.ResourceExhausted,
        ErrorCodes.Unavailable or ErrorCodes.Overloaded => StatusCode.Unavailable,
        _ => fault.Status switch
        {
            StatusCodes.Status401Unauthorized => StatusCode.Unauthenticated,
            StatusCodes.Status403Forbidden => StatusCode.PermissionDenied,
            StatusCodes.Status404NotFound => StatusCode.NotFound,
            StatusCodes.Status429TooManyRequests => StatusCode.ResourceExhausted,
            < 500 => StatusCode.InvalidArgument,
            // Not UNAVAILABLE, which clients take for leave to repeat the call: with the same key it would find the failed session again.
            StatusCodes.Status503ServiceUnavailable => StatusCode.Aborted,
            _ => StatusCode.Internal,
        },
    };

    private static V1.FieldFaults Fit(IReadOnlyList<FieldError> errors)
    {
        var faults = new V1.FieldFaults();
        foreach (var error in errors)
        {
            faults.Faults.Add(new V1.FieldFault { Path = error.Path, Code = error.Code, Message = error.Message });
            if (faults.CalculateSize() <= MaxFaultsBytes) continue;
            faults.Faults.RemoveAt(faults.Faults.Count - 1);
            break;
        }

        return faults;
    }
}
