using System.Globalization;
using FleetSystem.FleetModel;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetSystem.FleetManager.Ops;

/// <summary>A fault of one field.</summary>
/// <param name="Path">JSON path of the field.</param>
/// <param name="Code">Stable code.</param>
/// <param name="Message">What is wrong and what to do.</param>
internal sealed record OpsFieldError(string Path, string Code, string Message);

/// <summary>Problem documents (RFC 9457) of the operators' API, of the form and with the codes that the players' API has.</summary>
internal static class OpsProblem
{
    private const string TypePrefix = "urn:fleetsystem:problem:";
    private const string RetryAfterSeconds = "1";

    /// <summary>There is no such region or cluster.</summary>
    public static ProblemHttpResult NotFound(string code, string detail) => Of(StatusCodes.Status404NotFound, code, "There is no such thing.", detail);

    /// <summary>The request has faults; nothing was changed.</summary>
    public static ProblemHttpResult Invalid(IReadOnlyList<OpsFieldError> faults) => Of(
        StatusCodes.Status400BadRequest, faults[0].Code, "The request is not valid; nothing was changed.", string.Join(" ", faults.Select(fault => $"{fault.Path}: {fault.Message}")), faults);

    /// <summary>What is asked for does not go with how things stand; nothing was changed.</summary>
    public static ProblemHttpResult Conflict(string code, string detail) => Of(StatusCodes.Status409Conflict, code, "It cannot be done as things stand.", detail);

    /// <summary>The body is too large.</summary>
    public static ProblemHttpResult TooLarge(int most) => Of(
        StatusCodes.Status413PayloadTooLarge, ErrorCodes.RequestTooLarge, "The body is too large.", string.Create(CultureInfo.InvariantCulture, $"A request may have {most} bytes."));

    /// <summary>A part of the cell, or a cluster, did not answer.</summary>
    public static ProblemHttpResult Unavailable(string detail) => Of(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Unavailable, "The service cannot answer now.", detail);

    /// <summary>The same, with what it is now.</summary>
    public static ProblemHttpResult Conflict(string code, string detail, object? now)
    {
        var problem = Conflict(code, detail);
        if (now is not null) problem.ProblemDetails.Extensions["now"] = now;
        return problem;
    }

    /// <summary>A change was sent, and whether it was made is not known.</summary>
    public static ProblemHttpResult OutcomeUnknown(string detail) => Of(StatusCodes.Status504GatewayTimeout, ErrorCodes.OutcomeUnknown, "Whether it was changed is not known.", detail);

    /// <summary>Every problem has a code, also those that the framework makes.</summary>
    public static void AddCode(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        if (problem.Status == StatusCodes.Status503ServiceUnavailable) context.HttpContext.Response.Headers.RetryAfter = RetryAfterSeconds;
        if (problem.Extensions.ContainsKey("code")) return;
        var (code, detail) = problem.Status switch
        {
            503 => (ErrorCodes.Unavailable, "A part of the service did not answer. The same request can be tried again."),
            >= 500 => (ErrorCodes.InternalError, "Something went wrong on our side. The same request can be tried again."),
            401 => (ErrorCodes.Unauthenticated, "Send an operator's key, or a token of the operators' issuer, as Authorization: Bearer CREDENTIAL, or sign in at /login."),
            403 => (ErrorCodes.Forbidden, "The role is not enough: viewers see, operators change, and what cannot be taken back takes an admin. A change out of a browser has to come from a page of this host."),
            429 => (ErrorCodes.TooManyRequests, "You, or everybody at your address together, send more requests than are taken. Wait as long as Retry-After says."),
            404 => ("not-found", "There is nothing at this path."),
            405 => ("method-not-allowed", "This path does not know this method."),
            _ => (ErrorCodes.MalformedRequest, "The request cannot be read."),
        };
        problem.Extensions["code"] = code;
        problem.Detail ??= detail;
        problem.Type = TypePrefix + code;
    }

    private static ProblemHttpResult Of(int status, string code, string title, string detail, IReadOnlyList<OpsFieldError>? faults = null)
    {
        var extensions = new Dictionary<string, object?> { ["code"] = code };
        if (faults is not null) extensions["errors"] = faults;
        return TypedResults.Problem(detail, statusCode: status, title: title, type: TypePrefix + code, extensions: extensions);
    }
}
