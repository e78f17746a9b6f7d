using System.Net;
using Amazon.GlobalAccelerator;
using Amazon.GlobalAccelerator.Model;
using FleetSystem.LocalCloud.GlobalAccelerator;

namespace FleetSystem.LocalCloud.Tests.GlobalAccelerator;

/// <summary>A custom routing accelerator made through the API, as the tests need it.</summary>
internal sealed record CustomRoutingPlan(string AcceleratorArn, string ListenerArn, string GroupArn)
{
    public const string Region = "ap-northeast-2";

    public static async Task<CustomRoutingPlan> CreateAsync(
        LocalGlobalAccelerator local, int firstPort = 20000, int ports = 1536, int fromPort = 7000, int toPort = 7031, params string[] networks)
    {
        var stop = TestContext.Current.CancellationToken;
        for (var i = 0; i < networks.Length; i++)
            local.Service.AddSubnet(SubnetRecord.OfNetwork($"subnet-{i + 1}", Region, IPNetwork.Parse(networks[i])));

        var accelerator = await local.Client.CreateCustomRoutingAcceleratorAsync(new() { Name = "arena", IdempotencyToken = "a" }, stop);
        var listener = await local.Client.CreateCustomRoutingListenerAsync(
            new()
            {
                AcceleratorArn = accelerator.Accelerator!.AcceleratorArn,
                PortRanges = [new PortRange { FromPort = firstPort, ToPort = firstPort + ports - 1 }],
            },
            stop);
        var group = await local.Client.CreateCustomRoutingEndpointGroupAsync(
            new()
            {
                ListenerArn = listener.Listener!.ListenerArn,
                EndpointGroupRegion = Region,
                DestinationConfigurations = [new() { FromPort = fromPort, ToPort = toPort, Protocols = [Protocol.UDP] }],
            },
            stop);
        var plan = new CustomRoutingPlan(
            accelerator.Accelerator.AcceleratorArn!, listener.Listener.ListenerArn!, group.EndpointGroup!.EndpointGroupArn!);
        if (networks.Length > 0)
            await plan.AddAsync(local, [.. Enumerable.Range(1, networks.Length).Select(i => $"subnet-{i}")]);
        return plan;
    }

    public Task<AddCustomRoutingEndpointsResponse> AddAsync(LocalGlobalAccelerator local, params string[] subnets) =>
        local.Client.AddCustomRoutingEndpointsAsync(
            new() { EndpointGroupArn = GroupArn, EndpointConfigurations = [.. subnets.Select(id => new CustomRoutingEndpointConfiguration { EndpointId = id })] },
            TestContext.Current.CancellationToken);

    public async Task<List<PortMapping>> MappingAsync(LocalGlobalAccelerator local, int maxResults = 20_000)
    {
        var rows = new List<PortMapping>();
        string? next = null;
        do
        {
            var page = await local.Client.ListCustomRoutingPortMappingsAsync(
                new() { AcceleratorArn = AcceleratorArn, MaxResults = maxResults, NextToken = next }, TestContext.Current.CancellationToken);
            rows.AddRange(page.PortMappings ?? []);
            next = page.NextToken;
        }
        while (next is not null);
        return rows;
    }

    public Task AllowAsync(LocalGlobalAccelerator local, string subnet, string? address = null, int? port = null) =>
        local.Client.AllowCustomRoutingTrafficAsync(
            new()
            {
                EndpointGroupArn = GroupArn,
                EndpointId = subnet,
                AllowAllTrafficToEndpoint = address is null ? true : null,
                DestinationAddresses = address is null ? null : [address],
                DestinationPorts = port is { } p ? [p] : null,
            },
            TestContext.Current.CancellationToken);
}
