using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.GlobalAccelerator;

/// <summary>A listener of either family; protocol and affinity are a standard accelerator's.</summary>
internal sealed class ListenerRecord
{
    public required long Sequence { get; init; }

    public required string Arn { get; init; }

    public required AcceleratorRecord Accelerator { get; init; }

    public required IReadOnlyList<PortInterval> PortRanges { get; init; }

    public string? Protocol { get; init; }

    public string? ClientAffinity { get; init; }

    public List<EndpointGroupRecord> EndpointGroups { get; } = [];

    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["ListenerArn"] = Arn,
            ["PortRanges"] = new JsonArray([.. PortRanges.Select(range => range.ToJson())]),
        };
        if (Protocol is not null)
        {
            json["Protocol"] = Protocol;
            json["ClientAffinity"] = ClientAffinity;
        }

        return json;
    }
}
