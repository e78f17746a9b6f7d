using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.GlobalAccelerator;

/// <summary>An endpoint group of a custom routing accelerator: subnets, and the ports that each of their addresses has.</summary>
internal sealed class CustomRoutingGroup : EndpointGroupRecord
{
    public required IReadOnlyList<CustomRoutingDestination> Destinations { get; init; }

    /// <summary>The destination ports in ascending order, each once.</summary>
    public required IReadOnlyList<DestinationPort> Ports { get; init; }

    public List<SubnetEndpoint> Subnets { get; } = [];

    /// <summary>The ports that destination configurations name, with the protocols that any of them names.</summary>
    public static List<DestinationPort> PortsOf(IEnumerable<CustomRoutingDestination> destinations) =>
    [
        .. destinations
            .SelectMany(d => Enumerable.Range(d.Ports.From, d.Ports.Count), (d, port) => (port, d.Protocols))
            .GroupBy(pair => pair.port, pair => pair.Protocols)
            .OrderBy(group => group.Key)
            .Select(group => new DestinationPort(group.Key, [.. group.SelectMany(protocols => protocols).Distinct().Order(StringComparer.Ordinal)])),
    ];

    public override JsonObject ToJson(DateTimeOffset now) => new()
    {
        ["EndpointGroupArn"] = Arn,
        ["EndpointGroupRegion"] = Region,
        ["DestinationDescriptions"] = new JsonArray([.. Destinations.Select(destination => destination.ToJson())]),
        ["EndpointDescriptions"] = new JsonArray([.. Subnets.Select(subnet => subnet.ToJson())]),
    };
}

/// <summary>A destination configuration as it was given.</summary>
internal sealed record CustomRoutingDestination(PortInterval Ports, IReadOnlyList<string> Protocols)
{
    public JsonObject ToJson()
    {
        var json = Ports.ToJson();
        json["Protocols"] = DestinationPort.ToJson(Protocols);
        return json;
    }
}

/// <summary>A destination port and its protocols.</summary>
internal sealed record DestinationPort(int Port, IReadOnlyList<string> Protocols)
{
    public static JsonArray ToJson(IEnumerable<string> protocols) => [.. protocols.Select(protocol => (JsonNode)protocol)];
}
