using System.Globalization;
using System.Net;
using BenchmarkDotNet.Attributes;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Placement;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.Benchmarks.Planning;

/// <summary>What each decision on the path of a session costs: regions, clusters, zones and routes.</summary>
[MemoryDiagnoser]
public class PlannerBenchmarks
{
    private const int MappingRows = 60_000;
    private const int Players = 10;

    private readonly string[] _agonesFleets = ["arena"];
    private readonly ZoneRoom[] _zones = [new("r0a", 12), new("r0b", 40), new("r0c", 0)];
    private readonly ZoneRule _rule = new(ZonePolicy.Prefer, "r0b");
    private readonly string[] _excludedNodes = ["node-1", "node-2"];
    private readonly RouteKind[] _routes = [RouteKind.Accelerator, RouteKind.NetworkLoadBalancer, RouteKind.Direct];
    private readonly Random _random = new(1);
    private FleetSystemOptions _system = null!;
    private RegionClusters _clusters = null!;
    private SessionRequest _request = null!;
    private RegionEdge _edge = null!;
    private RegionEdge _openedEdge = null!;

    [GlobalSetup]
    public void Setup()
    {
        _system = new FleetSystemOptions
        {
            Regions = [.. Enumerable.Range(0, 4).Select(region => new RegionOptions { Id = $"r{region}", Zones = [$"r{region}a", $"r{region}b", $"r{region}c"] })],
            Clusters = [.. Enumerable.Range(0, 4).Select(cluster => new ClusterOptions { Id = $"c{cluster}", Region = "r0", Weight = 10 + cluster })],
            Fleets = [new FleetOptions { Id = "arena" }],
        };
        _clusters = RegionClusters.Configured(_system, "r0");
        _request = new SessionRequest
        {
            Fleet = "arena",
            Players = [.. Enumerable.Range(0, Players).Select(player => new SessionPlayer(
                player.ToString(CultureInfo.InvariantCulture), new Dictionary<string, int> { ["r0"] = 20 + player, ["r1"] = 80, ["r2"] = 120, ["r3"] = 200 }))],
            PreferredZone = "r0b",
            Deadline = TimeSpan.FromSeconds(10),
            Lifetime = TimeSpan.FromHours(1),
        };
        _edge = new RegionEdge
        {
            Region = "r0",
            Accelerator = AcceleratorMapping.Create(1, ["192.0.2.1", "192.0.2.2"], Enumerable.Range(0, MappingRows).Select(row =>
                new AcceleratorPort(new IPAddress([10, 0, (byte)(row / 256), (byte)(row % 256)]), 7000, (ushort)(row + 1)))),
            LoadBalancerAddress = "nlb.example",
            LoadBalancerPort = 7777,
        };
        var server = RoutableServer.KeyOf("ap-northeast-2-blue", "arena-c9zzs-w4rwn");
        _openedEdge = _edge with
        {
            Openings = AcceleratorOpenings.Of(1, Enumerable.Range(0, ServerTrafficLedger.MaxOpenings).Select(row =>
                new ServerOpening(Destination.Of(new IPAddress([10, 0, (byte)(row / 256), (byte)(row % 256)]), 7000), 1, server, 1, Claimed: true, OpeningState.Open, default))),
        };
    }

    [Benchmark]
    public IReadOnlyList<RegionChoice> RegionOrder() => RegionPlanner.Plan(_system, _system.Fleets[0], _request);

    [Benchmark]
    public IReadOnlyList<ClusterStanding> ClustersOfRegion() => ClusterOrder.Of(_clusters.Clusters, _random);

    [Benchmark]
    public object Selectors() => SelectorPlanner.Plan(_agonesFleets, _rule, _zones, _excludedNodes, hasStrays: false);

    [Benchmark]
    public IReadOnlyList<Route> Routes() => RoutePlanner.Plan(_edge, _routes, "10.0.100.7", 7000, "AAAAAAAAAAAAAAAAAAAAAA==");

    [Benchmark]
    public IReadOnlyList<Route> RoutesOpenedForEachServer() =>
        RoutePlanner.Plan(_openedEdge, _routes, "10.0.16.7", 7000, "AAAAAAAAAAAAAAAAAAAAAA==", RoutableServer.KeyOf("ap-northeast-2-blue", "arena-c9zzs-w4rwn"));
}
