using System.Net;
using Amazon.GlobalAccelerator;
using Amazon.GlobalAccelerator.Model;
using FleetSystem.LocalCloud.GlobalAccelerator;
using LimitExceededException = Amazon.GlobalAccelerator.Model.LimitExceededException;

namespace FleetSystem.LocalCloud.Tests.GlobalAccelerator;

public sealed class CustomRoutingTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ListCustomRoutingPortMappings_ThreeSubnets_EveryDestinationHasItsOwnPortAndIsDenied()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        var plan = await CustomRoutingPlan.CreateAsync(local, networks: ["127.20.1.0/28", "127.20.2.0/28", "127.20.3.0/28"]);

        var rows = await plan.MappingAsync(local, maxResults: 100);

        Assert.Equal(3 * 16 * 32, rows.Count);
        Assert.Equal(rows.Count, rows.Select(row => row.AcceleratorPort).Distinct().Count());
        Assert.Equal(rows.Count, rows.Select(row => (row.DestinationSocketAddress!.IpAddress, row.DestinationSocketAddress.Port)).Distinct().Count());
        Assert.All(rows, row =>
        {
            Assert.InRange(row.AcceleratorPort!.Value, 20000, 21535);
            Assert.Equal(CustomRoutingDestinationTrafficState.DENY, row.DestinationTrafficState);
            Assert.Equal(["UDP"], row.Protocols);
            Assert.Equal(plan.GroupArn, row.EndpointGroupArn);
        });
    }

    [Fact]
    public async Task ListCustomRoutingPortMappings_SixtyThousandRows_PagesHoldEachRowOnce()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        // 4 subnets of 512 addresses x 29 ports = 59,392 rows.
        var plan = await CustomRoutingPlan.CreateAsync(
            local, firstPort: 1024, ports: 64000, toPort: 7028, networks: ["10.0.0.0/23", "10.0.2.0/23", "10.0.4.0/23", "10.0.6.0/23"]);

        var rows = await plan.MappingAsync(local);

        Assert.Equal(4 * 512 * 29, rows.Count);
        Assert.Equal(Enumerable.Range(1024, rows.Count), rows.Select(row => row.AcceleratorPort!.Value));
        Assert.Equal(rows.Count, rows.Select(row => (row.DestinationSocketAddress!.IpAddress, row.DestinationSocketAddress.Port)).Distinct().Count());
    }

    [Fact]
    public async Task ListCustomRoutingPortMappings_SubnetSplitOverTwoGaps_PagesAreInPortOrderAndComplete()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        // Three subnets of 512 rows fill the listener; a /27 then finds only the two gaps that the first and the third leave.
        var plan = await CustomRoutingPlan.CreateAsync(local, networks: ["127.20.1.0/28", "127.20.2.0/28", "127.20.3.0/28"]);
        await local.Client.RemoveCustomRoutingEndpointsAsync(new() { EndpointGroupArn = plan.GroupArn, EndpointIds = ["subnet-1", "subnet-3"] }, Stop);
        local.Service.AddSubnet(SubnetRecord.OfNetwork("subnet-wide", CustomRoutingPlan.Region, IPNetwork.Parse("127.20.4.0/27")));
        await plan.AddAsync(local, "subnet-wide");

        var rows = await plan.MappingAsync(local, maxResults: 500);

        Assert.Equal(Enumerable.Range(20000, 1536), rows.Select(row => row.AcceleratorPort!.Value));
        Assert.Equal(1024, rows.Where(row => row.EndpointId == "subnet-wide").Select(row => (row.DestinationSocketAddress!.IpAddress, row.DestinationSocketAddress.Port)).Distinct().Count());
    }

    [Fact]
    public async Task RemoveCustomRoutingEndpoints_OtherSubnets_KeepTheirPortsAndTheFreedOnesAreUsedAgain()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        var plan = await CustomRoutingPlan.CreateAsync(local, networks: ["127.20.1.0/28", "127.20.2.0/28", "127.20.3.0/28"]);
        var before = await plan.MappingAsync(local);

        await local.Client.RemoveCustomRoutingEndpointsAsync(new() { EndpointGroupArn = plan.GroupArn, EndpointIds = ["subnet-2"] }, Stop);
        var between = await plan.MappingAsync(local);
        await plan.AddAsync(local, "subnet-2");
        var after = await plan.MappingAsync(local);

        Assert.Equal(before.Where(row => row.EndpointId != "subnet-2").Select(Text), between.Select(Text));
        Assert.Equal(before.Select(Text), after.Select(Text));
    }

    [Fact]
    public async Task ListCustomRoutingPortMappings_SubnetRemovedBetweenPages_NoOtherRowIsLostOrRepeated()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        var plan = await CustomRoutingPlan.CreateAsync(local, networks: ["127.20.1.0/28", "127.20.2.0/28", "127.20.3.0/28"]);
        var all = await plan.MappingAsync(local);
        var request = new ListCustomRoutingPortMappingsRequest { AcceleratorArn = plan.AcceleratorArn, MaxResults = 700 };

        var first = await local.Client.ListCustomRoutingPortMappingsAsync(request, Stop);
        await local.Client.RemoveCustomRoutingEndpointsAsync(new() { EndpointGroupArn = plan.GroupArn, EndpointIds = ["subnet-1"] }, Stop);
        request.NextToken = first.NextToken;
        var second = await local.Client.ListCustomRoutingPortMappingsAsync(request, Stop);

        var seen = first.PortMappings!.Concat(second.PortMappings!).Select(Text).ToList();
        Assert.Equal(all.Take(1400).Select(Text), seen);
    }

    [Fact]
    public async Task AllowCustomRoutingTraffic_OneAddressAndPort_OnlyThatRowIsAllowedUntilDenied()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        var plan = await CustomRoutingPlan.CreateAsync(local, networks: "127.20.1.0/28");

        await plan.AllowAsync(local, "subnet-1", "127.20.1.5", 7003);
        var allowed = (await plan.MappingAsync(local)).Where(row => row.DestinationTrafficState == CustomRoutingDestinationTrafficState.ALLOW).ToList();
        await local.Client.DenyCustomRoutingTrafficAsync(
            new() { EndpointGroupArn = plan.GroupArn, EndpointId = "subnet-1", DestinationAddresses = ["127.20.1.5"] }, Stop);
        var denied = await plan.MappingAsync(local);

        var row = Assert.Single(allowed);
        Assert.Equal(("127.20.1.5", 7003), (row.DestinationSocketAddress!.IpAddress, row.DestinationSocketAddress.Port));
        Assert.DoesNotContain(denied, r => r.DestinationTrafficState == CustomRoutingDestinationTrafficState.ALLOW);
    }

    [Fact]
    public async Task ListCustomRoutingPortMappingsByDestination_OneAddress_GivesBothStaticAddresses()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        var plan = await CustomRoutingPlan.CreateAsync(local, networks: ["127.20.1.0/28", "127.20.2.0/28"]);
        var mapping = await plan.MappingAsync(local);

        var answer = await local.Client.ListCustomRoutingPortMappingsByDestinationAsync(
            new() { EndpointId = "subnet-2", DestinationAddress = "127.20.2.9", MaxResults = 100 }, Stop);

        Assert.Equal(32, answer.DestinationPortMappings!.Count);
        Assert.All(answer.DestinationPortMappings, row =>
        {
            Assert.Equal(["127.60.1.1", "127.61.1.1"], row.AcceleratorSocketAddresses!.Select(socket => socket.IpAddress));
            var same = mapping.Single(m => m.DestinationSocketAddress!.IpAddress == "127.20.2.9" && m.DestinationSocketAddress.Port == row.DestinationSocketAddress!.Port);
            Assert.All(row.AcceleratorSocketAddresses!, socket => Assert.Equal(same.AcceleratorPort, socket.Port));
            Assert.Equal(CustomRoutingPlan.Region, row.EndpointGroupRegion);
        });
    }

    [Fact]
    public async Task AddCustomRoutingEndpoints_TooFewPorts_LimitExceededShowsTheArithmetic()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();

        var error = await Assert.ThrowsAsync<LimitExceededException>(
            () => CustomRoutingPlan.CreateAsync(local, ports: 1000, networks: ["127.20.1.0/28", "127.20.2.0/28"]));

        Assert.Contains("16 addresses x 32 ports = 512", error.Message);
        Assert.Contains("488 of 1000 left", error.Message);
    }

    [Fact]
    public async Task AddCustomRoutingEndpoints_MoreThanTenSubnets_LimitExceeded()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();

        await Assert.ThrowsAsync<LimitExceededException>(
            () => CustomRoutingPlan.CreateAsync(local, ports: 40000, networks: [.. Enumerable.Range(1, 11).Select(i => $"127.20.{i}.0/28")]));
    }

    [Fact]
    public async Task AddCustomRoutingEndpoints_SubnetAlreadyThere_EndpointAlreadyExists()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        var plan = await CustomRoutingPlan.CreateAsync(local, networks: "127.20.1.0/28");

        await Assert.ThrowsAsync<EndpointAlreadyExistsException>(() => plan.AddAsync(local, "subnet-1"));
    }

    [Fact]
    public async Task CreateCustomRoutingListener_FifteenPorts_InvalidPortRange()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();

        await Assert.ThrowsAsync<InvalidPortRangeException>(() => CustomRoutingPlan.CreateAsync(local, ports: 15));
    }

    [Fact]
    public async Task CreateCustomRoutingListener_OverlapsAnother_InvalidPortRange()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        var plan = await CustomRoutingPlan.CreateAsync(local);

        await Assert.ThrowsAsync<InvalidPortRangeException>(() => local.Client.CreateCustomRoutingListenerAsync(
            new() { AcceleratorArn = plan.AcceleratorArn, PortRanges = [new PortRange { FromPort = 21000, ToPort = 22000 }] }, Stop));
    }

    private static string Text(PortMapping row) =>
        $"{row.AcceleratorPort} {row.EndpointId} {row.DestinationSocketAddress!.IpAddress}:{row.DestinationSocketAddress.Port}";
}
