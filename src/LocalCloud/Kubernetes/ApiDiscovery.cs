using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>What the API says of itself: version, groups and resources.</summary>
internal sealed class ApiDiscovery(ResourceCatalog catalog, IReadOnlyList<ApiExtension> extensions)
{
    private const string Minor = "36";
    private const string PreviousMinor = "35";
    private static readonly string[] ObjectVerbs = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];
    private static readonly string[] SubresourceVerbs = ["get", "patch", "update"];

    private IEnumerable<(string Group, string Version)> Groups =>
        catalog.Groups.Concat(extensions.Select(extension => (extension.Group, extension.Version))).Distinct();

    /// <summary>Answers a path, or null when it is none of discovery.</summary>
    public JsonObject? Answer(string path, string host)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            ["version"] => Version(),
            ["api"] => new JsonObject
            {
                ["kind"] = "APIVersions",
                ["versions"] = new JsonArray("v1"),
                ["serverAddressByClientCIDRs"] = new JsonArray(new JsonObject { ["clientCIDR"] = "0.0.0.0/0", ["serverAddress"] = host }),
            },
            ["apis"] => new JsonObject
            {
                ["kind"] = "APIGroupList",
                ["apiVersion"] = "v1",
                ["groups"] = new JsonArray([.. Groups.Where(entry => entry.Group.Length > 0).Select(entry => (JsonNode)Group(entry.Group, entry.Version, false))]),
            },
            ["apis", var group] when Groups.FirstOrDefault(entry => entry.Group == group) is { Version: not null } found => Group(group, found.Version, true),
            ["api", "v1"] => Resources("", "v1"),
            ["apis", var group, var version] when Groups.Contains((group, version)) => Resources(group, version),
            _ => null,
        };
    }

    private static JsonObject Version() => new()
    {
        ["major"] = "1",
        ["minor"] = Minor,
        ["emulationMajor"] = "1",
        ["emulationMinor"] = Minor,
        ["minCompatibilityMajor"] = "1",
        ["minCompatibilityMinor"] = PreviousMinor,
        ["gitVersion"] = "v1.36.2",
        ["gitCommit"] = "98b35193b2ac7a23a673325f5e9b830ecd5ba406",
        ["gitTreeState"] = "clean",
        ["buildDate"] = "1970-01-01T00:00:00Z",
        ["goVersion"] = "go1.26.10",
        ["compiler"] = "gc",
        ["platform"] = "linux/amd64",
    };

    private static JsonObject Group(string group, string version, bool typed)
    {
        JsonObject Entry() => new() { ["groupVersion"] = $"{group}/{version}", ["version"] = version };
        var answer = new JsonObject();
        if (typed)
        {
            answer["kind"] = "APIGroup";
            answer["apiVersion"] = "v1";
        }

        answer["name"] = group;
        answer["versions"] = new JsonArray(Entry());
        answer["preferredVersion"] = Entry();
        return answer;
    }

    private JsonObject Resources(string group, string version)
    {
        var resources = new JsonArray();
        foreach (var kind in catalog.Kinds.Where(kind => kind.Group == group && kind.Version == version)) Describe(resources, kind);
        foreach (var extension in extensions.Where(extension => extension.Group == group && extension.Version == version)) resources.Add(extension.Discovery());
        var answer = new JsonObject { ["kind"] = "APIResourceList" };
        if (group.Length > 0) answer["apiVersion"] = "v1";
        answer["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}";
        answer["resources"] = resources;
        return answer;
    }

    private static void Describe(JsonArray resources, ResourceKind kind)
    {
        resources.Add(Described(new JsonObject
        {
            ["name"] = kind.Plural,
            ["singularName"] = kind.Singular,
            ["namespaced"] = kind.Namespaced,
            ["kind"] = kind.Kind,
            ["verbs"] = Strings(ObjectVerbs),
        }, kind));
        if (kind.StatusSubresource) resources.Add(Subresource(kind, "status", kind.Kind));
        if (kind.ScaleProperty is null) return;
        var scale = Subresource(kind, "scale", "Scale");
        var verbs = scale["verbs"]!.DeepClone();
        scale.Remove("kind");
        scale.Remove("verbs");
        scale["group"] = "autoscaling";
        scale["version"] = "v1";
        scale["kind"] = "Scale";
        scale["verbs"] = verbs;
        resources.Add(scale);
    }

    private static JsonObject Described(JsonObject entry, ResourceKind kind)
    {
        if (kind.ShortNames.Count > 0) entry["shortNames"] = Strings(kind.ShortNames);
        // Opaque to clients: it only has to differ when what is stored under the name differs.
        entry["storageVersionHash"] = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind.Group}/{kind.Version}/{kind.Kind}")).AsSpan(0, 8));
        return entry;
    }

    private static JsonObject Subresource(ResourceKind kind, string name, string objectKind) => new()
    {
        ["name"] = $"{kind.Plural}/{name}",
        ["singularName"] = "",
        ["namespaced"] = kind.Namespaced,
        ["kind"] = objectKind,
        ["verbs"] = Strings(SubresourceVerbs),
    };

    private static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(value => (JsonNode)JsonValue.Create(value))]);
}
