using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetSystem.Matchmaker.Api;

/// <summary>Problem documents (RFC 9457): a stable code, what is wrong, and what to do.</summary>
internal static class Problem
{
    private const string TypePrefix = "urn:fleetsystem:problem:";

    /// <summary>A fault as a problem; sets the header Retry-After where trying again makes sense.</summary>
    public static ProblemHttpResult Of(ApiFault fault, HttpContext context)
    {
        if (fault.RetryAfterSeconds is { } seconds) context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (fault.Status == StatusCodes.Status401Unauthorized) context.Response.Headers.WWWAuthenticate = "Bearer";
        var extensions = new Dictionary<string, object?> { ["code"] = fault.Code };
        if (fault.Errors is not null) extensions["errors"] = fault.Errors;
        if (fault.TicketId is not null) extensions["ticketId"] = fault.TicketId;
        return TypedResults.Problem(fault.Detail, statusCode: fault.Status, title: fault.Title, type: TypePrefix + fault.Code, extensions: extensions);
    }
}

/// <summary>A fault of one field.</summary>
/// <param name="Path">JSON path of the field.</param>
/// <param name="Code">Stable code.</param>
/// <param name="Message">What is wrong and what to do.</param>
internal sealed record FieldError(string Path, string Code, string Message);
