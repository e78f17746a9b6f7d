using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.GlobalAccelerator;

/// <summary>A range of ports, both ends included.</summary>
internal readonly record struct PortInterval(int From, int To)
{
    public int Count => To - From + 1;

    public bool Contains(int port) => port >= From && port <= To;

    public bool Overlaps(PortInterval other) => From <= other.To && other.From <= To;

    public JsonObject ToJson() => new() { ["FromPort"] = From, ["ToPort"] = To };

    public override string ToString() => $"{From}-{To}";
}
