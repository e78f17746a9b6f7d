using System.Net;
using System.Net.Sockets;

namespace FleetSystem.LocalCloud.Hosting;

/// <summary>
/// Loopback addresses that stand for a region's network: a subnet a zone with its nodes, and the accelerator's two static addresses. The plan
/// is the same in every run, so a stored port mapping stays true.
/// </summary>
/// <param name="region">Index of the region, from 0.</param>
internal sealed class AddressPlan(int region)
{
    /// <summary>First destination port of game servers.</summary>
    public const int FirstGamePort = 7000;

    /// <summary>Last destination port of game servers.</summary>
    public const int LastGamePort = 7031;

    private const int FirstNetwork = 20;
    private const int FirstAcceleratorPort = 20_000;
    private const int SubnetBits = 28;
    private const int EchoHost = 14;

    /// <summary>The zone's subnet.</summary>
    public IPNetwork Subnet(int zone) => new(Address(zone, 0), SubnetBits);

    /// <summary>Address of a node. Hosts 1 to 8 of the zone's subnet.</summary>
    public IPAddress Node(int zone, int node) => Address(zone, 1 + node);

    /// <summary>Address of the nodes that carry simulated servers: outside of the accelerator's subnets.</summary>
    public IPAddress SimulatedNode(int zone) => new([127, (byte)(FirstNetwork + region), (byte)(100 + zone), 1]);

    /// <summary>The region's UDP echo: in the first zone's subnet, so that the accelerator leads to it.</summary>
    public IPEndPoint Echo => new(Address(0, EchoHost), FirstGamePort);

    /// <summary>The accelerator's static addresses.</summary>
    public (IPAddress First, IPAddress Second) StaticAddresses => (new([127, 100, (byte)region, 1]), new([127, 100, (byte)region, 2]));

    /// <summary>Ports of the accelerator's listener: room for the subnets of six zones.</summary>
    public (int From, int To) ListenerPorts => (FirstAcceleratorPort, FirstAcceleratorPort + (6 * (1 << (32 - SubnetBits)) * (LastGamePort - FirstGamePort + 1)) - 1);

    /// <summary>Whether this machine lets programs bind any loopback address; macOS, for one, knows 127.0.0.1 only.</summary>
    public static bool IsPossibleHere()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.Parse("127.20.0.1"), 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private IPAddress Address(int zone, int host) => new([127, (byte)(FirstNetwork + region), (byte)zone, (byte)host]);
}
