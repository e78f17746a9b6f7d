using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace FleetSystem.FleetModel.Routing;

/// <summary>An IPv4 address and port that custom routing leads to, as one number: the address in the upper bits, the port in the lower 16.</summary>
/// <param name="Packed">The number.</param>
[GenerateSerializer, Immutable, Alias("fleet.Destination")]
public readonly record struct Destination([property: Id(0)] ulong Packed)
{
    /// <summary>The port.</summary>
    public int Port => (ushort)Packed;

    /// <summary>The address as a number, so that the addresses of a subnet follow each other.</summary>
    public uint Host => (uint)(Packed >> 16);

    /// <summary>The address.</summary>
    public string Address => new IPAddress(BinaryPrimitives.ReverseEndianness(Host)).ToString();

    /// <summary>Makes one of an IPv4 address and a port.</summary>
    /// <exception cref="ArgumentException">It is no IPv4 address.</exception>
    public static Destination Of(IPAddress address, ushort port)
    {
        Span<byte> bytes = stackalloc byte[4];
        if (!address.TryWriteBytes(bytes, out var written) || written != bytes.Length) throw new ArgumentException($"{address} is not an IPv4 address.", nameof(address));
        return new(((ulong)BinaryPrimitives.ReadUInt32BigEndian(bytes) << 16) | port);
    }

    /// <summary>Reads an address and a port.</summary>
    /// <returns>False when it is no IPv4 address, or the port is not of 1 to 65535.</returns>
    public static bool TryCreate([NotNullWhen(true)] string? address, int port, out Destination destination)
    {
        destination = default;
        if (port is < 1 or > ushort.MaxValue || !IPAddress.TryParse(address, out var ip) || ip.AddressFamily != AddressFamily.InterNetwork) return false;
        destination = Of(ip, (ushort)port);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Address}:{Port}";
}
