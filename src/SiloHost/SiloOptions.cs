using System.Net;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.SiloHost.Health;
using FleetSystem.SiloHost.Kubernetes;
using Microsoft.Extensions.Options;

namespace FleetSystem.SiloHost;

/// <summary>Where the silos of a cell know of each other from.</summary>
public enum ClusteringProvider
{
    /// <summary>One silo keeps the membership in its memory: for one machine. When that silo ends, so does the cluster.</summary>
    Development,

    /// <summary>A DynamoDB table keeps it: any silo may end.</summary>
    DynamoDB,
}

/// <summary>How a host joins the cell's Orleans cluster. The configuration section <c>Silo</c>.</summary>
public sealed class SiloOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Silo";

    /// <summary>Name of the Orleans cluster; all hosts of a cell share it. The default is <c>fleetsystem</c>.</summary>
    public string ClusterId { get; set; } = "fleetsystem";

    /// <summary>Address that other silos reach this one by. The default is 127.0.0.1.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>Port between silos, 1 to 65535. No default: two hosts on one machine need two.</summary>
    public int Port { get; set; }

    /// <summary>Port for clients of the cluster, 0 for none. The default is 0.</summary>
    public int GatewayPort { get; set; }

    /// <summary>Where the silos know of each other from. The default is <see cref="ClusteringProvider.Development"/>.</summary>
    public ClusteringProvider Clustering { get; set; } = ClusteringProvider.Development;

    /// <summary>Name of the membership table, with <see cref="ClusteringProvider.DynamoDB"/>. The default is <c>OrleansSilos</c>. Where DynamoDB is says the section <c>DynamoDB</c>.</summary>
    public string MembershipTable { get; set; } = "OrleansSilos";

    /// <summary>When a silo counts as dead, with <see cref="ClusteringProvider.DynamoDB"/>.</summary>
    public MembershipOptions Membership { get; set; } = new();

    /// <summary>
    /// Address and port of the silo that keeps the membership, with <see cref="ClusteringProvider.Development"/>; null for this silo itself.
    /// </summary>
    public string? PrimarySilo { get; set; }

    /// <summary>
    /// The zone that the host runs in, as its node's label <c>topology.kubernetes.io/zone</c> has it, or empty: grains that may be anywhere are then
    /// placed in the zone of whoever calls them first, where there is a silo for them. The default is empty: placement knows no zones.
    /// </summary>
    public string Zone { get; set; } = "";

    /// <summary>How the silo lives in a pod.</summary>
    public KubernetesOptions Kubernetes { get; set; } = new();

    /// <summary>How the host leaves when it is told to.</summary>
    public DrainOptions Drain { get; set; } = new();

    /// <summary>The silo that keeps the membership.</summary>
    public IPEndPoint Primary => PrimarySilo is null ? new IPEndPoint(IPAddress.Parse(Address), Port) : IPEndPoint.Parse(PrimarySilo);
}

/// <summary>Checks <see cref="SiloOptions"/>.</summary>
public sealed class SiloOptionsValidator : IValidateOptions<SiloOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, SiloOptions options)
    {
        var faults = new FaultList(SiloOptions.Section);
        faults.Check(options.ClusterId.Length > 0, nameof(options.ClusterId), "is empty: name the Orleans cluster");
        faults.Check(IPAddress.TryParse(options.Address, out _), nameof(options.Address), $"is '{options.Address}', not an IP address");
        faults.Check(options.Port is >= 1 and <= ushort.MaxValue, nameof(options.Port), $"is {options.Port}: 1 to 65535 is possible");
        faults.Check(options.GatewayPort is >= 0 and <= ushort.MaxValue, nameof(options.GatewayPort), $"is {options.GatewayPort}: 0 to 65535 is possible");
        faults.Check(options.PrimarySilo is null || IPEndPoint.TryParse(options.PrimarySilo, out var primary) && primary.Port > 0, nameof(options.PrimarySilo), $"is '{options.PrimarySilo}', not an address and port such as 127.0.0.1:11111");
        faults.Check(Enum.IsDefined(options.Clustering), nameof(options.Clustering), $"is {options.Clustering}: {string.Join(" and ", Enum.GetNames<ClusteringProvider>())} are possible");
        faults.Check(options.MembershipTable.Length is >= 3 and <= 255, nameof(options.MembershipTable), $"is '{options.MembershipTable}': a table's name has 3 to 255 characters");
        faults.Check(
            options.Clustering == ClusteringProvider.Development || options.PrimarySilo is null,
            nameof(options.PrimarySilo),
            $"is given, and Clustering is {options.Clustering}: no silo is the primary one then, leave it out");
        options.Membership.Check(faults, nameof(options.Membership));
        options.Kubernetes.Check(faults, nameof(options.Kubernetes) + ":");
        options.Drain.Check(faults, nameof(options.Drain) + ":");
        return faults.ToResult();
    }
}
