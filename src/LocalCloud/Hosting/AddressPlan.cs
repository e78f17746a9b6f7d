using System.Net;
using System.Net.Sockets;

namespace FleetSystem.LocalCloud.Hosting;

/// <summary>
/// Loopback addresses and ports that stand for a region's network: a subnet a zone with its nodes, an echo, and the accelerator's two static
/// addresses. The same in every run, so that a stored port mapping stays true. Where only 127.0.0.1 can be bound (macOS), distinct ports
/// stand for distinct addresses: one subnet with one address, and a range of ports for each region.
/// </summary>
internal sealed class AddressPlan
{
    /// <summary>Most ports that game servers get on one node.</summary>
    public const int MaxPortsPerNode = 32;

    private const int FirstNetwork = 20;
    private const int FirstSimulatedNetwork = 130;
    private const int SubnetHosts = 16;
    private const int EchoHost = 14;
    private const int SingleAddressPorts = 256;

    private readonly int _region;
    private readonly int _zones;
    private readonly bool _single;

    /// <param name="region">Index of the region, from 0.</param>
    /// <param name="zones">Zones of the region.</param>
    /// <param name="single">Whether only 127.0.0.1 can be bound.</param>
    /// <param name="portsPerNode">Ports that game servers get on each node; not looked at where one address stands for all nodes.</param>
    public AddressPlan(int region, int zones, bool single, int portsPerNode = MaxPortsPerNode)
    {
        (_region, _zones, _single) = (region, zones, single);
        GamePorts = single ? (7000 + (region * SingleAddressPorts), 7000 + (region * SingleAddressPorts) + SingleAddressPorts - 2) : (7000, 7000 + portsPerNode - 1);
    }

    /// <summary>Ports that game servers get, on each address; both ends are included.</summary>
    public (int From, int To) GamePorts { get; }

    /// <summary>The region's UDP echo: in the first subnet, so that the accelerator leads to it, on a port that no game server gets there.</summary>
    public IPEndPoint Echo => _single ? new(IPAddress.Loopback, GamePorts.To + 1) : new(Host(0, EchoHost), GamePorts.From);

    /// <summary>Destination ports of the accelerator: the game ports and the echo's.</summary>
    public (int From, int To) DestinationPorts => (GamePorts.From, Math.Max(GamePorts.To, Echo.Port));

    /// <summary>The accelerator's static addresses.</summary>
    public (IPAddress First, IPAddress Second) StaticAddresses =>
        _single ? (IPAddress.Loopback, IPAddress.Loopback) : (new([127, 100, (byte)_region, 1]), new([127, 100, (byte)_region, 2]));

    /// <summary>Ports of the accelerator's listener: one for each subnet address and destination port.</summary>
    public (int From, int To) ListenerPorts
    {
        get
        {
            var needed = Subnets.Sum(subnet => subnet.Count) * (DestinationPorts.To - DestinationPorts.From + 1);
            var first = 20_000 + (_single ? _region * needed : 0);
            return (first, first + needed - 1);
        }
    }

    /// <summary>Addresses of each subnet.</summary>
    public IReadOnlyList<IReadOnlyList<IPAddress>> Subnets => _single
        ? [[IPAddress.Loopback]]
        : [.. Enumerable.Range(0, _zones).Select(zone => (IReadOnlyList<IPAddress>)[.. Enumerable.Range(0, SubnetHosts).Select(host => Host(zone, host))])];

    /// <summary>Address of a node: hosts 1 to 8 of its zone's subnet.</summary>
    public IPAddress Node(int zone, int node) => _single ? IPAddress.Loopback : Host(zone, 1 + node);

    /// <summary>Address of a node that carries simulated servers: outside of the accelerator's subnets, since nobody plays there.</summary>
    public IPAddress SimulatedNode(int zone, int node) => new([127, (byte)(FirstSimulatedNetwork + (_region * _zones) + zone), (byte)(node / 250), (byte)(1 + (node % 250))]);

    /// <summary>Whether this machine lets programs bind 127.0.0.1 alone of all loopback addresses.</summary>
    public static bool HasSingleAddress()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(new IPAddress([127, FirstNetwork, 0, 1]), 0));
            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    private IPAddress Host(int zone, int host) => new([127, (byte)(FirstNetwork + _region), (byte)zone, (byte)host]);
}
