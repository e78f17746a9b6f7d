using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.GlobalAccelerator;

/// <summary>Endpoint groups of custom routing accelerators, their subnets, and the traffic to them.</summary>
internal sealed class CustomRoutingGroupOperations(GlobalAcceleratorStore store) : EndpointGroupOperations<CustomRoutingGroup>(store, custom: true)
{
    private const int AddressesMax = 100;
    private const int PortsMax = 100;

    public JsonObject AddEndpoints(RequestReader request)
    {
        var group = Find(request);
        var ids = request.Structures("EndpointConfigurations", 1, 20).ConvertAll(endpoint => endpoint.String("EndpointId"));
        if (ids.Distinct().Count() != ids.Count)
            throw GlobalAcceleratorException.InvalidArgument("EndpointConfigurations names a subnet twice.");
        if (group.Subnets.Count + ids.Count > Store.Options.Quotas.EndpointsMax)
        {
            throw GlobalAcceleratorException.LimitExceeded(
                $"The endpoint group has {group.Subnets.Count} subnets and would get {ids.Count} more; {Store.Options.Quotas.EndpointsMax} are allowed.");
        }

        var added = new List<SubnetEndpoint>();
        foreach (var id in ids)
            added.Add(Plan(group, Subnet(group, id), added));

        group.Subnets.AddRange(added);
        Store.Changed(group.Listener.Accelerator);
        return new JsonObject
        {
            ["EndpointDescriptions"] = new JsonArray([.. added.Select(endpoint => endpoint.ToJson())]),
            ["EndpointGroupArn"] = group.Arn,
        };
    }

    public JsonObject RemoveEndpoints(RequestReader request)
    {
        var group = Find(request);
        var endpoints = request.Strings("EndpointIds", 1, 20).ConvertAll(id => Endpoint(group, id, "EndpointNotFoundException"));
        group.Subnets.RemoveAll(endpoints.Contains);
        Store.Changed(group.Listener.Accelerator);
        return [];
    }

    public JsonObject Allow(RequestReader request) => SetTraffic(request, allow: true, "AllowAllTrafficToEndpoint");

    public JsonObject Deny(RequestReader request) => SetTraffic(request, allow: false, "DenyAllTrafficToEndpoint");

    protected override CustomRoutingGroup Build(RequestReader request, ListenerRecord listener, string region)
    {
        var destinations = request.Structures("DestinationConfigurations", 1, 100)
            .ConvertAll(d => new CustomRoutingDestination(d.Ports(), d.Enumerations("Protocols", 2, "TCP", "UDP")));
        return new CustomRoutingGroup
        {
            Sequence = Store.NextSequence(),
            Arn = NewArn(listener),
            Listener = listener,
            Region = region,
            Destinations = destinations,
            Ports = CustomRoutingGroup.PortsOf(destinations),
        };
    }

    private JsonObject SetTraffic(RequestReader request, bool allow, string everything)
    {
        var group = Find(request);
        // The errors of these operations do not include EndpointNotFoundException.
        var endpoint = Endpoint(group, request.String("EndpointId"), "InvalidArgumentException");
        var addresses = request.OptionalAddresses("DestinationAddresses", AddressesMax);
        var ports = request.OptionalPorts("DestinationPorts", PortsMax);
        var all = request.OptionalBoolean(everything) ?? false;
        if (all && (addresses is { Count: > 0 } || ports is { Count: > 0 }))
            throw GlobalAcceleratorException.InvalidArgument($"Give either {everything}, or DestinationAddresses and DestinationPorts.");
        if (!all && addresses is not { Count: > 0 })
            throw GlobalAcceleratorException.InvalidArgument($"DestinationAddresses is required unless {everything} is true.");

        endpoint.SetTraffic(allow, addresses, ports);
        Store.Changed(group.Listener.Accelerator);
        return [];
    }

    private SubnetRecord Subnet(CustomRoutingGroup group, string id)
    {
        if (!Store.Subnets.TryGetValue(id, out var subnet))
            throw GlobalAcceleratorException.InvalidArgument($"The account has no subnet {id}.");
        if (subnet.Region != group.Region)
            throw GlobalAcceleratorException.InvalidArgument($"{id} is in {subnet.Region}; the endpoint group is for {group.Region}.");

        var accelerator = group.Listener.Accelerator;
        if (Store.Groups<CustomRoutingGroup>().Any(g => g.Listener.Accelerator == accelerator && g.Subnets.Exists(s => s.Subnet.Id == id)))
            throw new GlobalAcceleratorException("EndpointAlreadyExistsException", $"{id} is in an endpoint group of the accelerator already.");
        return subnet;
    }

    private static SubnetEndpoint Plan(CustomRoutingGroup group, SubnetRecord subnet, List<SubnetEndpoint> planned)
    {
        var taken = group.Listener.EndpointGroups.OfType<CustomRoutingGroup>()
            .SelectMany(g => g.Subnets)
            .Concat(planned)
            .SelectMany(endpoint => endpoint.AcceleratorPorts);
        var free = PortAllocator.Free(group.Listener.PortRanges, taken);
        var needed = subnet.Addresses.Count * group.Ports.Count;
        return PortAllocator.Take(free, needed) is { } ports
            ? new SubnetEndpoint(group, subnet, ports)
            : throw GlobalAcceleratorException.LimitExceeded(
                $"{subnet.Id} needs {subnet.Addresses.Count} addresses x {group.Ports.Count} ports = {needed} accelerator ports; "
                + $"the listener has {free.Sum(range => range.Count)} of {group.Listener.PortRanges.Sum(range => range.Count)} left.");
    }

    private static SubnetEndpoint Endpoint(CustomRoutingGroup group, string id, string error) =>
        group.Subnets.Find(endpoint => endpoint.Subnet.Id == id)
        ?? throw new GlobalAcceleratorException(error, $"{id} is not in the endpoint group.");
}
