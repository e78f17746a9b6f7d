using System.Net;
using FleetSystem.FleetModel.Routing;

namespace FleetSystem.FleetModel.Configuration;

/// <summary>Reads the plan of a custom routing accelerator from the configuration. Pure.</summary>
public static class CustomRoutingPlanReader
{
    /// <summary>The plan, or null when the configuration names none, or one that cannot be read.</summary>
    /// <param name="accelerator">The configuration.</param>
    /// <param name="faults">Where it is told why it cannot be read.</param>
    /// <param name="key">Key of the accelerator below the list's section.</param>
    public static CustomRoutingPlan? Read(AcceleratorOptions accelerator, FaultList faults, string key)
    {
        if (accelerator.Subnets.Count + accelerator.DestinationPorts.Count + accelerator.ListenerPorts.Count == 0) return null;
        var before = faults.Faults.Count;
        var subnets = new List<IPNetwork>();
        for (var i = 0; i < accelerator.Subnets.Count; i++)
        {
            // A subnet that is written with host bits is one that somebody mistook for another.
            if (IPNetwork.TryParse(accelerator.Subnets[i], out var subnet) && subnet.ToString() == accelerator.Subnets[i]) subnets.Add(subnet);
            else faults.Add($"{key}:Subnets:{i}", $"is '{accelerator.Subnets[i]}': give a subnet as CIDR, such as 10.0.0.0/26, without host bits");
        }

        faults.Check(accelerator.Subnets.Count > 0, $"{key}:Subnets", "is empty beside the plan's ports: name the subnets of the game servers' nodes, or leave the whole plan out");
        var plan = new CustomRoutingPlan(subnets, Ports($"{key}:DestinationPorts", accelerator.DestinationPorts, faults), Ports($"{key}:ListenerPorts", accelerator.ListenerPorts, faults));
        return faults.Faults.Count == before ? plan : null;
    }

    private static List<PortRange> Ports(string key, IList<string> texts, FaultList faults)
    {
        var ranges = new List<PortRange>();
        for (var i = 0; i < texts.Count; i++)
        {
            if (PortRange.TryParse(texts[i], out var range)) ranges.Add(range);
            else faults.Add($"{key}:{i}", $"is '{texts[i]}': give ports as 7000-8000, or one port, of 1 to 65535");
        }

        return ranges;
    }
}
