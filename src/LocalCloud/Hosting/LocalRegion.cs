using System.Net;
using System.Security.Cryptography;
using FleetSystem.FleetModel.Routing;
using FleetSystem.LocalCloud.Agones;
using FleetSystem.LocalCloud.LoadBalancing;
using FleetSystem.LocalCloud.Nodes;

namespace FleetSystem.LocalCloud.Hosting;

/// <summary>A region of the local cloud: a cluster, an NLB with its token routes, and an echo.</summary>
internal sealed class LocalRegion : IAsyncDisposable
{
    private readonly TokenRoutes _routes;
    private readonly EchoResponder _echo;

    private LocalRegion(string id, IReadOnlyList<string> zones, AddressPlan plan, LocalCluster cluster, NetworkLoadBalancer balancer, EchoResponder echo, byte[] echoToken, ILoggerFactory logs)
    {
        (Id, Zones, Plan, Cluster, LoadBalancer, _echo) = (id, zones, plan, cluster, balancer, echo);
        EchoToken = Convert.ToBase64String(echoToken);
        balancer.Tokens.Set(echoToken, echo.EndPoint);
        _routes = new TokenRoutes(cluster.Store, balancer.Tokens, logs.CreateLogger<TokenRoutes>());
    }

    public string Id { get; }

    public IReadOnlyList<string> Zones { get; }

    public AddressPlan Plan { get; }

    public LocalCluster Cluster { get; }

    public NetworkLoadBalancer LoadBalancer { get; }

    public IPEndPoint Echo => _echo.EndPoint;

    /// <summary>Base64 of the token by which the NLB leads to the echo.</summary>
    public string EchoToken { get; }

    /// <summary>Addresses of the nodes that carry game server processes.</summary>
    public IReadOnlyList<IPAddress> NodeAddresses { get; private init; } = [];

    /// <summary>Starts a region.</summary>
    public static async Task<LocalRegion> StartAsync(
        LocalCloudOptions options, int index, PortPlan ports, bool singleAddress, string token, IPodRuntime pods, ILoggerFactory logs, TimeProvider time, CancellationToken cancellationToken)
    {
        var id = options.Regions[index];
        var plan = new AddressPlan(index, options.ZonesPerRegion, singleAddress, options.PortsPerNode);
        var zones = Enumerable.Range(0, options.ZonesPerRegion).Select(zone => $"{id}{(char)('a' + zone)}").ToList();
        var nodes = LocalNode.ForZones(id, zones, options.NodesPerZone, plan.Node);
        var simulated = options.SimulatedServers > 0 ? SimulatedNodes(options, id, zones, plan) : [];
        var cluster = new LocalCluster(new LocalClusterOptions
        {
            Name = id,
            Region = id,
            Nodes = [.. nodes, .. simulated],
            ListenEndpoint = new IPEndPoint(IPAddress.Loopback, ports.Kubernetes[index]),
            Token = token,
            AllocationDelay = options.AllocationBatchWait,
            NodeTimings = new NodeTimings { UnknownAfter = options.NodeUnknownAfter },
            PodRuntime = pods,
            Ports = new HostPortRange(plan.GamePorts.From, plan.GamePorts.To),
            Seed = options.Seed + index,
            TimeProvider = time,
            LoggerFactory = logs,
        });
        await cluster.StartAsync(cancellationToken);
        var balancer = new NetworkLoadBalancer(new IPEndPoint(IPAddress.Loopback, ports.LoadBalancers[index]), new LoadBalancerOptions(), time);
        return new LocalRegion(id, zones, plan, cluster, balancer, new EchoResponder(plan.Echo, time), RandomNumberGenerator.GetBytes(RoutingToken.Bytes), logs)
        {
            NodeAddresses = [.. nodes.Select(node => node.Address)],
        };
    }

    public async ValueTask DisposeAsync()
    {
        await _routes.DisposeAsync();
        await LoadBalancer.DisposeAsync();
        await _echo.DisposeAsync();
        await Cluster.DisposeAsync();
    }

    /// <summary>Enough simulated nodes for the servers: each address has as many ports as the region's range.</summary>
    private static IReadOnlyList<LocalNode> SimulatedNodes(LocalCloudOptions options, string id, IReadOnlyList<string> zones, AddressPlan plan)
    {
        var portsEach = plan.GamePorts.To - plan.GamePorts.From + 1;
        var nodesPerZone = (options.SimulatedServers / zones.Count / portsEach) + 2;
        return LocalNode.ForZones(id, zones, nodesPerZone, plan.SimulatedNode, simulated: true);
    }
}
