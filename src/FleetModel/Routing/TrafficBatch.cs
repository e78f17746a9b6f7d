namespace FleetSystem.FleetModel.Routing;

/// <summary>
/// Destinations that one call of AllowCustomRoutingTraffic or DenyCustomRoutingTraffic opens or closes: every address with every port, in one subnet.
/// </summary>
/// <param name="EndpointGroupArn">ARN of the endpoint group.</param>
/// <param name="EndpointId">Id of the subnet.</param>
/// <param name="Hosts">Addresses, at most 100, as <see cref="Destination.Host"/>.</param>
/// <param name="Ports">Ports of each, at most 100.</param>
public sealed record TrafficBatch(string EndpointGroupArn, string EndpointId, IReadOnlyList<uint> Hosts, IReadOnlyList<int> Ports)
{
    /// <summary>Most addresses of a call, by the API reference.</summary>
    public const int MaxAddresses = 100;

    /// <summary>Most ports of a call, by the API reference.</summary>
    public const int MaxPorts = 100;

    /// <summary>The destinations.</summary>
    public IEnumerable<Destination> Destinations => Hosts.SelectMany(host => Ports.Select(port => new Destination(((ulong)host << 16) | (uint)port)));

    /// <summary>The addresses as text.</summary>
    public IEnumerable<string> Addresses => Hosts.Select(host => new Destination((ulong)host << 16).Address);

    /// <summary>
    /// Batches that cover destinations exactly: none is left out, and no other is touched. Destinations without a row in the mapping are in
    /// none: there is nothing to open or close.
    /// </summary>
    public static IReadOnlyList<TrafficBatch> Of(AcceleratorMapping mapping, IEnumerable<Destination> destinations) =>
    [
        .. destinations.Distinct()
            .Select(destination => (Subnet: mapping.SubnetOf(destination), Destination: destination))
            .Where(pair => pair.Subnet is not null)
            .GroupBy(pair => pair.Subnet!, pair => pair.Destination)
            .OrderBy(subnet => subnet.Key.First)
            .SelectMany(subnet => Fewest(subnet.Key, [.. subnet.OrderBy(destination => destination.Packed)])),
    ];

    // A call takes a rectangle. Servers on few nodes make few of them by address, and those on one port of many nodes by port.
    private static List<TrafficBatch> Fewest(AcceleratorSubnet subnet, IReadOnlyList<Destination> destinations)
    {
        var byHost = Rectangles(destinations, destination => destination.Host, destination => destination.Port)
            .SelectMany(rectangle => Cut(subnet, rectangle.Ones, rectangle.Others)).ToList();
        var byPort = Rectangles(destinations, destination => destination.Port, destination => destination.Host)
            .SelectMany(rectangle => Cut(subnet, rectangle.Others, rectangle.Ones)).ToList();
        return byPort.Count < byHost.Count ? byPort : byHost;
    }

    /// <summary>Joins those that have the same others.</summary>
    private static IEnumerable<(IReadOnlyList<TOne> Ones, IReadOnlyList<TOther> Others)> Rectangles<TOne, TOther>(
        IReadOnlyList<Destination> destinations, Func<Destination, TOne> one, Func<Destination, TOther> other) =>
        destinations.GroupBy(one, other)
            .Select(group => (One: group.Key, Others: group.Order().ToList()))
            .GroupBy(row => string.Join(',', row.Others))
            .Select(rows => ((IReadOnlyList<TOne>)[.. rows.Select(row => row.One).Order()], (IReadOnlyList<TOther>)rows.First().Others));

    private static IEnumerable<TrafficBatch> Cut(AcceleratorSubnet subnet, IReadOnlyList<uint> hosts, IReadOnlyList<int> ports) =>
        hosts.Chunk(MaxAddresses).SelectMany(some => ports.Chunk(MaxPorts).Select(few => new TrafficBatch(subnet.EndpointGroupArn, subnet.EndpointId, some, few)));
}
