using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>
/// OpenAPI v3 documents, as far as kubectl needs them before it writes: that the server checks fields itself. Object schemas stay open.
/// </summary>
internal sealed class OpenApiDocuments(ResourceCatalog catalog, IReadOnlyList<ApiExtension> extensions)
{
    private const string Root = "/openapi/v3";

    /// <summary>Answers a path, or null when it is none of these documents.</summary>
    public JsonObject? Answer(string path)
    {
        if (path == Root) return Index();
        if (!path.StartsWith(Root + "/", StringComparison.Ordinal)) return null;
        var name = path[(Root.Length + 1)..];
        return Groups.Contains(name) ? Document(name) : null;
    }

    private IEnumerable<string> Groups => catalog.Groups
        .Concat(extensions.Select(extension => (extension.Group, extension.Version)))
        .Select(entry => PathOf(entry.Group, entry.Version)).Distinct();

    private static string PathOf(string group, string version) => group.Length == 0 ? $"api/{version}" : $"apis/{group}/{version}";

    private JsonObject Index()
    {
        var paths = new JsonObject();
        foreach (var group in Groups) paths[group] = new JsonObject { ["serverRelativeURL"] = $"{Root}/{group}?hash=1" };
        return new JsonObject { ["paths"] = paths };
    }

    private JsonObject Document(string group)
    {
        var paths = new JsonObject();
        var schemas = new JsonObject();
        foreach (var kind in catalog.Kinds.Where(kind => PathOf(kind.Group, kind.Version) == group))
        {
            Describe(paths, schemas, group, kind.Group, kind.Version, kind.Kind, kind.Plural, kind.Namespaced, patchable: true);
        }

        foreach (var extension in extensions.Where(extension => PathOf(extension.Group, extension.Version) == group))
        {
            var resource = extension.Discovery();
            Describe(paths, schemas, group, extension.Group, extension.Version, resource.Text("kind")!, extension.Plural, resource["namespaced"]!.GetValue<bool>(), patchable: false);
        }

        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = "v1.36.2" },
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas },
        };
    }

    private static void Describe(
        JsonObject paths, JsonObject schemas, string path, string group, string version, string kind, string plural, bool namespaced, bool patchable)
    {
        var collection = $"/{path}/{(namespaced ? "namespaces/{namespace}/" : "")}{plural}";
        JsonObject Type() => new() { ["group"] = group, ["kind"] = kind, ["version"] = version };
        JsonObject Operation(string action) => new()
        {
            ["x-kubernetes-action"] = action,
            ["x-kubernetes-group-version-kind"] = Type(),
            ["parameters"] = new JsonArray(new JsonObject
            {
                ["name"] = "fieldValidation",
                ["in"] = "query",
                ["schema"] = new JsonObject { ["type"] = "string" },
            }),
            ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "OK" } },
        };
        paths[collection] = new JsonObject { ["post"] = Operation("post") };
        paths[collection + "/{name}"] = patchable
            ? new JsonObject { ["put"] = Operation("put"), ["patch"] = Operation("patch") }
            // kubectl looks for this parameter on a PATCH, also of what can only be created.
            : new JsonObject { ["patch"] = Operation("patch") };
        schemas[$"{group}.{version}.{kind}"] = new JsonObject
        {
            ["type"] = "object",
            ["x-kubernetes-group-version-kind"] = new JsonArray(Type()),
            ["x-kubernetes-preserve-unknown-fields"] = true,
        };
    }
}
