using System.Net;
using Amazon.GlobalAccelerator;
using Amazon.GlobalAccelerator.Model;
using Amazon.Runtime;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Routing;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Regions;

/// <summary>The Global Accelerator API through AWS's SDK.</summary>
internal sealed class AwsAcceleratorControlPlane(IOptions<FleetManagerOptions> options, TimeProvider time) : IAcceleratorControlPlane
{
    // AWS gives at most 20,000 rows a page; an accelerator has at most 65,535 ports.
    private const int RowsPerPage = 20_000;
    private const int MaxPages = 8;

    public async Task<AcceleratorMapping> LoadMappingAsync(AcceleratorOptions accelerator, CancellationToken cancellationToken)
    {
        try
        {
            using var client = Connect(accelerator);
            var described = await CallAsync(token => client.DescribeCustomRoutingAcceleratorAsync(new() { AcceleratorArn = accelerator.Arn }, token), cancellationToken);
            var rows = new List<AcceleratorPort>();
            string? next = null;
            for (var page = 0; page == 0 || (next is not null && page < MaxPages); page++)
            {
                var token = next;
                var answer = await CallAsync(
                    cancellation => client.ListCustomRoutingPortMappingsAsync(new() { AcceleratorArn = accelerator.Arn, MaxResults = RowsPerPage, NextToken = token }, cancellation),
                    cancellationToken);
                rows.AddRange((answer.PortMappings ?? []).Select(Row).OfType<AcceleratorPort>());
                next = answer.NextToken;
            }

            var addresses = (described.Accelerator?.IpSets ?? []).SelectMany(set => set.IpAddresses ?? []);
            return AcceleratorMapping.Create(1, [.. addresses], rows);
        }
        catch (Exception fault) when (fault is AmazonServiceException or AmazonClientException or HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new AcceleratorUnavailableException($"{accelerator.Arn}: {fault.Message}", fault);
        }
    }

    private async Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(options.Value.AcceleratorCallTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        return await call(both.Token);
    }

    private static AmazonGlobalAcceleratorClient Connect(AcceleratorOptions accelerator)
    {
        // Requests are signed for us-west-2 whatever the endpoint: the control plane exists there only.
        var config = new AmazonGlobalAcceleratorConfig { AuthenticationRegion = Amazon.RegionEndpoint.USWest2.SystemName };
        if (accelerator.ServiceUrl is { } url) config.ServiceURL = url.ToString();
        else config.RegionEndpoint = Amazon.RegionEndpoint.USWest2;
        if (accelerator.CredentialsFile is not { } file) return new AmazonGlobalAcceleratorClient(config);
        var lines = File.ReadAllLines(file);
        return lines.Length >= 2
            ? new AmazonGlobalAcceleratorClient(new BasicAWSCredentials(lines[0].Trim(), lines[1].Trim()), config)
            : throw new AmazonClientException($"'{file}' must hold the access key id on its first line and the secret on its second");
    }

    // A row without an address or a port leads nowhere: it is left out, never taken for port 0.
    private static AcceleratorPort? Row(PortMapping row) =>
        row is { AcceleratorPort: > 0 and <= ushort.MaxValue, DestinationSocketAddress: { Port: > 0 and <= ushort.MaxValue } destination }
        && IPAddress.TryParse(destination.IpAddress, out var address)
            ? new AcceleratorPort(address, (ushort)destination.Port, (ushort)row.AcceleratorPort)
            : null;
}
