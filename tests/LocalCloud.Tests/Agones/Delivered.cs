using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Tests.Agones;

/// <summary>The files in agones/, as a cluster is given them.</summary>
internal static class Delivered
{
    public static IReadOnlyList<string> Files => [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "agones"), "*.yaml").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    public static IReadOnlyList<JsonObject> Read(string file) => Manifest.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "agones", file)));

    /// <summary>Those of a file's objects that the local cluster has kinds for.</summary>
    public static IEnumerable<JsonObject> KnownToTheCluster(string file) => Read(file).Where(document => AgonesKinds.Catalog.FindKind(document.Text("apiVersion"), document.Text("kind")) is not null);
}
