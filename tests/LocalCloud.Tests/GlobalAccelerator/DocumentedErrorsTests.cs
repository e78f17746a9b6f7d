using System.Net;
using System.Text.Json.Nodes;
using FleetSystem.LocalCloud.GlobalAccelerator;
using Microsoft.Extensions.Time.Testing;

namespace FleetSystem.LocalCloud.Tests.GlobalAccelerator;

/// <summary>
/// Every operation of the API, by its documented members: each required one is asked for, and the ARN of what is not there is answered with the
/// operation's own error.
/// </summary>
public sealed class DocumentedErrorsTests
{
    private const string Account = "arn:aws:globalaccelerator::123456789012:accelerator/11111111-2222-3333-4444-555555555555";

    // Operation, a good request in which * marks what is required and $ names what is there, and which error an unknown ARN is answered with.
    private static readonly (string Operation, string Good, string NotFound)[] Operations =
    [
        ("CreateAccelerator", """{"*Name":"n","*IdempotencyToken":"t1"}""", ""),
        ("DescribeAccelerator", """{"*AcceleratorArn":"$accelerator"}""", "AcceleratorNotFoundException"),
        ("ListAccelerators", "{}", ""),
        ("UpdateAccelerator", """{"*AcceleratorArn":"$accelerator"}""", "AcceleratorNotFoundException"),
        ("CreateListener", """{"*AcceleratorArn":"$accelerator","*PortRanges":[{"*FromPort":90,"*ToPort":91}],"*Protocol":"TCP","*IdempotencyToken":"t2"}""", "AcceleratorNotFoundException"),
        ("DescribeListener", """{"*ListenerArn":"$listener"}""", "ListenerNotFoundException"),
        ("ListListeners", """{"*AcceleratorArn":"$accelerator"}""", "AcceleratorNotFoundException"),
        ("CreateEndpointGroup", """{"*ListenerArn":"$listener","*EndpointGroupRegion":"eu-west-1","*IdempotencyToken":"t3"}""", "ListenerNotFoundException"),
        ("DescribeEndpointGroup", """{"*EndpointGroupArn":"$group"}""", "EndpointGroupNotFoundException"),
        ("ListEndpointGroups", """{"*ListenerArn":"$listener"}""", "ListenerNotFoundException"),
        ("UpdateEndpointGroup", """{"*EndpointGroupArn":"$group"}""", "EndpointGroupNotFoundException"),
        ("AddEndpoints", """{"*EndpointConfigurations":[{"EndpointId":"nlb-2"}],"*EndpointGroupArn":"$group"}""", "EndpointGroupNotFoundException"),
        ("RemoveEndpoints", """{"*EndpointIdentifiers":[{"*EndpointId":"nlb"}],"*EndpointGroupArn":"$group"}""", "EndpointGroupNotFoundException"),
        ("CreateCustomRoutingAccelerator", """{"*Name":"n","*IdempotencyToken":"t4"}""", ""),
        ("DescribeCustomRoutingAccelerator", """{"*AcceleratorArn":"$custom"}""", "AcceleratorNotFoundException"),
        ("ListCustomRoutingAccelerators", "{}", ""),
        ("ListTagsForResource", """{"*ResourceArn":"$custom"}""", "AcceleratorNotFoundException"),
        ("UpdateCustomRoutingAccelerator", """{"*AcceleratorArn":"$custom"}""", "AcceleratorNotFoundException"),
        ("CreateCustomRoutingListener", """{"*AcceleratorArn":"$custom","*PortRanges":[{"*FromPort":40000,"*ToPort":40100}],"*IdempotencyToken":"t5"}""", "AcceleratorNotFoundException"),
        ("ListCustomRoutingListeners", """{"*AcceleratorArn":"$custom"}""", "AcceleratorNotFoundException"),
        ("CreateCustomRoutingEndpointGroup", """{"*ListenerArn":"$customListener","*EndpointGroupRegion":"eu-west-1","*DestinationConfigurations":[{"*FromPort":7000,"*ToPort":7001,"*Protocols":["UDP"]}],"*IdempotencyToken":"t6"}""", "ListenerNotFoundException"),
        ("DescribeCustomRoutingEndpointGroup", """{"*EndpointGroupArn":"$customGroup"}""", "EndpointGroupNotFoundException"),
        ("ListCustomRoutingEndpointGroups", """{"*ListenerArn":"$customListener"}""", "ListenerNotFoundException"),
        ("AddCustomRoutingEndpoints", """{"*EndpointConfigurations":[{"EndpointId":"subnet-b"}],"*EndpointGroupArn":"$customGroup"}""", "EndpointGroupNotFoundException"),
        ("AllowCustomRoutingTraffic", """{"*EndpointGroupArn":"$customGroup","*EndpointId":"subnet-a","*DestinationAddresses":["127.20.0.1"],"DestinationPorts":[7000]}""", "EndpointGroupNotFoundException"),
        ("DenyCustomRoutingTraffic", """{"*EndpointGroupArn":"$customGroup","*EndpointId":"subnet-a","*DestinationAddresses":["127.20.0.1"],"DestinationPorts":[7000]}""", "EndpointGroupNotFoundException"),
        ("ListCustomRoutingPortMappings", """{"*AcceleratorArn":"$custom","MaxResults":20000}""", "AcceleratorNotFoundException"),
        ("ListCustomRoutingPortMappingsByDestination", """{"*EndpointId":"subnet-a","*DestinationAddress":"127.20.0.1"}""", ""),
        ("RemoveCustomRoutingEndpoints", """{"*EndpointIds":["subnet-a"],"*EndpointGroupArn":"$customGroup"}""", "EndpointGroupNotFoundException"),
        ("DeleteCustomRoutingEndpointGroup", """{"*EndpointGroupArn":"$customGroup"}""", "EndpointGroupNotFoundException"),
        ("DeleteCustomRoutingListener", """{"*ListenerArn":"$spareCustomListener"}""", "ListenerNotFoundException"),
        ("DeleteCustomRoutingAccelerator", """{"*AcceleratorArn":"$idleCustom"}""", "AcceleratorNotFoundException"),
        ("DeleteEndpointGroup", """{"*EndpointGroupArn":"$group"}""", "EndpointGroupNotFoundException"),
        ("DeleteListener", """{"*ListenerArn":"$spareListener"}""", "ListenerNotFoundException"),
        ("DeleteAccelerator", """{"*AcceleratorArn":"$idle"}""", "AcceleratorNotFoundException"),
    ];

    public static TheoryData<string> Names => [.. Operations.Select(operation => operation.Operation)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Execute_GoodThenEachRequiredMemberMissingThenAnUnknownArn_TheDocumentedAnswers(string name)
    {
        var (operation, good, notFound) = Operations.Single(known => known.Operation == name);
        using var world = new World();

        // Nothing of it is carried out while something is missing.
        var required = Required(JsonNode.Parse(good)!, "").ToList();
        foreach (var path in required)
            Assert.Equal((path, "InvalidArgumentException"), (path, world.Refused(operation, Without(world.Fill(good), path))));

        foreach (var arn in required.Where(path => path.EndsWith("Arn", StringComparison.Ordinal)))
        {
            var request = world.Fill(good);
            request[arn] = arn switch { "AcceleratorArn" or "ResourceArn" => Account, "ListenerArn" => $"{Account}/listener/0123abcd", _ => $"{Account}/listener/0123abcd/endpoint-group/0123456789ab" };
            Assert.Equal(notFound, world.Refused(operation, request));
            request[arn] = "no-arn";
            Assert.Equal("InvalidArgumentException", world.Refused(operation, request));
        }

        Assert.NotNull(world.Service.Execute(operation, world.Fill(good)));
    }

    [Fact]
    public void Execute_EveryList_RefusesATokenOfAnotherAndSizesOutOfBounds()
    {
        using var world = new World();
        foreach (var (operation, good, _) in Operations.Where(known => known.Operation.StartsWith("List", StringComparison.Ordinal) && known.Operation != "ListTagsForResource"))
        {
            var most = operation.Contains("PortMappings", StringComparison.Ordinal) ? 20_000 : 100;
            Assert.Equal((operation, "InvalidNextTokenException"), (operation, world.Refused(operation, With(world.Fill(good), "NextToken", "AAAA"))));
            foreach (var size in new[] { 0, most + 1 })
                Assert.Equal((operation, "InvalidArgumentException"), (operation, world.Refused(operation, With(world.Fill(good), "MaxResults", size))));
            Assert.NotNull(world.Service.Execute(operation, With(world.Fill(good), "MaxResults", most)));
        }
    }

    [Fact]
    public void Execute_EveryCreation_ATokenAgainIsTheSameAndWithOtherValuesRefused()
    {
        using var world = new World();
        foreach (var (operation, good, _) in Operations.Where(known => known.Operation.StartsWith("Create", StringComparison.Ordinal)))
        {
            var first = world.Service.Execute(operation, world.Fill(good));
            Assert.True(JsonNode.DeepEquals(first, world.Service.Execute(operation, world.Fill(good))), operation);
            var other = world.Fill(good);
            foreach (var (member, value) in new (string, JsonNode)[] { ("Name", "other"), ("PortRanges", JsonNode.Parse("""[{"FromPort":50000,"ToPort":50100}]""")!), ("EndpointGroupRegion", "eu-west-2") })
            {
                if (other.ContainsKey(member)) other[member] = value;
            }

            Assert.Equal((operation, "InvalidArgumentException"), (operation, world.Refused(operation, other)));
        }
    }

    [Fact]
    public void Execute_AllowAndDeny_TheAcceleratorIsInProgressUntilItIsDeployed()
    {
        using var world = new World(TimeSpan.FromMinutes(5));
        foreach (var operation in new[] { "AllowCustomRoutingTraffic", "DenyCustomRoutingTraffic" })
        {
            world.Clock.Advance(TimeSpan.FromMinutes(5));
            Assert.Equal("DEPLOYED", Status());
            world.Service.Execute(operation, world.Fill(Operations.Single(known => known.Operation == operation).Good));
            Assert.Equal("IN_PROGRESS", Status());

            // It is no reason to refuse the next one.
            world.Service.Execute(operation, world.Fill(Operations.Single(known => known.Operation == operation).Good));
        }

        string Status() => (string)world.Service.Execute("DescribeCustomRoutingAccelerator", world.Fill("""{"AcceleratorArn":"$custom"}"""))["Accelerator"]!["Status"]!;
    }

    [Theory]
    [InlineData("""{"DestinationPorts":[7000]}""")]
    [InlineData("""{"DestinationAddresses":["127.20.0.1"],"AllowAllTrafficToEndpoint":true}""")]
    [InlineData("""{"DestinationPorts":[7000],"AllowAllTrafficToEndpoint":true}""")]
    [InlineData("""{"DestinationAddresses":["127.20.9.1"]}""")]
    [InlineData("""{"DestinationAddresses":["127.20.0.1"],"DestinationPorts":[7005]}""")]
    [InlineData("""{"DestinationAddresses":["127.20.0.1"],"DestinationPorts":[0]}""")]
    [InlineData("""{"DestinationAddresses":["::1"]}""")]
    public void Allow_NotWhatTheSubnetHasOrBothWays_InvalidArgument(string what)
    {
        using var world = new World();
        var request = (JsonObject)JsonNode.Parse(what)!;
        (request["EndpointGroupArn"], request["EndpointId"]) = (world.Names["customGroup"], "subnet-a");
        Assert.Equal("InvalidArgumentException", world.Refused("AllowCustomRoutingTraffic", request));
    }

    [Fact]
    public void Allow_MoreThanAHundredAddressesOrPorts_InvalidArgument()
    {
        using var world = new World();
        var addresses = new JsonArray([.. Enumerable.Range(0, 101).Select(host => (JsonNode)$"127.20.0.{host}")]);
        var ports = new JsonArray([.. Enumerable.Range(7000, 101).Select(port => (JsonNode)port)]);
        Assert.Equal("InvalidArgumentException", world.Refused("AllowCustomRoutingTraffic", new JsonObject { ["EndpointGroupArn"] = world.Names["customGroup"], ["EndpointId"] = "subnet-a", ["DestinationAddresses"] = addresses }));
        Assert.Equal("InvalidArgumentException", world.Refused("AllowCustomRoutingTraffic", new JsonObject { ["EndpointGroupArn"] = world.Names["customGroup"], ["EndpointId"] = "subnet-a", ["DestinationAddresses"] = new JsonArray("127.20.0.1"), ["DestinationPorts"] = ports }));
    }

    private static JsonObject With(JsonObject request, string member, JsonNode value)
    {
        request[member] = value;
        return request;
    }

    /// <summary>Paths of what is required, outermost first.</summary>
    private static IEnumerable<string> Required(JsonNode node, string before)
    {
        if (node is JsonArray { Count: > 0 } list) return Required(list[0]!, $"{before}0/");
        return node is not JsonObject members ? [] : members.SelectMany(member =>
            (member.Key[0] == '*' ? new[] { before + member.Key[1..] } : []).Concat(Required(member.Value!, $"{before}{member.Key.TrimStart('*')}/")));
    }

    private static JsonObject Without(JsonObject request, string path)
    {
        JsonNode at = request;
        var steps = path.Split('/');
        foreach (var step in steps[..^1]) at = at is JsonArray list ? list[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)]! : at[step]!;
        at.AsObject().Remove(steps[^1]);
        return request;
    }

    /// <summary>An account with an accelerator of each family, and all that belongs to them.</summary>
    private sealed class World : IDisposable
    {
        public World(TimeSpan deployment = default)
        {
            Service = new GlobalAcceleratorService(
                new GlobalAcceleratorOptions { DeploymentTime = deployment, StaticAddresses = [.. Enumerable.Range(1, 9).Select(number => new StaticAddressPair(new IPAddress([127, 100, 9, (byte)number]), new IPAddress([127, 100, 8, (byte)number])))] }, Clock);
            foreach (var (subnet, third) in new[] { ("subnet-a", 0), ("subnet-b", 1) }) Service.AddSubnet(new SubnetRecord(subnet, "ap-northeast-2", [.. Enumerable.Range(1, 4).Select(host => new IPAddress([127, 20, (byte)third, (byte)host]))]));
            Make("accelerator", "CreateAccelerator", """{"Name":"a","IdempotencyToken":"w1"}""", "Accelerator");
            Make("listener", "CreateListener", """{"AcceleratorArn":"$accelerator","PortRanges":[{"FromPort":80,"ToPort":81}],"Protocol":"TCP","IdempotencyToken":"w2"}""", "Listener");
            Make("group", "CreateEndpointGroup", """{"ListenerArn":"$listener","EndpointGroupRegion":"ap-northeast-2","EndpointConfigurations":[{"EndpointId":"nlb"}],"IdempotencyToken":"w3"}""", "EndpointGroup");
            Make("custom", "CreateCustomRoutingAccelerator", """{"Name":"c","IdempotencyToken":"w4"}""", "Accelerator");
            Make("customListener", "CreateCustomRoutingListener", """{"AcceleratorArn":"$custom","PortRanges":[{"FromPort":20000,"ToPort":20100}],"IdempotencyToken":"w5"}""", "Listener");
            Make("customGroup", "CreateCustomRoutingEndpointGroup", """{"ListenerArn":"$customListener","EndpointGroupRegion":"ap-northeast-2","DestinationConfigurations":[{"FromPort":7000,"ToPort":7001,"Protocols":["UDP"]}],"IdempotencyToken":"w6"}""", "EndpointGroup");
            Service.Execute("AddCustomRoutingEndpoints", Fill("""{"EndpointConfigurations":[{"EndpointId":"subnet-a"}],"EndpointGroupArn":"$customGroup"}"""));
            Make("spareListener", "CreateListener", """{"AcceleratorArn":"$accelerator","PortRanges":[{"FromPort":70,"ToPort":71}],"Protocol":"TCP","IdempotencyToken":"w9"}""", "Listener");
            Make("spareCustomListener", "CreateCustomRoutingListener", """{"AcceleratorArn":"$custom","PortRanges":[{"FromPort":30000,"ToPort":30100}],"IdempotencyToken":"w10"}""", "Listener");
            Make("idle", "CreateAccelerator", """{"Name":"i","Enabled":false,"IdempotencyToken":"w7"}""", "Accelerator");
            Make("idleCustom", "CreateCustomRoutingAccelerator", """{"Name":"i","Enabled":false,"IdempotencyToken":"w8"}""", "Accelerator");
        }

        public FakeTimeProvider Clock { get; } = new();

        public GlobalAcceleratorService Service { get; }

        public Dictionary<string, string> Names { get; } = [];

        public JsonObject Fill(string request)
        {
            var text = request.Replace("\"*", "\"", StringComparison.Ordinal);
            foreach (var (name, arn) in Names.OrderByDescending(known => known.Key.Length)) text = text.Replace($"\"${name}\"", $"\"{arn}\"", StringComparison.Ordinal);
            return (JsonObject)JsonNode.Parse(text)!;
        }

        public string Refused(string operation, JsonObject request) => Assert.Throws<GlobalAcceleratorException>(() => Service.Execute(operation, request)).Error;

        public void Dispose() => Service.Dispose();

        private void Make(string name, string operation, string request, string member) =>
            Names[name] = (string)Service.Execute(operation, Fill(request))[member]![$"{member}Arn"]!;
    }
}
