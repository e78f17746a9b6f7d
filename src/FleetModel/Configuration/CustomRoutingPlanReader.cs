using System.Net;
using FleetSystem.FleetModel.Routing;

namespace FleetSystem.FleetModel.Configuration;

/// <summary>Reads the plan of a custom routing accelerator from the configuration. Pure.</summary>
public static class CustomRoutingPlanReader
{
    /// <summary>The plan, or why it cannot be read; neither when the configuration names none.</summary>
    public static (CustomRoutingPlan? Plan, IReadOnlyList<(string Key, string Fault)> Faults) Read(AcceleratorOptions accelerator)
    {
        if (accelerator.Subnets.Count + accelerator.DestinationPorts.Count + accelerator.ListenerPorts.Count == 0) return (null, []);
        var faults = new List<(string Key, string Fault)>();
        var subnets = new List<IPNetwork>();
        for (var i = 0; i < accelerator.Subnets.Count; i++)
        {
            // A subnet that is written with host bits is one that somebody mistook for another.
            if (IPNetwork.TryParse(accelerator.Subnets[i], out var subnet) && subnet.ToString() == accelerator.Subnets[i]) subnets.Add(subnet);
            else faults.Add(($"Subnets:{i}", $"is '{accelerator.Subnets[i]}': give a subnet as CIDR, such as 10.0.0.0/26, without host bits"));
        }

        if (accelerator.Subnets.Count == 0) faults.Add(("Subnets", "is empty beside the plan's ports: name the subnets of the game servers' nodes, or leave the whole plan out"));
        var plan = new CustomRoutingPlan(subnets, Ports("DestinationPorts", accelerator.DestinationPorts, faults), Ports("ListenerPorts", accelerator.ListenerPorts, faults));
        return faults.Count == 0 ? (plan, []) : (null, faults);
    }

    private static List<PortRange> Ports(string key, IList<string> texts, List<(string Key, string Fault)> faults)
    {
        var ranges = new List<PortRange>();
        for (var i = 0; i < texts.Count; i++)
        {
            if (PortRange.TryParse(texts[i], out var range)) ranges.Add(range);
            else faults.Add(($"{key}:{i}", $"is '{texts[i]}': give ports as 7000-8000, or one port, of 1 to 65535"));
        }

        return ranges;
    }
}
