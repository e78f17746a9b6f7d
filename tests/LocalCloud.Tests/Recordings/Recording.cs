using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace FleetSystem.LocalCloud.Tests.Recordings;

/// <summary>What a real Agones control plane answered; see README.md beside the files.</summary>
internal sealed class Recording
{
    private readonly JsonArray _exchanges;

    private Recording(JsonArray exchanges) => _exchanges = exchanges;

    public IReadOnlyList<Exchange> Exchanges => [.. _exchanges.Select(exchange => new Exchange((JsonObject)exchange!))];

    public Exchange this[int index] => Exchanges[index];

    public static Recording Load(string name)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Recordings", name + ".json");
        return new Recording((JsonArray)JsonNode.Parse(File.ReadAllText(path))!["exchanges"]!);
    }
}

/// <summary>One request and its answer.</summary>
internal sealed record Exchange(JsonObject Json)
{
    public HttpMethod Method => new((string)Json["request"]!["method"]!);

    public string Path => (string)Json["request"]!["path"]!;

    public string? ContentType => (string?)Json["request"]!["contentType"];

    public JsonNode? RequestBody => Json["request"]!["body"];

    public int Status => (int)Json["response"]!["status"]!;

    public string? ResponseType => (string?)Json["response"]!["contentType"];

    public JsonNode? ResponseBody => Json["response"]!["body"];

    /// <summary>Objects of a watch, in the order in which they came.</summary>
    public IReadOnlyList<(string Type, JsonObject Object)> Events => [.. ((JsonArray)Json["events"]!)
        .Select(entry => ((string)entry!["event"]!["type"]!, entry["event"]!["object"] as JsonObject ?? (JsonObject)entry["summary"]!))];
}

/// <summary>Makes two runs comparable: what differs from run to run is replaced, what must not differ is left.</summary>
internal static partial class Shape
{
    private static readonly string[] NodePorts = ["port", "hostPort"];

    public static JsonNode? Of(JsonNode? node, string? property = null)
    {
        switch (node)
        {
            case JsonObject child:
                var result = new JsonObject();
                foreach (var (key, value) in child.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                {
                    // Who wrote which field is not kept.
                    if (key != "managedFields") result[key] = Of(value, key);
                }

                return result;
            case JsonArray items:
                return new JsonArray([.. items.Select(item => Of(item, property))]);
            case JsonValue when property is not null && NodePorts.Contains(property) && node.GetValueKind() == System.Text.Json.JsonValueKind.Number:
                return "<port>";
            case JsonValue value when value.TryGetValue<string>(out var text):
                return property is "resourceVersion" or "continue" && text.Length > 0 ? $"<{property}>" : Text(text);
            default:
                return node?.DeepClone();
        }
    }

    public static string Text(string text)
    {
        text = Uid().Replace(text, "<uid>");
        text = Time().Replace(text, "<time>");
        text = Node().Replace(text, "<node>");
        text = Address().Replace(text, "<address>");
        return Server().Replace(Image().Replace(text, "<image>"), "$1-<name>");
    }

    /// <summary>Fails with the first place at which two shapes differ.</summary>
    public static void AssertSame(JsonNode? expected, JsonNode? actual, string what)
    {
        var (left, right) = (Of(expected), Of(actual));
        if (JsonNode.DeepEquals(left, right)) return;
        Assert.Fail($"{what} differs from the recording:{Environment.NewLine}{string.Join(Environment.NewLine, Differences(left, right, "$").Take(12))}");
    }

    private static IEnumerable<string> Differences(JsonNode? left, JsonNode? right, string path)
    {
        if (JsonNode.DeepEquals(left, right)) return [];
        if (left is JsonObject a && right is JsonObject b)
        {
            return a.Select(entry => entry.Key).Union(b.Select(entry => entry.Key)).SelectMany(key =>
                !a.ContainsKey(key) ? [$"{path}.{key}: only here: {b[key]?.ToJsonString()}"]
                : !b.ContainsKey(key) ? [$"{path}.{key}: missing, recorded: {a[key]?.ToJsonString()}"]
                : Differences(a[key], b[key], $"{path}.{key}"));
        }

        if (left is JsonArray x && right is JsonArray y && x.Count == y.Count)
        {
            return x.Zip(y).SelectMany((pair, index) => Differences(pair.First, pair.Second, $"{path}[{index}]"));
        }

        return [$"{path}: recorded {left?.ToJsonString()}, here {right?.ToJsonString()}"];
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Uid();

    [GeneratedRegex(@"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")]
    private static partial Regex Time();

    [GeneratedRegex(@"\b(i-)?(fake-2|simulated-ap-northeast-2)[abc]-\d+\b")]
    private static partial Regex Node();

    [GeneratedRegex(@"\b127\.\d+\.\d+\.\d+\b")]
    private static partial Regex Address();

    [GeneratedRegex(@"\A(example/arena:\d+|simulated)\z")]
    private static partial Regex Image();

    [GeneratedRegex(@"\b(arena|rooms|bad)(-[bcdfghjklmnpqrstvwxz2456789]{5}){1,2}\b")]
    private static partial Regex Server();
}
