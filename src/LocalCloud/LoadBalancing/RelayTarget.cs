using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace FleetSystem.LocalCloud.LoadBalancing;

/// <summary>A server that datagrams are relayed to, with its key in the table of sessions.</summary>
internal sealed class RelayTarget
{
    public RelayTarget(IPEndPoint endPoint)
    {
        if (endPoint.AddressFamily != AddressFamily.InterNetwork)
            throw new ArgumentException($"{endPoint} is not an IPv4 endpoint; the relays of the local cloud carry IPv4 only.", nameof(endPoint));
        if (endPoint.Port == 0)
            throw new ArgumentException($"{endPoint} has port 0; name the port that the server listens on.", nameof(endPoint));

        EndPoint = endPoint;
        Key = KeyOf(endPoint.Serialize());
    }

    public IPEndPoint EndPoint { get; }

    public ulong Key { get; }

    /// <summary>Port and address of an IPv4 socket address as one number: they are bytes 2 to 7 on every platform.</summary>
    public static ulong KeyOf(SocketAddress address) =>
        BinaryPrimitives.ReadUInt64LittleEndian(address.Buffer.Span) >> 16;
}
