using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.GlobalAccelerator;

/// <summary>Lists the port mapping of custom routing accelerators.</summary>
internal sealed class PortMappingOperations(GlobalAcceleratorStore store)
{
    private const int MaxResults = 20_000;

    public JsonObject List(RequestReader request)
    {
        var accelerator = store.Accelerator(request.String("AcceleratorArn"), custom: true);
        var groups = accelerator.Listeners.SelectMany(l => l.EndpointGroups).OfType<CustomRoutingGroup>();
        var scope = accelerator.Arn;
        if (request.OptionalString("EndpointGroupArn") is { } arn)
        {
            scope = arn;
            groups = [groups.FirstOrDefault(g => g.Arn == arn) ?? throw GlobalAcceleratorException.NotFound("EndpointGroup", arn)];
        }

        var page = PageToken.Take(request, "mappings " + scope, RowsByPort(groups), row => row.AcceleratorPort, MaxResults, out var next);
        return AcceleratorOperations.Paged("PortMappings", page.Select(ToJson), next);
    }

    public JsonObject ListByDestination(RequestReader request)
    {
        var id = request.String("EndpointId");
        var address = RequestReader.ParseAddress(request.String("DestinationAddress"));
        var endpoints = store.Groups<CustomRoutingGroup>().SelectMany(g => g.Subnets).Where(s => s.Subnet.Id == id).ToList();
        if (endpoints.Count == 0)
            throw new GlobalAcceleratorException("EndpointNotFoundException", $"{id} is in no endpoint group.");
        if (endpoints[0].Subnet.IndexOf(address) < 0)
            throw GlobalAcceleratorException.InvalidArgument($"DestinationAddress: {address} is not in {id}.");

        var rows = endpoints
            .OrderBy(e => e.Group.Listener.Accelerator.Sequence)
            .SelectMany(e => e.Rows().Where(row => row.Address.Equals(address)));
        var page = PageToken.Take(request, $"destination {id} {address}", rows, Key, MaxResults, out var next);
        return AcceleratorOperations.Paged("DestinationPortMappings", page.Select(ToDestinationJson), next);

        // A subnet is in one group of an accelerator at most, so that accelerator and port tell a row.
        static long Key(PortMappingRow row) => (row.Endpoint.Group.Listener.Accelerator.Sequence << 16) | (uint)row.AcceleratorPort;
    }

    /// <summary>The rows of an accelerator's groups by accelerator port, which no two of them share.</summary>
    private static IEnumerable<PortMappingRow> RowsByPort(IEnumerable<CustomRoutingGroup> groups)
    {
        var endpoints = groups.SelectMany(g => g.Subnets).ToList();
        // Subnets with one block each, as is normal, are in order when their blocks are; a sort is needed only for split ones.
        return endpoints.TrueForAll(e => e.AcceleratorPorts.Count == 1)
            ? endpoints.OrderBy(e => e.AcceleratorPorts[0].From).SelectMany(e => e.Rows())
            : endpoints.SelectMany(e => e.Rows()).OrderBy(row => row.AcceleratorPort);
    }

    private static JsonObject ToJson(PortMappingRow row) => new()
    {
        ["AcceleratorPort"] = row.AcceleratorPort,
        ["EndpointGroupArn"] = row.Endpoint.Group.Arn,
        ["EndpointId"] = row.Endpoint.Subnet.Id,
        ["DestinationSocketAddress"] = row.DestinationJson(),
        ["Protocols"] = DestinationPort.ToJson(row.Destination.Protocols),
        ["DestinationTrafficState"] = row.IsAllowed ? "ALLOW" : "DENY",
    };

    private static JsonObject ToDestinationJson(PortMappingRow row)
    {
        var accelerator = row.Endpoint.Group.Listener.Accelerator;
        return new JsonObject
        {
            ["AcceleratorArn"] = accelerator.Arn,
            ["AcceleratorSocketAddresses"] = new JsonArray(
            [
                PortMappingRow.SocketAddressJson(accelerator.Addresses.First, row.AcceleratorPort),
                PortMappingRow.SocketAddressJson(accelerator.Addresses.Second, row.AcceleratorPort),
            ]),
            ["EndpointGroupArn"] = row.Endpoint.Group.Arn,
            ["EndpointId"] = row.Endpoint.Subnet.Id,
            ["EndpointGroupRegion"] = row.Endpoint.Group.Region,
            ["DestinationSocketAddress"] = row.DestinationJson(),
            ["IpAddressType"] = accelerator.IpAddressType,
            ["DestinationTrafficState"] = row.IsAllowed ? "ALLOW" : "DENY",
        };
    }
}
