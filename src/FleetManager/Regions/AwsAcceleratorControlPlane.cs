using System.Net;
using System.Net.Sockets;
using Amazon.GlobalAccelerator;
using Amazon.GlobalAccelerator.Model;
using Amazon.Runtime;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Operations;
using FleetSystem.FleetModel.Routing;
using FleetSystem.SiloHost.DynamoDB;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Regions;

/// <summary>The Global Accelerator API through AWS's SDK.</summary>
internal sealed class AwsAcceleratorControlPlane(IOptions<FleetManagerOptions> options, TimeProvider time) : IAcceleratorControlPlane
{
    // AWS gives at most 20,000 rows a page; an accelerator has at most 65,535 ports.
    private const int RowsPerPage = 20_000;
    private const int MaxPages = 8;
    private const int ListPage = 100;
    private const int DefaultWeight = 128;

    public Task<LoadedAccelerator> LoadAsync(AcceleratorOptions accelerator, CancellationToken cancellationToken) =>
        AskAsync(accelerator.Key, accelerator.ServiceUrl, accelerator.CredentialsFile, client => LoadAsync(client, accelerator, cancellationToken), cancellationToken);

    public Task SetServerTrafficAsync(AcceleratorOptions accelerator, TrafficBatch batch, bool allow, CancellationToken cancellationToken) =>
        AskAsync(accelerator.Key, accelerator.ServiceUrl, accelerator.CredentialsFile, client => CallAsync(token => SetServerTrafficAsync(client, batch, allow, token), cancellationToken), cancellationToken);

    public Task<EndpointGroupTraffic> GetTrafficAsync(StandardAcceleratorOptions accelerator, string region, CancellationToken cancellationToken) =>
        AskAsync(accelerator.Arn, accelerator.ServiceUrl, accelerator.CredentialsFile, client => GetTrafficAsync(client, accelerator, region, cancellationToken), cancellationToken);

    public Task SetTrafficAsync(StandardAcceleratorOptions accelerator, string endpointGroupArn, TrafficChange change, CancellationToken cancellationToken) =>
        AskAsync(accelerator.Arn, accelerator.ServiceUrl, accelerator.CredentialsFile, client => CallAsync(token => client.UpdateEndpointGroupAsync(RequestOf(endpointGroupArn, change), token), cancellationToken), cancellationToken);

    private static async Task<bool> SetServerTrafficAsync(AmazonGlobalAcceleratorClient client, TrafficBatch batch, bool allow, CancellationToken cancellationToken)
    {
        List<string> addresses = [.. batch.Addresses];
        List<int> ports = [.. batch.Ports];
        if (allow)
            await client.AllowCustomRoutingTrafficAsync(new() { EndpointGroupArn = batch.EndpointGroupArn, EndpointId = batch.EndpointId, DestinationAddresses = addresses, DestinationPorts = ports }, cancellationToken);
        else
            await client.DenyCustomRoutingTrafficAsync(new() { EndpointGroupArn = batch.EndpointGroupArn, EndpointId = batch.EndpointId, DestinationAddresses = addresses, DestinationPorts = ports }, cancellationToken);
        return true;
    }

    private async Task<LoadedAccelerator> LoadAsync(AmazonGlobalAcceleratorClient client, AcceleratorOptions accelerator, CancellationToken cancellationToken)
    {
        var arn = accelerator.Arn.Length > 0 ? accelerator.Arn : await FindAsync(client, accelerator, cancellationToken);
        var described = await CallAsync(token => client.DescribeCustomRoutingAcceleratorAsync(new() { AcceleratorArn = arn }, token), cancellationToken);
        var rows = new List<AcceleratorPort>();
        var allowed = new HashSet<Destination>();
        string? next = null;
        for (var page = 0; page == 0 || (next is not null && page < MaxPages); page++)
        {
            var token = next;
            var answer = await CallAsync(
                cancellation => client.ListCustomRoutingPortMappingsAsync(new() { AcceleratorArn = arn, MaxResults = RowsPerPage, NextToken = token }, cancellation),
                cancellationToken);
            foreach (var mapping in answer.PortMappings ?? [])
            {
                if (Row(mapping) is not { } row) continue;
                rows.Add(row);
                if (mapping.DestinationTrafficState == CustomRoutingDestinationTrafficState.ALLOW) allowed.Add(Destination.Of(row.Address, row.Port));
            }

            next = answer.NextToken;
        }

        var addresses = (described.Accelerator?.IpSets ?? []).SelectMany(set => set.IpAddresses ?? []);
        return new LoadedAccelerator(AcceleratorMapping.Create(1, [.. addresses], rows), allowed);
    }

    private async Task<string> FindAsync(AmazonGlobalAcceleratorClient client, AcceleratorOptions wanted, CancellationToken cancellationToken)
    {
        var found = new List<string>();
        string? next = null;
        for (var page = 0; page == 0 || (next is not null && page < MaxPages); page++)
        {
            var token = next;
            var answer = await CallAsync(cancellation => client.ListCustomRoutingAcceleratorsAsync(new() { MaxResults = ListPage, NextToken = token }, cancellation), cancellationToken);
            foreach (var accelerator in (answer.Accelerators ?? []).Where(accelerator => wanted.Name is null || accelerator.Name == wanted.Name))
            {
                if (wanted.Tags.Count == 0 || await BearsAsync(client, accelerator.AcceleratorArn, wanted.Tags, cancellationToken)) found.Add(accelerator.AcceleratorArn);
            }

            next = answer.NextToken;
        }

        return found.Count == 1 ? found[0] : throw new AcceleratorUnavailableException($"{found.Count} custom routing accelerators of the account have {Described(wanted)}: give the ARN of the right one", null);
    }

    private async Task<bool> BearsAsync(AmazonGlobalAcceleratorClient client, string arn, IDictionary<string, string> tags, CancellationToken cancellationToken)
    {
        var answer = await CallAsync(token => client.ListTagsForResourceAsync(new() { ResourceArn = arn }, token), cancellationToken);
        return tags.All(wanted => (answer.Tags ?? []).Exists(tag => tag.Key == wanted.Key && tag.Value == wanted.Value));
    }

    private static string Described(AcceleratorOptions wanted)
    {
        var tags = string.Join(", ", wanted.Tags.Select(tag => $"{tag.Key}={tag.Value}"));
        return wanted.Name is null ? $"the tags {tags}" : tags.Length == 0 ? $"the name '{wanted.Name}'" : $"the name '{wanted.Name}' and the tags {tags}";
    }

    private async Task<EndpointGroupTraffic> GetTrafficAsync(AmazonGlobalAcceleratorClient client, StandardAcceleratorOptions accelerator, string region, CancellationToken cancellationToken)
    {
        var described = await CallAsync(token => client.DescribeAcceleratorAsync(new() { AcceleratorArn = accelerator.Arn }, token), cancellationToken);
        var group = accelerator.EndpointGroupArn is { } arn
            ? (await CallAsync(token => client.DescribeEndpointGroupAsync(new() { EndpointGroupArn = arn }, token), cancellationToken)).EndpointGroup
            : await FindGroupAsync(client, accelerator, region, cancellationToken);
        if (group is null) throw new AcceleratorUnavailableException($"{accelerator.Arn} has no endpoint group in {region}: create one, or name its ARN", null);
        return new EndpointGroupTraffic(
            group.EndpointGroupArn,
            described.Accelerator?.Status == AcceleratorStatus.DEPLOYED,
            group.TrafficDialPercentage ?? TrafficIntent.MaxDial,
            [.. (group.EndpointDescriptions ?? []).Select(endpoint => new GroupEndpoint(endpoint.EndpointId, endpoint.Weight ?? DefaultWeight, endpoint.ClientIPPreservationEnabled))]);
    }

    private async Task<EndpointGroup?> FindGroupAsync(AmazonGlobalAcceleratorClient client, StandardAcceleratorOptions accelerator, string region, CancellationToken cancellationToken)
    {
        // An accelerator has at most 10 listeners, a listener at most 42 groups, one a region: one page each.
        IEnumerable<string> listeners = accelerator.ListenerArn is { } listener
            ? [listener]
            : ((await CallAsync(token => client.ListListenersAsync(new() { AcceleratorArn = accelerator.Arn, MaxResults = ListPage }, token), cancellationToken)).Listeners ?? []).Select(found => found.ListenerArn);
        foreach (var arn in listeners)
        {
            var answer = await CallAsync(token => client.ListEndpointGroupsAsync(new() { ListenerArn = arn, MaxResults = ListPage }, token), cancellationToken);
            if ((answer.EndpointGroups ?? []).Find(group => group.EndpointGroupRegion == region) is { } group) return group;
        }

        return null;
    }

    private static UpdateEndpointGroupRequest RequestOf(string endpointGroupArn, TrafficChange change)
    {
        var request = new UpdateEndpointGroupRequest { EndpointGroupArn = endpointGroupArn, TrafficDialPercentage = (float?)change.DialPercent };
        if (change.Endpoints is { } endpoints)
            request.EndpointConfigurations = [.. endpoints.Select(endpoint => new EndpointConfiguration { EndpointId = endpoint.EndpointId, Weight = endpoint.Weight, ClientIPPreservationEnabled = endpoint.KeepsClientAddress })];
        return request;
    }

    private static async Task<T> AskAsync<T>(string arn, Uri? serviceUrl, string? credentialsFile, Func<AmazonGlobalAcceleratorClient, Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            using var client = Connect(serviceUrl, credentialsFile);
            return await ask(client);
        }
        catch (Exception fault) when (fault is AmazonServiceException or AmazonClientException or HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new AcceleratorUnavailableException($"{arn}: {fault.Message}", fault) { IsInProgress = fault is TransactionInProgressException, IsRefusal = fault is InvalidArgumentException or EndpointGroupNotFoundException };
        }
    }

    private async Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(options.Value.AcceleratorCallTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        return await call(both.Token);
    }

    private static AmazonGlobalAcceleratorClient Connect(Uri? serviceUrl, string? credentialsFile)
    {
        // Requests are signed for us-west-2 whatever the endpoint: the control plane exists there only.
        var config = new AmazonGlobalAcceleratorConfig { AuthenticationRegion = Amazon.RegionEndpoint.USWest2.SystemName };
        if (serviceUrl is { } url) config.ServiceURL = url.ToString();
        else config.RegionEndpoint = Amazon.RegionEndpoint.USWest2;
        if (credentialsFile is not { } file) return new AmazonGlobalAcceleratorClient(config);
        var (accessKey, secretKey) = AwsCredentialsFile.Read(file);
        return new AmazonGlobalAcceleratorClient(new BasicAWSCredentials(accessKey, secretKey), config);
    }

    // A row without an address or a port leads nowhere: it is left out, never taken for port 0.
    private static AcceleratorPort? Row(PortMapping row) =>
        row is { AcceleratorPort: > 0 and <= ushort.MaxValue, DestinationSocketAddress: { Port: > 0 and <= ushort.MaxValue } destination }
        && IPAddress.TryParse(destination.IpAddress, out var address) && address.AddressFamily == AddressFamily.InterNetwork
            ? new AcceleratorPort(address, (ushort)destination.Port, (ushort)row.AcceleratorPort, row.EndpointGroupArn, row.EndpointId)
            : null;
}
