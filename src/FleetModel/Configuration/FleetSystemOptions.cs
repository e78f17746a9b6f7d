using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.FleetModel.Routing;

namespace FleetSystem.FleetModel.Configuration;

/// <summary>What a cell knows of its regions, clusters and fleets. The configuration section <c>FleetSystem</c>.</summary>
public sealed class FleetSystemOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "FleetSystem";

    /// <summary>Name of this cell, for logs and answers. The default is <c>local</c>.</summary>
    public string Cell { get; set; } = "local";

    /// <summary>Regions that sessions can be placed in; at least one. Their order is the order of preference when nothing else decides.</summary>
    public IList<RegionOptions> Regions { get; set; } = [];

    /// <summary>Clusters of those regions; at least one a region.</summary>
    public IList<ClusterOptions> Clusters { get; set; } = [];

    /// <summary>Fleets that players can ask for; at least one.</summary>
    public IList<FleetOptions> Fleets { get; set; } = [];

    /// <summary>Queues in which tickets wait for a match; none where the cell makes no matches.</summary>
    public IList<MatchmakingQueueOptions> Queues { get; set; } = [];
}

/// <summary>A region: its zones and the ways in.</summary>
public sealed class RegionOptions
{
    /// <summary>Id as in AWS, for example <c>ap-northeast-2</c>.</summary>
    public string Id { get; set; } = "";

    /// <summary>Zones as in AWS, for example <c>ap-northeast-2a</c>; at least one.</summary>
    public IList<string> Zones { get; set; } = [];

    /// <summary>The custom routing accelerator, or null when the region has none.</summary>
    public AcceleratorOptions? Accelerator { get; set; }

    /// <summary>The standard accelerator that carries API and proxy traffic into the region, or null when it has none.</summary>
    public StandardAcceleratorOptions? StandardAccelerator { get; set; }

    /// <summary>The NLB with the token-routing proxy behind it, or null when the region has none.</summary>
    public NetworkLoadBalancerOptions? NetworkLoadBalancer { get; set; }

    /// <summary>The echo endpoint in the region that path probes are answered by, or null: paths are then taken for healthy.</summary>
    public EchoOptions? Echo { get; set; }
}

/// <summary>A region's custom routing accelerator.</summary>
public sealed class AcceleratorOptions
{
    /// <summary>Most <see cref="Tags"/>.</summary>
    public const int MaxTags = 50;

    /// <summary>ARN of the custom routing accelerator, or empty: it is found by <see cref="Name"/> or <see cref="Tags"/>, or both.</summary>
    public string Arn { get; set; } = "";

    /// <summary>
    /// Name of the custom routing accelerator where no ARN is given, or null. The account must have exactly one of that name, and of the tags.
    /// </summary>
    public string? Name { get; set; }

    /// <summary>
    /// Tags of the custom routing accelerator where no ARN is given, for example <c>"fleetsystem.dev/cell": "seoul"</c>. The account must have exactly one
    /// that bears all of them. The default is none.
    /// </summary>
    public IDictionary<string, string> Tags { get; set; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What tells this accelerator from others in the store, also before anybody was asked for its ARN.</summary>
    public string Key => Arn.Length > 0 ? Arn
        : Tags.Count == 0 ? $"name:{Name}"
        : $"name:{Name};tags:{string.Join(',', Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key}={tag.Value}"))}";

    /// <summary>Endpoint of the Global Accelerator API, or null for AWS itself.</summary>
    public Uri? ServiceUrl { get; set; }

    /// <summary>File with the access key id on its first line and the secret on its second, or null for AWS's credential chain.</summary>
    public string? CredentialsFile { get; set; }

    /// <summary>
    /// Who opens the way to the servers: custom routing denies all traffic until it is allowed. The default is
    /// <see cref="AcceleratorTraffic.AllowAll"/>.
    /// </summary>
    public AcceleratorTraffic Traffic { get; set; } = AcceleratorTraffic.AllowAll;

    /// <summary>Subnets of the game servers' nodes as CIDR, for example <c>10.0.0.0/26</c>. Empty: the plan is not checked.</summary>
    public IList<string> Subnets { get; set; } = [];

    /// <summary>Ports of game servers on every address, for example <c>7000-8000</c>.</summary>
    public IList<string> DestinationPorts { get; set; } = [];

    /// <summary>Ports of the accelerator's listener, for example <c>1024-65535</c>.</summary>
    public IList<string> ListenerPorts { get; set; } = [];
}

/// <summary>Who opens the way from a custom routing accelerator to the servers.</summary>
public enum AcceleratorTraffic
{
    /// <summary>Operators have allowed all traffic to the subnets, once and for all (<c>AllowAllTrafficToEndpoint</c>).</summary>
    AllowAll,

    /// <summary>
    /// FleetSystem allows each server's address and port while it is there for players, and denies it when its session or the server ends. All
    /// traffic of the accelerator is then FleetSystem's: what others allow is denied again.
    /// </summary>
    PerServer,
}

/// <summary>
/// A standard accelerator and the region's endpoint group of it. Operators set the group's traffic dial and weights; one accelerator usually
/// serves several regions.
/// </summary>
public sealed class StandardAcceleratorOptions
{
    /// <summary>Most endpoints of a group.</summary>
    public const int MaxEndpoints = 10;

    /// <summary>ARN of the accelerator.</summary>
    public string Arn { get; set; } = "";

    /// <summary>ARN of the listener, or null: the accelerator's only one that has an endpoint group in the region.</summary>
    public string? ListenerArn { get; set; }

    /// <summary>ARN of the endpoint group, or null: it is found by the region.</summary>
    public string? EndpointGroupArn { get; set; }

    /// <summary>Endpoint of the Global Accelerator API, or null for AWS itself.</summary>
    public Uri? ServiceUrl { get; set; }

    /// <summary>File with the access key id on its first line and the secret on its second, or null for AWS's credential chain.</summary>
    public string? CredentialsFile { get; set; }

    /// <summary>Endpoints that the group shall have, with their weights; up to 10. Others that it has are left alone.</summary>
    public IList<StandardEndpointOptions> Endpoints { get; set; } = [];
}

/// <summary>An endpoint of a standard accelerator.</summary>
public sealed class StandardEndpointOptions
{
    /// <summary>ARN of an NLB, an allocation id or an instance id; up to 255 characters.</summary>
    public string EndpointId { get; set; } = "";

    /// <summary>Its weight among the endpoints of the group, 0 to 255. The default is 128.</summary>
    public int Weight { get; set; } = 128;
}

/// <summary>A region's NLB.</summary>
public sealed class NetworkLoadBalancerOptions
{
    /// <summary>Address or DNS name that players send to.</summary>
    public string Address { get; set; } = "";

    /// <summary>UDP port, 1 to 65535.</summary>
    public int Port { get; set; }
}

/// <summary>A region's echo endpoint: it returns what it is sent.</summary>
public sealed class EchoOptions
{
    /// <summary>Address as the accelerator's subnets know it; also the address of the direct path.</summary>
    public string Address { get; set; } = "";

    /// <summary>Its port, 1 to 65535; the same for datagrams and streams.</summary>
    public int Port { get; set; }

    /// <summary>
    /// What it answers, and paths are probed with. With <see cref="GameProtocol.Tcp"/> fleets that speak TCP go by how the accelerator and the direct
    /// path do over TCP; without, by how they do over UDP. Empty means UDP.
    /// </summary>
    public IList<GameProtocol> Protocols { get; set; } = [];

    /// <summary>The protocols that paths are probed with, with the default applied.</summary>
    public IReadOnlyList<GameProtocol> ProbedWith => Protocols.Count > 0 ? [.. Protocols] : [GameProtocol.Udp];

    /// <summary>Its routing token for the NLB, base64 of 16 bytes, or null when it cannot be reached through the NLB.</summary>
    public string? RoutingToken { get; set; }
}

/// <summary>A Kubernetes cluster with Agones.</summary>
public sealed class ClusterOptions
{
    /// <summary>Id, unique in the cell.</summary>
    public string Id { get; set; } = "";

    /// <summary>Region that it stands in.</summary>
    public string Region { get; set; } = "";

    /// <summary>File of the kubeconfig, or null: in-cluster configuration where there is one, else the user's default kubeconfig.</summary>
    public string? KubeConfig { get; set; }

    /// <summary>Context of the kubeconfig, or null for its current one.</summary>
    public string? Context { get; set; }

    /// <summary>Namespace of the game servers. The default is <c>default</c>.</summary>
    public string Namespace { get; set; } = "default";

    /// <summary>Clusters of a region are asked in the order of this number, lowest first. The default is 0.</summary>
    public int Priority { get; set; }

    /// <summary>Share among clusters of the same priority, 0 to 1000; 0 takes no new sessions. The default is 100.</summary>
    public int Weight { get; set; } = 100;
}

/// <summary>A fleet: the players' name for a kind of server.</summary>
public sealed class FleetOptions
{
    /// <summary>Id that players ask for.</summary>
    public string Id { get; set; } = "";

    /// <summary>Names of the Agones Fleets that it consists of in each cluster, first choice first; empty means one of its own name.</summary>
    public IList<string> AgonesFleets { get; set; } = [];

    /// <summary>Regions that it runs in; empty means all.</summary>
    public IList<string> Regions { get; set; } = [];

    /// <summary>Name of the game port of its servers, or null for the first.</summary>
    public string? Port { get; set; }

    /// <summary>What its players speak to its servers. The default is <see cref="GameProtocol.Udp"/>.</summary>
    public GameProtocol Protocol { get; set; } = GameProtocol.Udp;

    /// <summary>Ways in that its players may use, best first. Empty means accelerator, NLB (UDP only), direct.</summary>
    public IList<RouteKind> Routes { get; set; } = [];

    /// <summary>What becomes of a session whose server is lost. The default is <see cref="LostServerPolicy.Replace"/>.</summary>
    public LostServerPolicy LostServer { get; set; } = LostServerPolicy.Replace;

    /// <summary>A session's longest life. The default is 2 hours; 1 minute to 24 hours.</summary>
    public TimeSpan SessionLifetime { get; set; } = TimeSpan.FromHours(2);

    /// <summary>How long an allocation may take when the caller names no deadline. The default is 10 seconds; 1 second to 5 minutes.</summary>
    public TimeSpan AllocationDeadline { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long a claimed server may take to acknowledge its session when the caller waits for playable. The default is 5 seconds; 1 second
    /// to 5 minutes.
    /// </summary>
    public TimeSpan PlayableDeadline { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Most players of one session, 1 to 1000. The default is 200.</summary>
    public int MaxPlayers { get; set; } = 200;

    /// <summary>Other regions are tried only where every player's latency is known to be at most this. The default is 250 ms.</summary>
    public int MaxLatencyMilliseconds { get; set; } = 250;

    /// <summary>
    /// Most sessions that wait for a free server in one region; a further one is refused with <c>queue-full</c>. 0 lets none wait. The
    /// default is 1000; 0 to 100000.
    /// </summary>
    public int MaxWaiting { get; set; } = 1000;

    /// <summary>How many servers each of its Agones Fleets is to have, where an autoscaler asks FleetManager's webhook.</summary>
    public AutoscalerOptions Autoscaler { get; set; } = new();

    /// <summary>Several sessions on one server, or null: each has a server of its own. The default is null.</summary>
    public PackingOptions? Packing { get; set; }

    /// <summary>Whether servers are packed on few nodes or spread over many. The default is <see cref="SchedulingStrategy.Packed"/>.</summary>
    public SchedulingStrategy Scheduling { get; set; } = SchedulingStrategy.Packed;

    /// <summary>What the zone that a session prefers means. The default is <see cref="ZonePolicy.Prefer"/>.</summary>
    public ZonePolicy ZonePolicy { get; set; } = ZonePolicy.Prefer;

    /// <summary>
    /// Under <see cref="ZonePolicy.Spread"/>: the largest share of the fleet's allocated servers in a region that one zone may hold while
    /// another has room. The default is 0.5; above 0, at most 1. A share below one zone's even part cannot be kept; the zones are then
    /// filled evenly.
    /// </summary>
    public double MaxZoneShare { get; set; } = 0.5;

    /// <summary>
    /// What a session is expected to exchange with backends in the zone that it prefers, in GB, both directions together; for the metrics
    /// of transfer cost. The default is 0.1; 0 to 10000.
    /// </summary>
    public double ExpectedTransferGigabytes { get; set; } = 0.1;

    /// <summary>Ways in, best first, with the default applied.</summary>
    public IReadOnlyList<RouteKind> RouteOrder => Routes.Count > 0 ? [.. Routes] : Protocol == GameProtocol.Tcp ? TcpRoutes : AllRoutes;

    private static readonly RouteKind[] AllRoutes = [RouteKind.Accelerator, RouteKind.NetworkLoadBalancer, RouteKind.Direct];
    private static readonly RouteKind[] TcpRoutes = [RouteKind.Accelerator, RouteKind.Direct];

    /// <summary>Names of the Agones Fleets that it consists of, with the default applied.</summary>
    public IReadOnlyList<string> NamesInAgones => AgonesFleets.Count == 0 ? [Id] : [.. AgonesFleets];

    /// <summary>Whether it runs in a region.</summary>
    /// <param name="region">The region's id.</param>
    public bool RunsIn(string region) => Regions.Count == 0 || Regions.Contains(region);
}

/// <summary>How many servers an Agones Fleet is to have beside those that are allocated and those that sessions wait for. Names as in Agones' Buffer policy.</summary>
public sealed class AutoscalerOptions
{
    /// <summary>Servers kept free beyond the demand. The default is 4; 0 to 10000.</summary>
    public int BufferSize { get; set; } = 4;

    /// <summary>Fewest servers. The default is 1; 0 to 100000.</summary>
    public int MinReplicas { get; set; } = 1;

    /// <summary>Most servers, not below <see cref="MinReplicas"/>. The default is 100; 1 to 100000.</summary>
    public int MaxReplicas { get; set; } = 100;
}

/// <summary>
/// Several sessions on one server. The fleet's template has a counter or a list whose capacity is the number of sessions a server; the game
/// server takes up a session for each label <c>fleetsystem.dev/s-...</c> (src/GameServer shows how).
/// </summary>
public sealed class PackingOptions
{
    /// <summary>Name of the counter: one up for each session. Either this or <see cref="List"/>.</summary>
    public string? Counter { get; set; }

    /// <summary>Name of the list: the ids of the sessions. Either this or <see cref="Counter"/>.</summary>
    public string? List { get; set; }

    /// <summary>What becomes of a server when its last session is over. The default is <see cref="EmptyServerPolicy.Delete"/>.</summary>
    public EmptyServerPolicy WhenEmpty { get; set; } = EmptyServerPolicy.Delete;

    /// <summary>Where a session's place is counted.</summary>
    public SessionPlace Place => Counter is { } counter ? new SessionPlace(CapacityType.Counter, counter) : new SessionPlace(CapacityType.List, List ?? "");
}

/// <summary>What becomes of a server of several sessions when the last one is over.</summary>
public enum EmptyServerPolicy
{
    /// <summary>It is deleted, and its fleet starts a fresh one.</summary>
    Delete,

    /// <summary>It stays Allocated and takes the next sessions.</summary>
    Keep,
}

/// <summary>What players speak to a game server.</summary>
public enum GameProtocol
{
    /// <summary>Datagrams.</summary>
    Udp,

    /// <summary>
    /// Streams. Custom routing carries them as it carries datagrams; the NLB does not, because its proxy finds the server by a token at the
    /// end of each datagram and a listener a server would not scale.
    /// </summary>
    Tcp,
}

/// <summary>What becomes of a session whose server is lost.</summary>
public enum LostServerPolicy
{
    /// <summary>It gets another server under the same session id.</summary>
    Replace,

    /// <summary>It fails with <c>server-lost</c>.</summary>
    Fail,
}

/// <summary>What the zone that a session prefers means to its placement.</summary>
public enum ZonePolicy
{
    /// <summary>It comes first, the region's other zones after it.</summary>
    Prefer,

    /// <summary>No other is served: the session waits, or gets no server. Without a preferred zone as <see cref="Prefer"/>.</summary>
    Require,

    /// <summary>As <see cref="Prefer"/>, but a zone that holds its share (<see cref="FleetOptions.MaxZoneShare"/>) comes after those with room.</summary>
    Spread,
}
