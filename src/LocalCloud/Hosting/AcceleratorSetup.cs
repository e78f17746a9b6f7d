using Amazon.GlobalAccelerator;
using Amazon.GlobalAccelerator.Model;
using Amazon.Runtime;
using FleetSystem.LocalCloud.GlobalAccelerator;

namespace FleetSystem.LocalCloud.Hosting;

/// <summary>Sets a region's custom routing accelerator up through the API, as an operator's Terraform would.</summary>
internal static class AcceleratorSetup
{
    /// <summary>Creates the accelerator with its listener, endpoint group and subnets, and opens the game ports of the nodes.</summary>
    /// <returns>ARN of the accelerator.</returns>
    public static async Task<string> CreateAsync(
        Uri service, GlobalAcceleratorOptions account, string region, AddressPlan plan, int zones, int nodes, CancellationToken cancellationToken)
    {
        using var client = new AmazonGlobalAcceleratorClient(
            new BasicAWSCredentials(account.AccessKeyId, account.SecretAccessKey), new AmazonGlobalAcceleratorConfig { ServiceURL = service.ToString() });
        var accelerator = await client.CreateCustomRoutingAcceleratorAsync(
            new() { Name = $"fleet-{region}", Enabled = true, IdempotencyToken = $"{region}-accelerator" }, cancellationToken);
        var arn = accelerator.Accelerator.AcceleratorArn;

        var listener = await client.CreateCustomRoutingListenerAsync(
            new()
            {
                AcceleratorArn = arn,
                PortRanges = [new PortRange { FromPort = plan.ListenerPorts.From, ToPort = plan.ListenerPorts.To }],
                IdempotencyToken = $"{region}-listener",
            },
            cancellationToken);
        var group = await client.CreateCustomRoutingEndpointGroupAsync(
            new()
            {
                ListenerArn = listener.Listener.ListenerArn,
                EndpointGroupRegion = region,
                DestinationConfigurations = [new CustomRoutingDestinationConfiguration { FromPort = AddressPlan.FirstGamePort, ToPort = AddressPlan.LastGamePort, Protocols = ["UDP"] }],
                IdempotencyToken = $"{region}-group",
            },
            cancellationToken);

        var groupArn = group.EndpointGroup.EndpointGroupArn;
        await client.AddCustomRoutingEndpointsAsync(
            new() { EndpointGroupArn = groupArn, EndpointConfigurations = [.. Enumerable.Range(0, zones).Select(zone => new CustomRoutingEndpointConfiguration { EndpointId = SubnetId(region, zone) })] },
            cancellationToken);
        for (var zone = 0; zone < zones; zone++)
        {
            var addresses = Enumerable.Range(0, nodes).Select(node => plan.Node(zone, node).ToString());
            await client.AllowCustomRoutingTrafficAsync(
                new()
                {
                    EndpointGroupArn = groupArn,
                    EndpointId = SubnetId(region, zone),
                    DestinationAddresses = [.. addresses],
                    DestinationPorts = [.. Enumerable.Range(AddressPlan.FirstGamePort, AddressPlan.LastGamePort - AddressPlan.FirstGamePort + 1)],
                },
                cancellationToken);
        }

        await client.AllowCustomRoutingTrafficAsync(
            new() { EndpointGroupArn = groupArn, EndpointId = SubnetId(region, 0), DestinationAddresses = [plan.Echo.Address.ToString()], DestinationPorts = [plan.Echo.Port] },
            cancellationToken);
        return arn;
    }

    /// <summary>Id of a zone's subnet.</summary>
    public static string SubnetId(string region, int zone) => $"subnet-{region}-{zone}";
}
