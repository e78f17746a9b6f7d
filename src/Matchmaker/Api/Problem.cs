using FleetSystem.FleetModel;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetSystem.Matchmaker.Api;

/// <summary>Problem documents (RFC 9457): a stable code, what is wrong, and what to do.</summary>
internal static class Problem
{
    private const string TypePrefix = "urn:fleetsystem:problem:";

    /// <summary>A problem.</summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="code">Stable code, see <see cref="ErrorCodes"/>.</param>
    /// <param name="title">What is wrong, the same for every occurrence.</param>
    /// <param name="detail">What is wrong here, and what to do.</param>
    /// <param name="errors">Faults by field, or null.</param>
    public static ProblemHttpResult Of(int status, string code, string title, string detail, IReadOnlyList<FieldError>? errors = null)
    {
        var extensions = new Dictionary<string, object?> { ["code"] = code };
        if (errors is not null) extensions["errors"] = errors;
        return TypedResults.Problem(detail, statusCode: status, title: title, type: TypePrefix + code, extensions: extensions);
    }

    /// <summary>No such session.</summary>
    public static ProblemHttpResult SessionNotFound() => Of(
        StatusCodes.Status404NotFound, ErrorCodes.SessionNotFound, "There is no such session.",
        "No session has this id, or it ended so long ago that it has been forgotten. Use the sessionId of the answer to POST /v1/sessions.");
}

/// <summary>A fault of one field.</summary>
/// <param name="Path">JSON path of the field.</param>
/// <param name="Code">Stable code.</param>
/// <param name="Message">What is wrong and what to do.</param>
internal sealed record FieldError(string Path, string Code, string Message);
