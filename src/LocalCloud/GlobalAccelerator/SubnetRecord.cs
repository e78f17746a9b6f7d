using System.Net;
using System.Net.Sockets;

namespace FleetSystem.LocalCloud.GlobalAccelerator;

/// <summary>A VPC subnet that the account owns. The local cloud has no VPC, so it is told of its subnets.</summary>
internal sealed class SubnetRecord
{
    private readonly Dictionary<IPAddress, int> _indexes;

    public SubnetRecord(string id, string region, IReadOnlyList<IPAddress> addresses)
    {
        if (!id.StartsWith("subnet-", StringComparison.Ordinal))
            throw new ArgumentException($"'{id}' is not a subnet id; it must begin with subnet-.", nameof(id));
        if (addresses.Count is 0 or > 65_535)
            throw new ArgumentException($"{id} has {addresses.Count} addresses; it must have 1 to 65535.", nameof(addresses));
        if (addresses.FirstOrDefault(address => address.AddressFamily != AddressFamily.InterNetwork) is { } other)
            throw new ArgumentException($"{id} holds {other}; custom routing knows IPv4 only.", nameof(addresses));
        if (addresses.Distinct().Count() != addresses.Count)
            throw new ArgumentException($"{id} holds an address twice.", nameof(addresses));

        Id = id;
        Region = region;
        Addresses = addresses;
        _indexes = addresses.Select((address, index) => (address, index)).ToDictionary(pair => pair.address, pair => pair.index);
    }

    public string Id { get; }

    public string Region { get; }

    public IReadOnlyList<IPAddress> Addresses { get; }

    /// <summary>A subnet of all addresses of a network such as 127.20.1.0/28, the first and the last included.</summary>
    public static SubnetRecord OfNetwork(string id, string region, IPNetwork network)
    {
        var first = network.BaseAddress.GetAddressBytes();
        if (first.Length != 4 || network.PrefixLength < 17)
            throw new ArgumentException($"{id} is {network}; it must be an IPv4 network of /17 or smaller.", nameof(network));

        var start = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(first);
        var addresses = new IPAddress[1 << (32 - network.PrefixLength)];
        for (var i = 0; i < addresses.Length; i++)
        {
            var bytes = new byte[4];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes, start + (uint)i);
            addresses[i] = new IPAddress(bytes);
        }

        return new SubnetRecord(id, region, addresses);
    }

    /// <summary>Place of an address in the subnet, or -1.</summary>
    public int IndexOf(IPAddress address) => _indexes.GetValueOrDefault(address, -1);
}
