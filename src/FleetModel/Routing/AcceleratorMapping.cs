using System.Buffers.Binary;
using System.Net;

namespace FleetSystem.FleetModel.Routing;

/// <summary>
/// A custom routing accelerator's ports: which of them stands for which server address and port. Deterministic on AWS's side, so it is
/// loaded once, stored, and used from then on without a call. Ten bytes a row.
/// </summary>
[GenerateSerializer, Immutable, Alias("fleet.AcceleratorMapping")]
public sealed class AcceleratorMapping
{
    // Sorted by destination: address in the upper bits, port in the lower 16.
    [Id(0)] private readonly ulong[] _destinations;
    [Id(1)] private readonly ushort[] _ports;
    [Id(100)] private readonly AcceleratorSubnet[]? _subnets;

    private AcceleratorMapping(long version, IReadOnlyList<string> addresses, ulong[] destinations, ushort[] ports, AcceleratorSubnet[] subnets)
    {
        Version = version;
        Addresses = addresses;
        _destinations = destinations;
        _ports = ports;
        _subnets = subnets;
    }

    /// <summary>Counts the loads that changed something, from 1.</summary>
    [Id(2)] public long Version { get; }

    /// <summary>The accelerator's static addresses.</summary>
    [Id(3)] public IReadOnlyList<string> Addresses { get; }

    /// <summary>The subnets that it leads to, by their addresses; none in a mapping that an earlier version loaded.</summary>
    public IReadOnlyList<AcceleratorSubnet> Subnets => _subnets ?? [];

    /// <summary>Number of rows.</summary>
    public int Count => _ports.Length;

    /// <summary>
    /// Makes a mapping from rows in any order. A destination that comes twice keeps its lowest accelerator port; a row with port 0 leads
    /// nowhere and is left out.
    /// </summary>
    public static AcceleratorMapping Create(long version, IReadOnlyList<string> addresses, IEnumerable<AcceleratorPort> rows)
    {
        var sorted = rows
            .Where(row => row is { Port: > 0, Accelerator: > 0 })
            .Select(row => (Destination: Destination.Of(row.Address, row.Port), Row: row))
            .OrderBy(row => row.Destination.Packed).ThenBy(row => row.Row.Accelerator)
            .DistinctBy(row => row.Destination)
            .ToArray();
        var subnets = sorted
            .Where(row => row.Row is { EndpointGroupArn: not null, EndpointId: not null })
            .GroupBy(row => (row.Row.EndpointGroupArn, row.Row.EndpointId))
            .Select(subnet => new AcceleratorSubnet(subnet.Key.EndpointGroupArn!, subnet.Key.EndpointId!, subnet.First().Destination.Host, subnet.Last().Destination.Host));
        return new(version, [.. addresses], [.. sorted.Select(row => row.Destination.Packed)], [.. sorted.Select(row => row.Row.Accelerator)], [.. subnets]);
    }

    /// <summary>The accelerator port of a server, or null when it is not known: the server then has no way in by the accelerator.</summary>
    /// <param name="address">The server's IPv4 address; anything else is not known.</param>
    /// <param name="port">The server's port.</param>
    public int? Find(string address, int port) => Destination.TryCreate(address, port, out var destination) ? Find(destination) : null;

    /// <summary>The accelerator port of a destination, or null when it is not known.</summary>
    public int? Find(Destination destination)
    {
        var index = Array.BinarySearch(_destinations, destination.Packed);
        return index < 0 ? null : _ports[index];
    }

    /// <summary>The subnet of a destination, or null when it has no row.</summary>
    public AcceleratorSubnet? SubnetOf(Destination destination) =>
        Find(destination) is null ? null : Subnets.FirstOrDefault(subnet => subnet.First <= destination.Host && destination.Host <= subnet.Last);

    /// <summary>Whether both say the same, whatever their versions.</summary>
    public bool SameAs(AcceleratorMapping other) =>
        Addresses.SequenceEqual(other.Addresses) && _destinations.AsSpan().SequenceEqual(other._destinations) && _ports.AsSpan().SequenceEqual(other._ports) && Subnets.SequenceEqual(other.Subnets);

    /// <summary>The mapping under another version.</summary>
    public AcceleratorMapping WithVersion(long version) => new(version, Addresses, _destinations, _ports, [.. Subnets]);

    /// <summary>The rows as ten bytes each, for the store.</summary>
    public byte[] Export()
    {
        var bytes = new byte[_ports.Length * RowBytes];
        for (var i = 0; i < _ports.Length; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(i * RowBytes), _destinations[i]);
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan((i * RowBytes) + sizeof(ulong)), _ports[i]);
        }

        return bytes;
    }

    /// <summary>The mapping whose rows <see cref="Export"/> gave.</summary>
    /// <exception cref="FormatException">The bytes are not whole, sorted rows with ports.</exception>
    public static AcceleratorMapping Import(long version, IReadOnlyList<string> addresses, ReadOnlySpan<byte> rows, IReadOnlyList<AcceleratorSubnet>? subnets = null)
    {
        if (rows.Length % RowBytes != 0) throw new FormatException($"A port mapping of {rows.Length} bytes is not made of rows of {RowBytes} bytes.");
        var destinations = new ulong[rows.Length / RowBytes];
        var ports = new ushort[destinations.Length];
        for (var i = 0; i < ports.Length; i++)
        {
            destinations[i] = BinaryPrimitives.ReadUInt64BigEndian(rows[(i * RowBytes)..]);
            ports[i] = BinaryPrimitives.ReadUInt16BigEndian(rows[((i * RowBytes) + sizeof(ulong))..]);
            if (ports[i] == 0 || (ushort)destinations[i] == 0) throw new FormatException($"Row {i} of the port mapping has port 0.");
            if (i > 0 && destinations[i] <= destinations[i - 1]) throw new FormatException($"Row {i} of the port mapping is out of order.");
        }

        return new(version, [.. addresses], destinations, ports, [.. subnets ?? []]);
    }

    private const int RowBytes = sizeof(ulong) + sizeof(ushort);
}

/// <summary>One row of an accelerator's port mapping.</summary>
/// <param name="Address">IPv4 address of the destination.</param>
/// <param name="Port">Its port.</param>
/// <param name="Accelerator">Port of the accelerator that stands for it.</param>
/// <param name="EndpointGroupArn">ARN of the endpoint group that leads to it; null where nobody opens and closes destinations.</param>
/// <param name="EndpointId">Id of its subnet; null likewise.</param>
public readonly record struct AcceleratorPort(IPAddress Address, ushort Port, ushort Accelerator, string? EndpointGroupArn = null, string? EndpointId = null);
