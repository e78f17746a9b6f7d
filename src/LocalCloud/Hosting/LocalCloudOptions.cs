using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Routing;
using Microsoft.Extensions.Options;

namespace FleetSystem.LocalCloud.Hosting;

/// <summary>What the local cloud consists of. The configuration section <c>LocalCloud</c>; the command line wins over the file.</summary>
internal sealed class LocalCloudOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "LocalCloud";

    /// <summary>Directory of everything that outlives a run: keys, kubeconfig, the cell's store, logs.</summary>
    public string DataDirectory { get; set; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "fleetsystem", "localcloud");

    /// <summary>Regions; each has three zones, a cluster, an accelerator and an NLB. 1 to 8.</summary>
    public IList<string> Regions { get; set; } = [];

    /// <summary>Zones a region, 1 to 6. The default is 3.</summary>
    public int ZonesPerRegion { get; set; } = 3;

    /// <summary>Nodes a zone, 1 to 8. The default is 2.</summary>
    public int NodesPerZone { get; set; } = 2;

    /// <summary>Ports that game servers get on each node, 1 to 32. The default is 32; with few, a server soon gets the port of one before.</summary>
    public int PortsPerNode { get; set; } = AddressPlan.MaxPortsPerNode;

    /// <summary>Game server processes a zone, 1 to 32. The default is 2.</summary>
    public int ServersPerZone { get; set; } = 2;

    /// <summary>Sessions a server, 1 to 16. The default is 1: each session has a server of its own.</summary>
    public int SessionsPerServer { get; set; } = 1;

    /// <summary>How long a session may be without players before its game server ends it, 1 second to 1 hour. The default is 1 minute.</summary>
    public TimeSpan SessionIdleEnd { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Ready servers a region that have no process behind them, 0 to 50000. The default is 0.</summary>
    public int SimulatedServers { get; set; }

    /// <summary>Whether FleetManager and Matchmaker run as processes of their own. The default is false: both within this one.</summary>
    public bool SeparateHosts { get; set; }

    /// <summary>
    /// FleetManagers of a cluster, 2 to 5, as processes of their own beside two Matchmakers, with DynamoDB Local for membership and states; 0 for no
    /// cluster. The default is 0.
    /// </summary>
    public int Cluster { get; set; }

    /// <summary>
    /// Whether callers have to show who they are. Then keys are made at each start, and shown. The default is true.
    /// </summary>
    public bool Access { get; set; } = true;

    /// <summary>Port of DynamoDB Local, in a cluster. The default is 8000.</summary>
    public int DynamoDBPort { get; set; } = 8000;

    /// <summary>How many FleetManagers there are.</summary>
    internal int FleetManagers => Math.Max(1, Cluster);

    /// <summary>How many Matchmakers there are.</summary>
    internal int Matchmakers => Cluster > 0 ? 2 : 1;

    /// <summary>Whether hosts are processes of their own.</summary>
    internal bool HasProcesses => SeparateHosts || Cluster > 0;

    /// <summary>Port of the players' API. The default is 8080; 0 takes any free port, as everywhere below.</summary>
    public int ApiPort { get; set; } = 8080;

    /// <summary>Port of the operators' API. The default is 8081.</summary>
    public int OperationsPort { get; set; } = 8081;

    /// <summary>Port of the players' API over gRPC. The default is 8082.</summary>
    public int GrpcPort { get; set; } = 8082;

    /// <summary>Port of <c>POST /gameserverallocation</c>, as agones-allocator serves it; the same over gRPC follows. The default is 8083.</summary>
    public int AllocatorPort { get; set; } = 8083;

    /// <summary>Port of the Global Accelerator API. The default is 8090.</summary>
    public int AcceleratorApiPort { get; set; } = 8090;

    /// <summary>Port of the first region's Kubernetes API; the others follow. The default is 8101.</summary>
    public int KubernetesPort { get; set; } = 8101;

    /// <summary>UDP port of the first region's NLB; the others follow. The default is 7701.</summary>
    public int LoadBalancerPort { get; set; } = 7701;

    /// <summary>Port of the first silo; the other follows. The default is 11111.</summary>
    public int SiloPort { get; set; } = 11111;

    /// <summary>How long the Agones allocator gathers requests before it serves them, 0 to 5 seconds. The default is 20 ms; Agones' own is 500 ms.</summary>
    public TimeSpan AllocationBatchWait { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Silence after which a cluster's node turns Unknown. The default is 40 seconds, as in Kubernetes; 0 to 10 minutes.</summary>
    public TimeSpan NodeUnknownAfter { get; set; } = TimeSpan.FromSeconds(40);

    /// <summary>When a path into a region changes its state.</summary>
    public PathHealthOptions PathHealth { get; set; } = new() { HealthyAfter = TimeSpan.FromSeconds(3) };

    /// <summary>
    /// Whether the accelerators let players through to every server from the start, or FleetSystem opens the way to each. The default is
    /// <see cref="AcceleratorTraffic.AllowAll"/>.
    /// </summary>
    public AcceleratorTraffic AcceleratorTraffic { get; set; } = AcceleratorTraffic.AllowAll;

    /// <summary>What paths into a region are probed with: UDP, or TCP too. The default is UDP alone.</summary>
    public IList<GameProtocol> ProbeProtocols { get; set; } = [];

    /// <summary>How fast the way to each server is opened and closed, where that is done.</summary>
    public ServerTrafficOptions ServerTraffic { get; set; } = new();

    /// <summary>Seed of everything random. The default is 1.</summary>
    public int Seed { get; set; } = 1;
}

/// <summary>Checks <see cref="LocalCloudOptions"/>.</summary>
internal sealed class LocalCloudOptionsValidator : IValidateOptions<LocalCloudOptions>
{
    private const int MaxRegions = 8;

    public ValidateOptionsResult Validate(string? name, LocalCloudOptions options)
    {
        var faults = new FaultList(LocalCloudOptions.Section);
        faults.Check(options.Regions.Count is >= 1 and <= MaxRegions, nameof(options.Regions), $"names {options.Regions.Count} regions: 1 to {MaxRegions} are possible");
        faults.Check(options.Regions.Distinct().Count() == options.Regions.Count, nameof(options.Regions), "names a region twice");
        Within(options.ZonesPerRegion, 1, 6, nameof(options.ZonesPerRegion));
        Within(options.NodesPerZone, 1, 8, nameof(options.NodesPerZone));
        Within(options.PortsPerNode, 1, AddressPlan.MaxPortsPerNode, nameof(options.PortsPerNode));
        Within(options.ServersPerZone, 1, 32, nameof(options.ServersPerZone));
        Within(options.SessionsPerServer, 1, 16, nameof(options.SessionsPerServer));
        faults.Check(options.SessionIdleEnd >= TimeSpan.FromSeconds(1) && options.SessionIdleEnd <= TimeSpan.FromHours(1), nameof(options.SessionIdleEnd), $"is {options.SessionIdleEnd}: 1 second to 1 hour is possible");
        Within(options.SimulatedServers, 0, 50_000, nameof(options.SimulatedServers));
        faults.Check(options.Cluster is 0 or (>= 2 and <= 5), nameof(options.Cluster), $"is {options.Cluster}: 2 to 5 FleetManagers are possible, and 0 for no cluster");
        foreach (var (port, key) in Ports(options)) Within(port, 0, ushort.MaxValue - (options.Cluster > 0 ? PortPlan.InstanceStep * PortPlan.MaxInstances : MaxRegions), key);
        var taken = Ports(options).Where(pair => pair.Port != 0).GroupBy(pair => pair.Port).Where(group => group.Count() > 1);
        foreach (var group in taken) faults.Add(group.First().Key, $"is {group.Key}, as {string.Join(" and ", group.Skip(1).Select(pair => pair.Key))}: give each its own");
        faults.Check(options.AllocationBatchWait >= TimeSpan.Zero && options.AllocationBatchWait <= TimeSpan.FromSeconds(5), nameof(options.AllocationBatchWait), $"is {options.AllocationBatchWait}: 0 to 5 seconds is possible");
        faults.Check(options.NodeUnknownAfter >= TimeSpan.Zero && options.NodeUnknownAfter <= TimeSpan.FromMinutes(10), nameof(options.NodeUnknownAfter), $"is {options.NodeUnknownAfter}: 0 to 10 minutes is possible");
        faults.Check(Enum.IsDefined(options.AcceleratorTraffic), nameof(options.AcceleratorTraffic), $"is {options.AcceleratorTraffic}: {string.Join(", ", Enum.GetNames<AcceleratorTraffic>())} are possible");
        options.ServerTraffic.Check(faults, nameof(options.ServerTraffic));
        return faults.ToResult();

        void Within(int value, int least, int most, string key) => faults.Check(value >= least && value <= most, key, $"is {value}: {least} to {most} is possible");
    }

    private static IEnumerable<(int Port, string Key)> Ports(LocalCloudOptions options) =>
    [
        (options.ApiPort, nameof(options.ApiPort)),
        (options.OperationsPort, nameof(options.OperationsPort)),
        (options.GrpcPort, nameof(options.GrpcPort)),
        (options.AllocatorPort, nameof(options.AllocatorPort)),
        (options.AcceleratorApiPort, nameof(options.AcceleratorApiPort)),
        (options.KubernetesPort, nameof(options.KubernetesPort)),
        (options.LoadBalancerPort, nameof(options.LoadBalancerPort)),
        (options.SiloPort, nameof(options.SiloPort)),
        (options.DynamoDBPort, nameof(options.DynamoDBPort)),
    ];
}
