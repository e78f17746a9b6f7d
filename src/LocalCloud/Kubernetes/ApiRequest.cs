
namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>What a request addresses, in the words that access rules use.</summary>
/// <param name="Verb"><c>get</c>, <c>list</c>, <c>watch</c>, <c>create</c>, <c>update</c>, <c>patch</c>, <c>delete</c>, <c>deletecollection</c>.</param>
/// <param name="Group">API group; empty for core.</param>
/// <param name="Version">API version.</param>
/// <param name="Resource">Plural name.</param>
/// <param name="Namespace">Null for cluster-wide requests.</param>
/// <param name="Name">Null for collections.</param>
/// <param name="Subresource">Null for the object itself.</param>
internal sealed record ApiRequest(string Verb, string Group, string Version, string Resource, string? Namespace, string? Name, string? Subresource)
{
    /// <summary>Reads method and path; null when the path is none of a resource.</summary>
    public static ApiRequest? Read(HttpRequest request)
    {
        var parts = request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        int next;
        string group, version;
        if (parts.Length >= 3 && parts[0] == "api") (group, version, next) = ("", parts[1], 2);
        else if (parts.Length >= 4 && parts[0] == "apis") (group, version, next) = (parts[1], parts[2], 3);
        else return null;

        string? scope = null;
        // /namespaces/{name} and its status address the Namespace itself.
        if (parts[next] == "namespaces" && parts.Length > next + 2 && parts[next + 2] is not ("status" or "finalize"))
        {
            scope = parts[next + 1];
            next += 2;
        }

        var rest = parts.AsSpan(next);
        if (rest.Length > 3) return null;
        var name = rest.Length > 1 ? rest[1] : null;
        return new ApiRequest(VerbOf(request, name), group, version, rest[0], scope, name, rest.Length > 2 ? rest[2] : null);
    }

    private static string VerbOf(HttpRequest request, string? name) => request.Method switch
    {
        "GET" or "HEAD" when name is not null => "get",
        "GET" or "HEAD" => request.Query["watch"].ToString() is "true" or "1" ? "watch" : "list",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => name is null ? "deletecollection" : "delete",
        var other => other.ToLowerInvariant(),
    };
}
