using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Routing;

namespace FleetSystem.FleetModel.Tests.Configuration;

public sealed class FleetSystemOptionsValidatorTests
{
    [Fact]
    public void Validate_GoodConfiguration_Succeeds() => Assert.Empty(Faults(Good()));

    [Fact]
    public void Validate_Empty_TellsEverySection() =>
        Assert.Equal(["FleetSystem:Clusters", "FleetSystem:Fleets", "FleetSystem:Regions"], Keys(new FleetSystemOptions()).Order());

    [Fact]
    public void Validate_AcceleratorByItsName_Succeeds()
    {
        var options = Good();
        options.Regions[0].Accelerator = new() { Name = "fleet-seoul" };
        Assert.Empty(Faults(options));
    }

    public static TheoryData<string, Action<FleetSystemOptions>> OneFault { get; } = new()
    {
        { "Cell", options => options.Cell = "" },
        { "Regions:0:Id", options => (options.Regions[0].Id, options.Clusters[0].Region) = ("Seoul", "Seoul") },
        { "Regions:0:Id", options => (options.Regions[0].Id, options.Clusters[0].Region) = ("seoul\n", "seoul\n") },
        { "Regions:1:Id", options => options.Regions.Add(new() { Id = "seoul", Zones = ["other-a"] }) },
        { "Regions:0:Zones", options => options.Regions[0].Zones.Clear() },
        { "Regions:0:Zones:2", options => options.Regions[0].Zones.Add("seoul-a") },
        { "Regions:0:Zones:2", options => options.Regions[0].Zones.Add("") },
        { "Regions:0:Accelerator:Arn", options => options.Regions[0].Accelerator!.Arn = "accelerator" },
        { "Regions:0:Accelerator:Arn", options => options.Regions[0].Accelerator = new() },
        { "Regions:0:Accelerator:Name", options => options.Regions[0].Accelerator = new() { Name = "" } },
        { "Regions:0:Accelerator:Subnets:0", options => Plan(options, "10.0.0.1/26", "7000-8000", "1024-65535") },
        { "Regions:0:Accelerator:Subnets", options => Plan(options, "10.0.0.0/24", "7000-8000", "1024-65535") },
        { "Regions:0:Accelerator:DestinationPorts:0", options => Plan(options, "10.0.0.0/26", "8000-7000", "1024-65535") },
        { "Regions:0:Accelerator:ListenerPorts", options => Plan(options, "10.0.0.0/26", "7000-8000", "1024-2000") },
        { "Regions:0:StandardAccelerator:Arn", options => options.Regions[0].StandardAccelerator = new() },
        { "Regions:0:StandardAccelerator:EndpointGroupArn", options => options.Regions[0].StandardAccelerator = new() { Arn = "arn:a", EndpointGroupArn = "group" } },
        { "Regions:0:StandardAccelerator:Endpoints:0:Weight", options => options.Regions[0].StandardAccelerator = new() { Arn = "arn:a", Endpoints = [new() { EndpointId = "nlb", Weight = 256 }] } },
        { "Regions:0:StandardAccelerator:Endpoints:1:EndpointId", options => options.Regions[0].StandardAccelerator = new() { Arn = "arn:a", Endpoints = [new() { EndpointId = "nlb" }, new() { EndpointId = "nlb" }] } },
        { "Regions:0:NetworkLoadBalancer:Address", options => options.Regions[0].NetworkLoadBalancer!.Address = "" },
        { "Regions:0:NetworkLoadBalancer:Port", options => options.Regions[0].NetworkLoadBalancer!.Port = 0 },
        { "Regions:0:Echo:Address", options => options.Regions[0].Echo!.Address = "echo.example" },
        { "Regions:0:Echo:Protocols:0", options => options.Regions[0].Echo!.Protocols = [(GameProtocol)9] },
        { "Regions:0:Echo:Protocols", options => options.Regions[0].Echo!.Protocols = [GameProtocol.Tcp, GameProtocol.Tcp] },
        { "Regions:0:Accelerator:Traffic", options => options.Regions[0].Accelerator!.Traffic = (AcceleratorTraffic)9 },
        { "Regions:0:Echo:Port", options => options.Regions[0].Echo!.Port = 65536 },
        { "Regions:0:Echo:RoutingToken", options => options.Regions[0].Echo!.RoutingToken = "AAAA" },
        { "Regions:0:Echo:RoutingToken", options => options.Regions[0].Echo!.RoutingToken = "no base64 at all" },
        { "Queues:0:Id", options => Queue(options, queue => queue.Id = "Ranked") },
        { "Queues:1:Id", options => options.Queues = [new() { Id = "ranked", Fleet = "arena", RuleSetFile = "ranked.json" }, new() { Id = "ranked", Fleet = "arena", RuleSetFile = "ranked.json" }] },
        { "Queues:0:RuleSetFile", options => Queue(options, queue => queue.RuleSetFile = "") },
        { "Queues:0:Fleet", options => Queue(options, queue => queue.Fleet = "missing") },
        { "Queues:0:TicketTimeout", options => Queue(options, queue => queue.TicketTimeout = TimeSpan.FromHours(13)) },
        { "Queues:0:AcceptanceTimeout", options => Queue(options, queue => queue.AcceptanceTimeout = TimeSpan.FromSeconds(601)) },
        { "Queues:0:PlacementTimeout", options => Queue(options, queue => queue.PlacementTimeout = TimeSpan.Zero) },
        { "Queues:0:PoolPatience", options => Queue(options, queue => queue.PoolPatience = TimeSpan.FromSeconds(-1)) },
        { "Queues:0:PassInterval", options => Queue(options, queue => queue.PassInterval = TimeSpan.FromMilliseconds(9)) },
        { "Queues:0:ClosedTicketRetention", options => Queue(options, queue => queue.ClosedTicketRetention = TimeSpan.FromHours(2)) },
        { "Queues:0:MinPoolTickets", options => Queue(options, queue => queue.MinPoolTickets = -1) },
        { "Queues:0:MaxTickets", options => Queue(options, queue => queue.MaxTickets = 2_000_001) },
        { "Queues:0:SecondTicket", options => Queue(options, queue => queue.SecondTicket = (SecondTicketPolicy)9) },
        { "Queues:0:Backfill", options => Queue(options, queue => queue.Backfill = (BackfillMode)9) },
        { "Queues:0:Pools", options => Queue(options, queue => queue.Pools = (PoolDivision)9) },
        { "Clusters:0:Id", options => options.Clusters[0].Id = new string('a', 64) },
        { "Clusters:1:Id", options => options.Clusters.Add(new() { Id = "blue", Region = "seoul" }) },
        { "Clusters:1:Region", options => options.Clusters.Add(new() { Id = "green", Region = "paris" }) },
        { "Clusters:0:KubeConfig", options => options.Clusters[0].KubeConfig = "/nowhere/kubeconfig" },
        { "Clusters:0:Namespace", options => options.Clusters[0].Namespace = "Default!" },
        { "Clusters:0:Weight", options => options.Clusters[0].Weight = 1001 },
        { "Clusters:0:Weight", options => options.Clusters[0].Weight = -1 },
        { "Clusters", options => options.Regions.Add(new() { Id = "tokyo", Zones = ["tokyo-a"] }) },
        { "Fleets:0:Routes", options => (options.Fleets[0].Protocol, options.Fleets[0].Routes) = (GameProtocol.Tcp, [RouteKind.Accelerator, RouteKind.NetworkLoadBalancer]) },
        { "Fleets:0:Id", options => options.Fleets[0].Id = "-arena" },
        { "Fleets:0:AgonesFleets:0", options => options.Fleets[0].AgonesFleets.Add("Arena Blue") },
        { "Fleets:0:Regions:0", options => options.Fleets[0].Regions.Add("paris") },
        { "Fleets:0:Routes", options => options.Fleets[0].Routes = [RouteKind.Direct, RouteKind.Direct] },
        { "Fleets:0:Routes:0", options => options.Fleets[0].Routes = [(RouteKind)7] },
        { "Fleets:0:SessionLifetime", options => options.Fleets[0].SessionLifetime = TimeSpan.FromSeconds(59) },
        { "Fleets:0:AllocationDeadline", options => options.Fleets[0].AllocationDeadline = TimeSpan.FromMinutes(6) },
        { "Fleets:0:PlayableDeadline", options => options.Fleets[0].PlayableDeadline = TimeSpan.Zero },
        { "Fleets:0:ZonePolicy", options => options.Fleets[0].ZonePolicy = (ZonePolicy)9 },
        { "Fleets:0:MaxZoneShare", options => options.Fleets[0].MaxZoneShare = 0 },
        { "Fleets:0:MaxZoneShare", options => options.Fleets[0].MaxZoneShare = 1.01 },
        { "Fleets:0:MaxZoneShare", options => options.Fleets[0].MaxZoneShare = double.NaN },
        { "Fleets:0:ExpectedTransferGigabytes", options => options.Fleets[0].ExpectedTransferGigabytes = -1 },
        { "Fleets:0:MaxPlayers", options => options.Fleets[0].MaxPlayers = 0 },
        { "Fleets:0:MaxLatencyMilliseconds", options => options.Fleets[0].MaxLatencyMilliseconds = 0 },
    };

    [Theory]
    [MemberData(nameof(OneFault), DisableDiscoveryEnumeration = true)]
    public void Validate_OneFault_ToldWithItsKeyAndNothingElse(string key, Action<FleetSystemOptions> spoil)
    {
        var options = Good();
        spoil(options);
        Assert.Equal($"FleetSystem:{key}", Assert.Single(Keys(options)));
    }

    [Fact]
    public void Validate_AllFaultsTogether_EachIsTold()
    {
        var options = Good();
        options.Cell = "";
        options.Regions[0].Accelerator!.Arn = "";
        options.Regions[0].NetworkLoadBalancer!.Port = -1;
        options.Clusters[0].Weight = 5000;
        options.Fleets[0].MaxPlayers = 5000;
        options.Fleets[0].PlayableDeadline = TimeSpan.FromHours(1);
        Assert.Equal(
            ["FleetSystem:Cell", "FleetSystem:Regions:0:Accelerator:Arn", "FleetSystem:Regions:0:NetworkLoadBalancer:Port", "FleetSystem:Clusters:0:Weight", "FleetSystem:Fleets:0:PlayableDeadline", "FleetSystem:Fleets:0:MaxPlayers"],
            Keys(options));
    }

    [Fact]
    public void Validate_Packing_OneWayOfCountingWithAName()
    {
        var options = Good();
        options.Fleets[0].Packing = new() { Counter = "rooms" };
        Assert.Empty(Faults(options));
        options.Fleets[0].Packing = new();
        Assert.Equal(["FleetSystem:Fleets:0:Packing"], Keys(options));
        options.Fleets[0].Packing = new() { Counter = "rooms", List = "sessions" };
        Assert.Equal(["FleetSystem:Fleets:0:Packing"], Keys(options));
        options.Fleets[0].Packing = new() { List = "Not a name", WhenEmpty = (EmptyServerPolicy)9 };
        options.Fleets[0].Scheduling = (FleetModel.Clusters.Allocation.SchedulingStrategy)9;
        Assert.Equal(["FleetSystem:Fleets:0:Scheduling", "FleetSystem:Fleets:0:Packing:List", "FleetSystem:Fleets:0:Packing:WhenEmpty"], Keys(options));
    }

    [Fact]
    public void Validate_TwoFleetsOfOneAgonesFleet_PackItsServersAlike()
    {
        var options = Good();
        options.Fleets.Add(new() { Id = "duel", AgonesFleets = ["arena"], Packing = new() { Counter = "rooms" } });
        Assert.Equal(["FleetSystem:Fleets:1:Packing"], Keys(options));
        options.Fleets[0].Packing = new() { Counter = "rooms" };
        Assert.Empty(Faults(options));
    }

    private static IEnumerable<string> Keys(FleetSystemOptions options) => Faults(options).Select(KeyOf);

    private static string KeyOf(string fault) => fault[..fault.IndexOf(' ', StringComparison.Ordinal)];

    private static IEnumerable<string> Faults(FleetSystemOptions options) => new FleetSystemOptionsValidator().Validate(null, options).Failures ?? [];

    private static void Queue(FleetSystemOptions options, Action<MatchmakingQueueOptions> change)
    {
        var queue = new MatchmakingQueueOptions { Id = "ranked", Fleet = "arena", RuleSetFile = "ranked.json" };
        change(queue);
        options.Queues.Add(queue);
    }

    private static FleetSystemOptions Good() => new()
    {
        Regions =
        [
            new()
            {
                Id = "seoul",
                Zones = ["seoul-a", "seoul-b"],
                Accelerator = new() { Arn = "arn:aws:globalaccelerator::1:accelerator/a" },
                NetworkLoadBalancer = new() { Address = "nlb.example", Port = 9000 },
                Echo = new() { Address = "10.0.0.9", Port = 7, RoutingToken = "AAAAAAAAAAAAAAAAAAAAAA==" },
            },
        ],
        Clusters = [new() { Id = "blue", Region = "seoul" }],
        Fleets = [new() { Id = "arena", Routes = [RouteKind.Direct] }],
    };

    private static void Plan(FleetSystemOptions options, string subnet, string destinations, string listener)
    {
        var accelerator = options.Regions[0].Accelerator!;
        (accelerator.Subnets, accelerator.DestinationPorts, accelerator.ListenerPorts) = ([subnet], [destinations], [listener]);
    }
}
