using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>Short, forgiving access to JSON trees: an absent or differently typed property reads as null.</summary>
internal static class JsonNodes
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public static JsonNode? Parse(ReadOnlyMemory<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8.Span);
        return JsonNode.Parse(ref reader);
    }

    /// <summary>Parses what a client sent: property names that occur twice are refused here, not at their first use.</summary>
    public static JsonNode? ParseStrict(ReadOnlySpan<byte> utf8) => JsonNode.Parse(utf8, documentOptions: Strict);

    public static JsonObject? Child(this JsonObject? node, string name) => node?[name] as JsonObject;

    public static JsonArray? Items(this JsonObject? node, string name) => node?[name] as JsonArray;

    public static JsonObject Ensure(this JsonObject node, string name)
    {
        if (node[name] is JsonObject child) return child;
        child = [];
        node[name] = child;
        return child;
    }

    public static string? Text(this JsonObject? node, string name) => Text(node?[name]);

    public static string? Text(this JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static long? Integer(this JsonObject? node, string name) => Integer(node?[name]);

    public static long? Integer(this JsonNode? node)
    {
        if (node is not JsonValue value || value.GetValueKind() != JsonValueKind.Number) return null;
        if (value.TryGetValue<long>(out var large)) return large;
        if (value.TryGetValue<int>(out var small)) return small;
        return long.TryParse(value.ToJsonString(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var parsed) ? parsed : null;
    }

    public static JsonObject Copy(this JsonObject node) => (JsonObject)node.DeepClone();

    /// <summary>Reads a string map such as labels; entries that are no strings are left out.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Strings(this JsonObject? node)
    {
        if (node is null) yield break;
        foreach (var (key, value) in node)
        {
            if (value.Text() is { } text) yield return new(key, text);
        }
    }
}
