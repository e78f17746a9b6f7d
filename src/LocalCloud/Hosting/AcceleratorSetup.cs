using System.Net;
using Amazon.GlobalAccelerator;
using Amazon.GlobalAccelerator.Model;
using Amazon.Runtime;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.LocalCloud.GlobalAccelerator;

namespace FleetSystem.LocalCloud.Hosting;

/// <summary>Sets accelerators up through the API, as an operator's Terraform would: a custom routing one a region, and a standard one for the players' API.</summary>
internal static class AcceleratorSetup
{
    private const int ApiPort = 443;

    /// <summary>
    /// Creates the accelerator with its listener, endpoint group and subnets, and opens the ports of the nodes and of the echo, unless FleetSystem
    /// is to do that.
    /// </summary>
    /// <returns>ARN of the accelerator.</returns>
    public static async Task<string> CreateAsync(
        Uri service, GlobalAcceleratorOptions account, string region, AddressPlan plan, IReadOnlyList<IPAddress> nodes, AcceleratorTraffic traffic, CancellationToken cancellationToken)
    {
        using var client = Connect(service, account);
        var accelerator = await client.CreateCustomRoutingAcceleratorAsync(
            new() { Name = $"fleet-{region}", Enabled = true, IdempotencyToken = $"{region}-accelerator" }, cancellationToken);
        var arn = accelerator.Accelerator!.AcceleratorArn!;
        var listener = await client.CreateCustomRoutingListenerAsync(
            new()
            {
                AcceleratorArn = arn,
                PortRanges = [new() { FromPort = plan.ListenerPorts.From, ToPort = plan.ListenerPorts.To }],
                IdempotencyToken = $"{region}-listener",
            },
            cancellationToken);
        var created = await client.CreateCustomRoutingEndpointGroupAsync(
            new()
            {
                ListenerArn = listener.Listener!.ListenerArn,
                EndpointGroupRegion = region,
                DestinationConfigurations =
                [
                    new() { FromPort = plan.DestinationPorts.From, ToPort = plan.DestinationPorts.To, Protocols = ["UDP"] },
                    new() { FromPort = plan.Echo.Port, ToPort = plan.Echo.Port, Protocols = ["TCP"] },
                ],
                IdempotencyToken = $"{region}-group",
            },
            cancellationToken);
        var group = created.EndpointGroup!.EndpointGroupArn;
        await client.AddCustomRoutingEndpointsAsync(
            new() { EndpointGroupArn = group, EndpointConfigurations = [.. plan.Subnets.Select((_, index) => new CustomRoutingEndpointConfiguration { EndpointId = SubnetId(region, index) })] },
            cancellationToken);

        if (traffic == AcceleratorTraffic.PerServer) return arn;
        foreach (var (index, subnet) in plan.Subnets.Index())
        {
            var inside = nodes.Distinct().Where(subnet.Contains).ToList();
            await AllowAsync(index, inside, Enumerable.Range(plan.GamePorts.From, plan.GamePorts.To - plan.GamePorts.From + 1));
        }

        await AllowAsync(0, [plan.Echo.Address], [plan.Echo.Port]);
        return arn;

        Task AllowAsync(int subnet, IReadOnlyList<IPAddress> addresses, IEnumerable<int> ports) => client.AllowCustomRoutingTrafficAsync(
            new()
            {
                EndpointGroupArn = group,
                EndpointId = SubnetId(region, subnet),
                DestinationAddresses = [.. addresses.Select(address => address.ToString())],
                DestinationPorts = [.. ports],
            },
            cancellationToken);
    }

    /// <summary>Creates the standard accelerator that carries the players' API, with an endpoint group in each region.</summary>
    /// <returns>ARN of the accelerator.</returns>
    public static async Task<string> CreateStandardAsync(Uri service, GlobalAcceleratorOptions account, IEnumerable<string> regions, CancellationToken cancellationToken)
    {
        using var client = Connect(service, account);
        var accelerator = await client.CreateAcceleratorAsync(new() { Name = "players-api", Enabled = true, IdempotencyToken = "api-accelerator" }, cancellationToken);
        var arn = accelerator.Accelerator!.AcceleratorArn!;
        var listener = await client.CreateListenerAsync(
            new() { AcceleratorArn = arn, Protocol = Protocol.TCP, PortRanges = [new() { FromPort = ApiPort, ToPort = ApiPort }], IdempotencyToken = "api-listener" }, cancellationToken);
        foreach (var region in regions)
        {
            await client.CreateEndpointGroupAsync(
                new()
                {
                    ListenerArn = listener.Listener!.ListenerArn,
                    EndpointGroupRegion = region,
                    EndpointConfigurations = [new() { EndpointId = ApiEndpointId(region), Weight = ApiEndpointWeight }],
                    IdempotencyToken = $"api-group-{region}",
                },
                cancellationToken);
        }

        return arn;
    }

    /// <summary>Weight of the NLB before a region's API.</summary>
    public const int ApiEndpointWeight = 128;

    /// <summary>ARN of the NLB before a region's API.</summary>
    public static string ApiEndpointId(string region) => $"arn:aws:elasticloadbalancing:{region}:123456789012:loadbalancer/net/players-api/{region}";

    private static AmazonGlobalAcceleratorClient Connect(Uri service, GlobalAcceleratorOptions account) => new(
        new BasicAWSCredentials(account.AccessKeyId, account.SecretAccessKey), new AmazonGlobalAcceleratorConfig { ServiceURL = service.ToString(), AuthenticationRegion = "us-west-2" });

    /// <summary>Id of a subnet.</summary>
    public static string SubnetId(string region, int index) => $"subnet-{region}-{index}";
}
