using System.Globalization;

namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>What a list, watch or delete of a collection asks for, as its query says.</summary>
internal sealed class ListQuery
{
    public required LabelSelector Labels { get; init; }

    public required FieldSelector Fields { get; init; }

    public int Limit { get; init; }

    public string? Continue { get; init; }

    /// <summary>The version asked for; null when none is named.</summary>
    public long? ResourceVersion { get; init; }

    public string? Match { get; init; }

    public bool Watch { get; init; }

    public bool AllowBookmarks { get; init; }

    public bool SendInitialEvents { get; init; }

    public TimeSpan? Timeout { get; init; }

    public bool IsFiltered => !Labels.IsEmpty || !Fields.IsEmpty;

    /// <exception cref="ApiException">400, 422 or 500, as the API server answers each fault.</exception>
    public static ListQuery Read(IQueryCollection query)
    {
        var read = new ListQuery
        {
            Labels = LabelSelector.Parse(query["labelSelector"]),
            Fields = FieldSelector.Parse(query["fieldSelector"]),
            Limit = (int)Math.Min(Number(query, "limit") ?? 0, int.MaxValue),
            Continue = NonEmpty(query, "continue"),
            ResourceVersion = Version(NonEmpty(query, "resourceVersion")),
            Match = NonEmpty(query, "resourceVersionMatch"),
            Watch = Flag(query, "watch"),
            AllowBookmarks = Flag(query, "allowWatchBookmarks"),
            SendInitialEvents = Flag(query, "sendInitialEvents"),
            Timeout = Number(query, "timeoutSeconds") is { } seconds and > 0 ? TimeSpan.FromSeconds(Math.Min(seconds, 86_400)) : null,
        };
        read.Check();
        return read;
    }

    private void Check()
    {
        if (Watch && SendInitialEvents && Match != "NotOlderThan")
        {
            throw Forbidden("resourceVersionMatch", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
        }

        if (Match is null) return;
        if (Match is not ("Exact" or "NotOlderThan"))
        {
            throw ApiException.Invalid("ListOptions.meta.k8s.io", "meta.k8s.io", "ListOptions", "",
            [
                new("FieldValueNotSupported", $"Unsupported value: \"{Match}\": supported values: \"Exact\", \"NotOlderThan\"", "resourceVersionMatch"),
            ]);
        }

        if (Watch && !SendInitialEvents) throw Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
        if (Watch) return;
        if (Continue is not null) throw Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden when continue is provided");
        if (ResourceVersion is null) throw Forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided");
        if (Match == "Exact" && ResourceVersion == 0) throw Forbidden("resourceVersionMatch", "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
    }

    private static ApiException Forbidden(string field, string why) =>
        ApiException.Invalid("ListOptions.meta.k8s.io", "meta.k8s.io", "ListOptions", "", [new("FieldValueForbidden", $"Forbidden: {why}", field)]);

    private static string? NonEmpty(IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 } text ? text : null;

    private static bool Flag(IQueryCollection query, string name) => query[name].ToString() is "true" or "1" or "True" or "t";

    private static long? Number(IQueryCollection query, string name)
    {
        if (NonEmpty(query, name) is not { } text) return null;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= 0
            ? number
            : throw ApiException.BadRequest($"strconv.ParseInt: parsing \"{text}\": invalid syntax");
    }

    private static long? Version(string? text)
    {
        if (text is null) return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var version)) return version;
        // The API server calls this its own error (500), not the client's.
        throw new ApiException(500, "", $"resourceVersion: Invalid value: \"{text}\": strconv.ParseUint: parsing \"{text}\": invalid syntax");
    }
}
