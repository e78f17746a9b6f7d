using System.Globalization;
using System.Net;

namespace FleetSystem.FleetModel.Routing;

/// <summary>
/// What a custom routing accelerator is meant to look like, and whether AWS can make it so: each address of each subnet takes one port of the
/// listener for each destination port. The limits are AWS's (Global Accelerator quotas; field notes, trap 9).
/// </summary>
/// <param name="Subnets">Subnets that game servers' nodes are in.</param>
/// <param name="DestinationPorts">Ports of game servers, on every address.</param>
/// <param name="ListenerPorts">Ports of the accelerator.</param>
public sealed record CustomRoutingPlan(IReadOnlyList<IPNetwork> Subnets, IReadOnlyList<PortRange> DestinationPorts, IReadOnlyList<PortRange> ListenerPorts)
{
    /// <summary>Most subnets of an endpoint group.</summary>
    public const int MaxSubnets = 10;

    /// <summary>Most port ranges of a listener.</summary>
    public const int MaxPortRanges = 10;

    /// <summary>Fewest ports of a listener's range.</summary>
    public const int MinListenerPorts = 16;

    /// <summary>Most ports of an accelerator.</summary>
    public const int MaxPorts = ushort.MaxValue;

    private const int WidestPrefix = 17;
    private const int NarrowestPrefix = 28;

    /// <summary>Addresses of all subnets together.</summary>
    public long Addresses => Subnets.Sum(subnet => 1L << (32 - subnet.PrefixLength));

    /// <summary>Destination ports of each address.</summary>
    public int PortsEach => DestinationPorts.Sum(range => range.Count);

    /// <summary>Accelerator ports that the plan takes.</summary>
    public long PortsNeeded => Addresses * PortsEach;

    /// <summary>Accelerator ports that the listener has.</summary>
    public int PortsGiven => ListenerPorts.Sum(range => range.Count);

    /// <summary>The plan's sum, for people.</summary>
    public string Arithmetic => string.Create(
        CultureInfo.InvariantCulture,
        $"{Subnets.Count} subnets with {string.Join(" + ", Subnets.Select(subnet => 1L << (32 - subnet.PrefixLength)))} = {Addresses} addresses x {PortsEach} destination ports = {PortsNeeded} accelerator ports; the listener has {PortsGiven}, an accelerator at most {MaxPorts}");

    /// <summary>Everything that is wrong with the plan: where (a key below the accelerator's), and what to do.</summary>
    public IEnumerable<(string Key, string Fault)> Faults()
    {
        if (Subnets.Count > MaxSubnets) yield return ("Subnets", $"names {Subnets.Count} subnets: an endpoint group takes at most {MaxSubnets}, use fewer and larger ones");
        for (var i = 0; i < Subnets.Count; i++)
        {
            if (Subnets[i].BaseAddress.AddressFamily != System.Net.Sockets.AddressFamily.InterNetwork || Subnets[i].PrefixLength is < WidestPrefix or > NarrowestPrefix)
                yield return ($"Subnets:{i}", $"is {Subnets[i]}: IPv4 subnets of /{WidestPrefix} to /{NarrowestPrefix} are possible");
            for (var other = 0; other < i; other++)
            {
                if (Subnets[i].Contains(Subnets[other].BaseAddress) || Subnets[other].Contains(Subnets[i].BaseAddress))
                    yield return ($"Subnets:{i}", $"is {Subnets[i]}, which overlaps {Subnets[other]}");
            }
        }

        foreach (var fault in FaultsOf("DestinationPorts", DestinationPorts)) yield return fault;
        foreach (var fault in FaultsOf("ListenerPorts", ListenerPorts)) yield return fault;
        for (var i = 0; i < ListenerPorts.Count; i++)
        {
            if (ListenerPorts[i].Count < MinListenerPorts)
                yield return ($"ListenerPorts:{i}", $"is {ListenerPorts[i]}, {ListenerPorts[i].Count} ports: a listener's range has at least {MinListenerPorts}");
        }

        if (PortsNeeded > MaxPorts) yield return ("Subnets", $"asks for more ports than an accelerator has: {Arithmetic}. Use smaller subnets, fewer destination ports, or several accelerators");
        else if (PortsNeeded > PortsGiven) yield return ("ListenerPorts", $"has too few ports: {Arithmetic}. Widen it; a listener's range can never shrink again");
    }

    private static IEnumerable<(string Key, string Fault)> FaultsOf(string key, IReadOnlyList<PortRange> ranges)
    {
        if (ranges.Count is < 1 or > MaxPortRanges) yield return (key, $"names {ranges.Count} port ranges: 1 to {MaxPortRanges} are possible");
        for (var i = 0; i < ranges.Count; i++)
        {
            for (var other = 0; other < i; other++)
            {
                if (ranges[i].Overlaps(ranges[other])) yield return ($"{key}:{i}", $"is {ranges[i]}, which overlaps {ranges[other]}");
            }
        }
    }
}
