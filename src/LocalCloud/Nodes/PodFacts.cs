using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Nodes;

/// <summary>What controllers need of a Pod.</summary>
internal sealed record PodFacts(string NodeName, string Phase, string PodIp)
{
    public const string Pending = "Pending";
    public const string Running = "Running";
    public const string Failed = "Failed";
    public const string Succeeded = "Succeeded";

    public bool Ended => Phase is Failed or Succeeded;

    public static PodFacts Of(StoredObject stored) => (PodFacts)stored.Facts!;

    public static object Read(JsonObject body) => new PodFacts(
        body.Child("spec").Text("nodeName") is { Length: > 0 } node ? string.Intern(node) : "",
        body.Child("status").Text("phase") switch
        {
            Running => Running,
            Failed => Failed,
            Succeeded => Succeeded,
            _ => Pending,
        },
        body.Child("status").Text("podIP") ?? "");
}
