using System.Globalization;
using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>JSON patch (RFC 6902).</summary>
internal static class JsonPatch
{
    /// <summary>Named limit of the API server: operations in one patch.</summary>
    public const int OperationLimit = 10_000;

    /// <exception cref="ApiException">422 when a test fails or a path does not exist, 400 when the patch itself is malformed.</exception>
    public static JsonNode? Apply(JsonNode document, JsonArray operations)
    {
        if (operations.Count > OperationLimit)
        {
            throw new ApiException(413, "RequestEntityTooLarge",
                $"The allowed maximum operations in a JSON patch is {OperationLimit}, got {operations.Count}");
        }

        JsonNode? root = document;
        foreach (var entry in operations)
        {
            if (entry is not JsonObject operation || operation.Text("path") is not { } path)
            {
                throw ApiException.BadRequest("error decoding patch: every operation needs op and path");
            }

            root = Apply(root, operation, Split(path));
        }

        return root;
    }

    private static JsonNode? Apply(JsonNode? root, JsonObject operation, string[] path)
    {
        switch (operation.Text("op"))
        {
            case "test":
                if (!JsonNode.DeepEquals(Get(root, path), operation["value"])) throw Rejected();
                return root;
            case "add":
                return Put(root, path, operation["value"]?.DeepClone(), insert: true);
            case "replace":
                Get(root, path);
                return Put(root, path, operation["value"]?.DeepClone(), insert: false);
            case "remove":
                Remove(root, path);
                return root;
            case "copy":
                return Put(root, path, Get(root, From(operation))?.DeepClone(), insert: true);
            case "move":
                var moved = Get(root, From(operation))?.DeepClone();
                Remove(root, From(operation));
                return Put(root, path, moved, insert: true);
            default:
                throw ApiException.BadRequest($"error decoding patch: unknown operation {operation["op"]?.ToJsonString()}");
        }
    }

    private static string[] From(JsonObject operation) =>
        Split(operation.Text("from") ?? throw ApiException.BadRequest("error decoding patch: move and copy need from"));

    private static string[] Split(string path)
    {
        if (path.Length == 0) return [];
        if (path[0] != '/') throw ApiException.BadRequest($"error decoding patch: path \"{path}\" does not begin with /");
        return [.. path[1..].Split('/').Select(part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
    }

    private static JsonNode? Get(JsonNode? node, ReadOnlySpan<string> path)
    {
        foreach (var part in path)
        {
            node = node switch
            {
                JsonObject child when child.TryGetPropertyValue(part, out var value) => value,
                JsonArray items when TryIndex(part, items.Count - 1, out var index) => items[index],
                _ => throw Rejected(),
            };
        }

        return node;
    }

    private static JsonNode? Put(JsonNode? root, string[] path, JsonNode? value, bool insert)
    {
        if (path.Length == 0) return value;
        var parent = Get(root, path.AsSpan(0, path.Length - 1));
        var last = path[^1];
        if (parent is JsonObject child) child[last] = value;
        else if (parent is JsonArray items && insert && last == "-") items.Add(value);
        else if (parent is JsonArray list && TryIndex(last, insert ? list.Count : list.Count - 1, out var index))
        {
            if (insert) list.Insert(index, value);
            else list[index] = value;
        }
        else
        {
            throw Rejected();
        }

        return root;
    }

    private static void Remove(JsonNode? root, string[] path)
    {
        if (path.Length == 0) throw Rejected();
        var parent = Get(root, path.AsSpan(0, path.Length - 1));
        if (parent is JsonObject child && child.Remove(path[^1])) return;
        if (parent is JsonArray items && TryIndex(path[^1], items.Count - 1, out var index)) items.RemoveAt(index);
        else throw Rejected();
    }

    private static bool TryIndex(string part, int last, out int index) =>
        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out index) && index <= last;

    private static ApiException Rejected() =>
        new(422, "Invalid", "the server rejected our request due to an error in our request", new JsonObject());
}
