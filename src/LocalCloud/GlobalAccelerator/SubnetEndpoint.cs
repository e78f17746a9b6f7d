using System.Collections;
using System.Net;
using System.Text.Json.Nodes;

namespace FleetSystem.LocalCloud.GlobalAccelerator;

/// <summary>
/// A subnet in a custom routing group. Its rows are its addresses times the group's ports, in that order; row n has the n-th of the
/// accelerator ports that the subnet was given, for as long as it stays in the group.
/// </summary>
internal sealed class SubnetEndpoint(CustomRoutingGroup group, SubnetRecord subnet, IReadOnlyList<PortInterval> acceleratorPorts)
{
    private readonly BitArray _allowed = new(subnet.Addresses.Count * group.Ports.Count);

    public CustomRoutingGroup Group { get; } = group;

    public SubnetRecord Subnet { get; } = subnet;

    public IReadOnlyList<PortInterval> AcceleratorPorts { get; } = acceleratorPorts;

    public JsonObject ToJson() => new() { ["EndpointId"] = Subnet.Id };

    /// <summary>Rows with their accelerator ports, ascending in both.</summary>
    public IEnumerable<PortMappingRow> Rows()
    {
        var row = 0;
        foreach (var range in AcceleratorPorts)
        {
            for (var port = range.From; port <= range.To; port++, row++)
                yield return new PortMappingRow(this, row, port);
        }
    }

    public IPAddress AddressOf(int row) => Subnet.Addresses[row / Group.Ports.Count];

    public DestinationPort PortOf(int row) => Group.Ports[row % Group.Ports.Count];

    public bool IsAllowed(int row) => _allowed[row];

    /// <summary>Opens or closes destinations: all rows, or those of some addresses, of some ports, or of both.</summary>
    /// <exception cref="GlobalAcceleratorException">An address is not in the subnet, or a port is not one of the group's.</exception>
    public void SetTraffic(bool allow, IReadOnlyList<IPAddress>? addresses, IReadOnlyList<int>? ports)
    {
        var addressIndexes = addresses is { Count: > 0 } ? [.. addresses.Select(IndexOf)] : Enumerable.Range(0, Subnet.Addresses.Count).ToArray();
        var portIndexes = ports is { Count: > 0 } ? [.. ports.Select(IndexOf)] : Enumerable.Range(0, Group.Ports.Count).ToArray();
        foreach (var address in addressIndexes)
        {
            foreach (var port in portIndexes)
                _allowed[(address * Group.Ports.Count) + port] = allow;
        }
    }

    private int IndexOf(IPAddress address) =>
        Subnet.IndexOf(address) is >= 0 and var index
            ? index
            : throw GlobalAcceleratorException.InvalidArgument($"DestinationAddresses: {address} is not in {Subnet.Id}.");

    private int IndexOf(int port)
    {
        for (var i = 0; i < Group.Ports.Count; i++)
        {
            if (Group.Ports[i].Port == port)
                return i;
        }

        throw GlobalAcceleratorException.InvalidArgument($"DestinationPorts: {port} is not among the ports of {Group.Arn}.");
    }
}

/// <summary>One row of the port mapping.</summary>
internal readonly record struct PortMappingRow(SubnetEndpoint Endpoint, int Row, int AcceleratorPort)
{
    public IPAddress Address => Endpoint.AddressOf(Row);

    public DestinationPort Destination => Endpoint.PortOf(Row);

    public bool IsAllowed => Endpoint.IsAllowed(Row);

    public JsonObject DestinationJson() => SocketAddressJson(Address, Destination.Port);

    public static JsonObject SocketAddressJson(IPAddress address, int port) => new() { ["IpAddress"] = address.ToString(), ["Port"] = port };
}
