using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FleetSystem.FleetManager.Tests.Kubernetes;

/// <summary>An exchange with a real Agones control plane, see ../Recordings.</summary>
internal sealed class Recording
{
    private static readonly string Folder = FindFolder();
    private readonly JsonNode _exchange;

    private Recording(JsonNode exchange) => _exchange = exchange;

    public int Status => (int)_exchange["response"]!["status"]!;

    public string ContentType => (string?)_exchange["response"]!["contentType"] ?? "application/json";

    /// <summary>The answer as bytes: JSON as the API server writes it, or the plain text.</summary>
    public byte[] Body => Encoding.UTF8.GetBytes(
        _exchange["response"]!["body"] is JsonValue text && text.GetValueKind() == JsonValueKind.String
            ? text.GetValue<string>()
            : Json(_exchange["response"]!["body"]!));

    public JsonNode RequestBody => _exchange["request"]!["body"]!;

    /// <summary>The events of a watch, a line each.</summary>
    public IReadOnlyList<string> Lines => [.. _exchange["events"]!.AsArray().Select(entry => Json(entry!["event"]!))];

    public static Recording Load(string file, int exchange = 0) =>
        new(JsonNode.Parse(File.ReadAllBytes(Path.Combine(Folder, file + ".json")))!["exchanges"]![exchange]!);

    private static string Json(JsonNode node) => node.ToJsonString();

    private static string FindFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "tests", "FleetManager.Tests", "Recordings");
            if (Directory.Exists(candidate)) return candidate;
        }

        throw new DirectoryNotFoundException($"There is no tests/FleetManager.Tests/Recordings above {AppContext.BaseDirectory}.");
    }
}
