using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>One reason for a refusal, as <c>details.causes</c> carries it.</summary>
internal readonly record struct StatusCause(string Reason, string Message, string Field);

/// <summary>A refusal that reaches the client as a <c>Status</c> object.</summary>
internal sealed class ApiException(int code, string reason, string message, JsonObject? details = null, int? retryAfterSeconds = null)
    : Exception(message)
{
    public int Code { get; } = code;

    public string Reason { get; } = reason;

    public int? RetryAfterSeconds { get; } = retryAfterSeconds;

    /// <summary>A continue token that the client may go on with (410 of a list).</summary>
    public string? Continue { get; init; }

    public JsonObject ToStatus()
    {
        var status = new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = Message,
        };
        if (Continue is not null) status["metadata"]!["continue"] = Continue;
        if (Reason.Length > 0) status["reason"] = Reason;
        if (details is not null) status["details"] = details.DeepClone();
        status["code"] = Code;
        return status;
    }

    public static ApiException BadRequest(string message) => new(400, "BadRequest", message);

    public static ApiException Unauthorized() => new(401, "Unauthorized", "Unauthorized");

    public static ApiException NotFound(ResourceKind kind, string name) =>
        new(404, "NotFound", $"{kind.GroupResource} \"{name}\" not found", Details(kind, name));

    public static ApiException AlreadyExists(ResourceKind kind, string name) =>
        new(409, "AlreadyExists", $"{kind.GroupResource} \"{name}\" already exists", Details(kind, name));

    public static ApiException Conflict(ResourceKind kind, string name, string? why = null) =>
        new(409, "Conflict", $"Operation cannot be fulfilled on {kind.GroupResource} \"{name}\": " + (why
            ?? "the object has been modified; please apply your changes to the latest version and try again"), Details(kind, name));

    /// <summary>410: a watch or a list asks for a version that is no longer kept.</summary>
    public static ApiException Expired(long asked, long oldest) =>
        new(410, "Expired", $"too old resource version: {asked} ({oldest})");

    public static ApiException UnsupportedMediaType(IEnumerable<string> accepted) =>
        new(415, "UnsupportedMediaType",
            $"the body of the request was in an unknown format - accepted media types include: {string.Join(", ", accepted)}");

    public static ApiException MethodNotAllowed() =>
        new(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", new JsonObject());

    public static ApiException NoSuchResource() =>
        new(404, "NotFound", "the server could not find the requested resource", new JsonObject());

    public static ApiException NotAcceptable() =>
        new(406, "NotAcceptable", "only the following media types are accepted: application/json");

    public static ApiException TooLarge(long limit) =>
        new(413, "RequestEntityTooLarge", $"Request entity too large: limit is {limit}");

    public static ApiException Unavailable(string message, int retryAfterSeconds) =>
        new(503, "ServiceUnavailable", message, new JsonObject { ["retryAfterSeconds"] = retryAfterSeconds }, retryAfterSeconds);

    public static ApiException TooManyRequests(string message, int retryAfterSeconds) =>
        new(429, "TooManyRequests", message, new JsonObject { ["retryAfterSeconds"] = retryAfterSeconds }, retryAfterSeconds);

    /// <summary>504: the client knows a version that this server has not reached.</summary>
    public static ApiException VersionTooLarge(long asked, long current) =>
        new(504, "Timeout", $"Timeout: Too large resource version: {asked}, current: {current}", new JsonObject
        {
            ["causes"] = new JsonArray(new JsonObject
            {
                ["reason"] = "ResourceVersionTooLarge",
                ["message"] = "Too large resource version",
            }),
            ["retryAfterSeconds"] = 1,
        }, 1);

    /// <summary>422 with its causes. Schema violations name the resource kind, webhooks and metadata rules the object kind.</summary>
    public static ApiException Invalid(string subject, string group, string kind, string name, IReadOnlyList<StatusCause> causes, string prefix = "")
    {
        var messages = causes.Select(cause => $"{cause.Field}: {cause.Message}").Distinct().ToList();
        var summary = messages.Count == 1 ? messages[0] : $"[{string.Join(", ", messages)}]";
        var details = new JsonObject();
        if (name.Length > 0) details["name"] = name;
        if (group.Length > 0) details["group"] = group;
        details["kind"] = kind;
        details["causes"] = new JsonArray([.. causes.Select(cause => (JsonNode)new JsonObject
        {
            ["reason"] = cause.Reason,
            ["message"] = cause.Message,
            ["field"] = cause.Field,
        })]);
        return new ApiException(422, "Invalid", $"{prefix}{subject} \"{name}\" is invalid: {summary}", details);
    }

    public static ApiException Invalid(ResourceKind kind, string name, IReadOnlyList<StatusCause> causes, string prefix = "") =>
        Invalid(kind.GroupKind, kind.Group, kind.Kind, name, causes, prefix);

    private static JsonObject Details(ResourceKind kind, string name)
    {
        var details = new JsonObject { ["name"] = name };
        if (kind.Group.Length > 0) details["group"] = kind.Group;
        details["kind"] = kind.Plural;
        return details;
    }
}
