using System.Globalization;
using System.Net;
using FleetSystem.FleetModel.Configuration;

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

    /// <summary>Tells everything that is wrong with the plan, and what to do.</summary>
    /// <param name="faults">Where to.</param>
    /// <param name="key">Key of the accelerator below the list's section.</param>
    public void Check(FaultList faults, string key)
    {
        faults.Check(Subnets.Count <= MaxSubnets, $"{key}:Subnets", $"names {Subnets.Count} subnets: an endpoint group takes at most {MaxSubnets}, use fewer and larger ones");
        for (var i = 0; i < Subnets.Count; i++)
        {
            if (Subnets[i].BaseAddress.AddressFamily != System.Net.Sockets.AddressFamily.InterNetwork || Subnets[i].PrefixLength is < WidestPrefix or > NarrowestPrefix)
                faults.Add($"{key}:Subnets:{i}", $"is {Subnets[i]}: IPv4 subnets of /{WidestPrefix} to /{NarrowestPrefix} are possible");
            for (var other = 0; other < i; other++)
            {
                if (Subnets[i].Contains(Subnets[other].BaseAddress) || Subnets[other].Contains(Subnets[i].BaseAddress))
                    faults.Add($"{key}:Subnets:{i}", $"is {Subnets[i]}, which overlaps {Subnets[other]}");
            }
        }

        CheckRanges(faults, $"{key}:DestinationPorts", DestinationPorts);
        CheckRanges(faults, $"{key}:ListenerPorts", ListenerPorts);
        for (var i = 0; i < ListenerPorts.Count; i++)
            faults.Check(ListenerPorts[i].Count >= MinListenerPorts, $"{key}:ListenerPorts:{i}", $"is {ListenerPorts[i]}, {ListenerPorts[i].Count} ports: a listener's range has at least {MinListenerPorts}");

        if (PortsNeeded > MaxPorts) faults.Add($"{key}:Subnets", $"asks for more ports than an accelerator has: {Arithmetic}. Use smaller subnets, fewer destination ports, or several accelerators");
        else faults.Check(PortsNeeded <= PortsGiven, $"{key}:ListenerPorts", $"has too few ports: {Arithmetic}. Widen it; a listener's range can never shrink again");
    }

    private static void CheckRanges(FaultList faults, string key, IReadOnlyList<PortRange> ranges)
    {
        faults.Check(ranges.Count is >= 1 and <= MaxPortRanges, key, $"names {ranges.Count} port ranges: 1 to {MaxPortRanges} are possible");
        for (var i = 0; i < ranges.Count; i++)
        {
            for (var other = 0; other < i; other++)
                faults.Check(!ranges[i].Overlaps(ranges[other]), $"{key}:{i}", $"is {ranges[i]}, which overlaps {ranges[other]}");
        }
    }
}
