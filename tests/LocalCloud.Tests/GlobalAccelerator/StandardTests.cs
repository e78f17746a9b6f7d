using Amazon.GlobalAccelerator;
using Amazon.GlobalAccelerator.Model;
using Microsoft.Extensions.Time.Testing;
using LimitExceededException = Amazon.GlobalAccelerator.Model.LimitExceededException;

namespace FleetSystem.LocalCloud.Tests.GlobalAccelerator;

public sealed class StandardTests
{
    private const string Nlb = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/net/api/1";
    private const string OtherNlb = "arn:aws:elasticloadbalancing:ap-northeast-2:123456789012:loadbalancer/net/api/2";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CreateEndpointGroup_NothingSaid_HasAwsDefaults()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();

        var group = await CreateGroupAsync(local);

        Assert.Equal(100, group.TrafficDialPercentage);
        Assert.Equal((443, HealthCheckProtocol.TCP, 30, 3), (group.HealthCheckPort, group.HealthCheckProtocol, group.HealthCheckIntervalSeconds, group.ThresholdCount));
        Assert.Null(group.HealthCheckPath);
        var endpoint = Assert.Single(group.EndpointDescriptions);
        Assert.Equal((Nlb, 128, HealthState.HEALTHY, false), (endpoint.EndpointId, endpoint.Weight, endpoint.HealthState, endpoint.ClientIPPreservationEnabled));
    }

    [Fact]
    public async Task UpdateEndpointGroup_OnlyTheDial_LeavesTheRest()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        var group = await CreateGroupAsync(local);

        await local.Client.UpdateEndpointGroupAsync(new() { EndpointGroupArn = group.EndpointGroupArn, TrafficDialPercentage = 0 }, Stop);
        var after = (await local.Client.DescribeEndpointGroupAsync(new() { EndpointGroupArn = group.EndpointGroupArn }, Stop)).EndpointGroup;

        Assert.Equal(0, after.TrafficDialPercentage);
        Assert.Equal(Nlb, Assert.Single(after.EndpointDescriptions).EndpointId);
        Assert.Equal(30, after.HealthCheckIntervalSeconds);
    }

    [Fact]
    public async Task UpdateEndpointGroup_OneValueInvalid_ChangesNothing()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        var group = await CreateGroupAsync(local);

        await Assert.ThrowsAsync<InvalidArgumentException>(() => local.Client.UpdateEndpointGroupAsync(
            new() { EndpointGroupArn = group.EndpointGroupArn, TrafficDialPercentage = 10, HealthCheckIntervalSeconds = 20 }, Stop));
        await Assert.ThrowsAsync<InvalidArgumentException>(() => local.Client.UpdateEndpointGroupAsync(
            new() { EndpointGroupArn = group.EndpointGroupArn, TrafficDialPercentage = 10, PortOverrides = [new() { ListenerPort = 80, EndpointPort = 8080 }] }, Stop));
        var after = (await local.Client.DescribeEndpointGroupAsync(new() { EndpointGroupArn = group.EndpointGroupArn }, Stop)).EndpointGroup;

        Assert.Equal(100, after.TrafficDialPercentage);
    }

    [Fact]
    public async Task AddAndRemoveEndpoints_WeightChanged_GroupFollows()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        var group = await CreateGroupAsync(local);

        var added = await local.Client.AddEndpointsAsync(
            new() { EndpointGroupArn = group.EndpointGroupArn, EndpointConfigurations = [new() { EndpointId = OtherNlb, Weight = 255 }] }, Stop);
        await local.Client.UpdateEndpointGroupAsync(
            new()
            {
                EndpointGroupArn = group.EndpointGroupArn,
                EndpointConfigurations = [new() { EndpointId = Nlb, Weight = 0 }, new() { EndpointId = OtherNlb }],
            },
            Stop);
        var weights = await WeightsAsync(local, group);
        await local.Client.RemoveEndpointsAsync(new() { EndpointGroupArn = group.EndpointGroupArn, EndpointIdentifiers = [new() { EndpointId = Nlb }] }, Stop);

        Assert.Equal(OtherNlb, Assert.Single(added.EndpointDescriptions).EndpointId);
        Assert.Equal([(Nlb, 0), (OtherNlb, 255)], weights);
        Assert.Equal([(OtherNlb, 255)], await WeightsAsync(local, group));
        await Assert.ThrowsAsync<InvalidArgumentException>(() => local.Client.RemoveEndpointsAsync(
            new() { EndpointGroupArn = group.EndpointGroupArn, EndpointIdentifiers = [new() { EndpointId = Nlb }] }, Stop));
    }

    [Fact]
    public async Task AddEndpoints_BeyondTen_LimitExceeded()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        var group = await CreateGroupAsync(local);

        await Assert.ThrowsAsync<LimitExceededException>(() => local.Client.AddEndpointsAsync(
            new()
            {
                EndpointGroupArn = group.EndpointGroupArn,
                EndpointConfigurations = [.. Enumerable.Range(2, 10).Select(i => new EndpointConfiguration { EndpointId = $"{OtherNlb}{i}" })],
            },
            Stop));
    }

    [Fact]
    public async Task AddEndpoints_WhileInProgress_TransactionInProgressThenHealthIsFound()
    {
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var local = await LocalGlobalAccelerator.StartAsync(options => options.DeploymentTime = TimeSpan.FromMinutes(5), clock);
        var group = await CreateGroupAsync(local);
        var add = new AddEndpointsRequest { EndpointGroupArn = group.EndpointGroupArn, EndpointConfigurations = [new() { EndpointId = OtherNlb }] };

        await Assert.ThrowsAsync<TransactionInProgressException>(() => local.Client.AddEndpointsAsync(add, Stop));
        clock.Advance(TimeSpan.FromMinutes(5));
        var added = await local.Client.AddEndpointsAsync(add, Stop);

        Assert.Equal(HealthState.INITIAL, Assert.Single(added.EndpointDescriptions).HealthState);
        clock.Advance(TimeSpan.FromMinutes(5));
        var after = await local.Client.DescribeEndpointGroupAsync(new() { EndpointGroupArn = group.EndpointGroupArn }, Stop);
        Assert.All(after.EndpointGroup.EndpointDescriptions, e => Assert.Equal(HealthState.HEALTHY, e.HealthState));
    }

    [Fact]
    public async Task SetEndpointHealth_Unhealthy_IsDescribedWithTheReasonUntilHealthy()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        var group = await CreateGroupAsync(local);
        var describe = new DescribeEndpointGroupRequest { EndpointGroupArn = group.EndpointGroupArn };

        local.Service.SetEndpointHealth(Nlb, "Timeout");
        var unhealthy = (await local.Client.DescribeEndpointGroupAsync(describe, Stop)).EndpointGroup.EndpointDescriptions.Single();
        local.Service.SetEndpointHealth(Nlb, null);
        var healthy = (await local.Client.DescribeEndpointGroupAsync(describe, Stop)).EndpointGroup.EndpointDescriptions.Single();

        Assert.Equal((HealthState.UNHEALTHY, "Timeout"), (unhealthy.HealthState, unhealthy.HealthReason));
        Assert.Equal((HealthState.HEALTHY, null), (healthy.HealthState, healthy.HealthReason));
    }

    [Fact]
    public async Task CreateEndpointGroup_SameRegionAgain_EndpointGroupAlreadyExists()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        var group = await CreateGroupAsync(local);
        var listener = group.EndpointGroupArn[..group.EndpointGroupArn.IndexOf("/endpoint-group", StringComparison.Ordinal)];

        await Assert.ThrowsAsync<EndpointGroupAlreadyExistsException>(
            () => local.Client.CreateEndpointGroupAsync(new() { ListenerArn = listener, EndpointGroupRegion = "ap-northeast-2" }, Stop));
        await Assert.ThrowsAsync<InvalidArgumentException>(
            () => local.Client.CreateEndpointGroupAsync(new() { ListenerArn = listener, EndpointGroupRegion = "Seoul" }, Stop));
        await local.Client.CreateEndpointGroupAsync(new() { ListenerArn = listener, EndpointGroupRegion = "us-west-2" }, Stop);

        var list = await local.Client.ListEndpointGroupsAsync(new() { ListenerArn = listener }, Stop);
        Assert.Equal(["ap-northeast-2", "us-west-2"], list.EndpointGroups.Select(g => g.EndpointGroupRegion));
    }

    [Fact]
    public async Task DescribeAccelerator_ArnOfTheOtherFamily_AcceleratorNotFound()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();
        var custom = await local.Client.CreateCustomRoutingAcceleratorAsync(new() { Name = "arena" }, Stop);

        await Assert.ThrowsAsync<AcceleratorNotFoundException>(
            () => local.Client.DescribeAcceleratorAsync(new() { AcceleratorArn = custom.Accelerator.AcceleratorArn }, Stop));
    }

    [Fact]
    public async Task CreateAccelerator_DualStack_HasBothFamilies()
    {
        await using var local = await LocalGlobalAccelerator.StartAsync();

        var created = await local.Client.CreateAcceleratorAsync(new() { Name = "api", IpAddressType = IpAddressType.DUAL_STACK }, Stop);

        Assert.Equal([IpAddressFamily.IPv4, IpAddressFamily.IPv6], created.Accelerator.IpSets.Select(set => set.IpAddressFamily));
        Assert.Contains("dualstack", created.Accelerator.DualStackDnsName);
        await Assert.ThrowsAsync<InvalidArgumentException>(
            () => local.Client.CreateCustomRoutingAcceleratorAsync(new() { Name = "arena", IpAddressType = IpAddressType.DUAL_STACK }, Stop));
    }

    private static async Task<EndpointGroup> CreateGroupAsync(LocalGlobalAccelerator local)
    {
        var accelerator = await local.Client.CreateAcceleratorAsync(new() { Name = "api" }, Stop);
        var listener = await local.Client.CreateListenerAsync(
            new()
            {
                AcceleratorArn = accelerator.Accelerator.AcceleratorArn,
                Protocol = Protocol.TCP,
                PortRanges = [new() { FromPort = 443, ToPort = 443 }],
            },
            Stop);
        var group = await local.Client.CreateEndpointGroupAsync(
            new()
            {
                ListenerArn = listener.Listener.ListenerArn,
                EndpointGroupRegion = "ap-northeast-2",
                EndpointConfigurations = [new() { EndpointId = Nlb }],
            },
            Stop);
        Assert.Equal(ClientAffinity.NONE, listener.Listener.ClientAffinity);
        return group.EndpointGroup;
    }

    private static async Task<List<(string, int)>> WeightsAsync(LocalGlobalAccelerator local, EndpointGroup group)
    {
        var described = await local.Client.DescribeEndpointGroupAsync(new() { EndpointGroupArn = group.EndpointGroupArn }, Stop);
        return described.EndpointGroup.EndpointDescriptions.ConvertAll(e => (e.EndpointId, e.Weight!.Value));
    }
}
