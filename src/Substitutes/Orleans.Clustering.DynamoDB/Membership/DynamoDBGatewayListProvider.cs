using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Messaging;
using static Orleans.Clustering.DynamoDB.MembershipSchema;

namespace Orleans.Clustering.DynamoDB;

/// <summary>Tells clients of the cluster the gateways of its active silos.</summary>
internal sealed class DynamoDBGatewayListProvider(
    IOptions<DynamoDBGatewayOptions> options, IOptions<ClusterOptions> cluster, IOptions<GatewayOptions> gateway, TimeProvider time) : IGatewayListProvider, IDisposable
{
    private readonly MembershipStore _store = new(
        DynamoDBClients.Create(options.Value),
        new(options.Value.TableName, options.Value.CreateIfNotExists, options.Value.UseProvisionedThroughput, options.Value.ReadCapacityUnits, options.Value.WriteCapacityUnits),
        time);

    public TimeSpan MaxStaleness => gateway.Value.GatewayListRefreshPeriod;

    public bool IsUpdatable => true;

    public void Dispose() => _store.Dispose();

    public Task InitializeGatewayListProvider() => InitializeGatewayListProviderAsync(CancellationToken.None);

    public Task<IList<Uri>> GetGateways() => GetGatewaysAsync(CancellationToken.None);

    public Task InitializeGatewayListProviderAsync(CancellationToken cancellationToken) => _store.OpenAsync(cancellationToken);

    public async Task<IList<Uri>> GetGatewaysAsync(CancellationToken cancellationToken)
    {
        var rows = await _store.QueryAsync(cluster.Value.ClusterId, cancellationToken);
        return [.. rows
            .Where(row => row[SiloIdentity].S != VersionRow && NumberOf(row, StatusAttribute) == (int)SiloStatus.Active && NumberOf(row, ProxyPort) > 0)
            .Select(SiloRow.Read)
            .Select(silo => SiloAddress.New(silo.SiloAddress.Endpoint.Address, silo.ProxyPort, silo.SiloAddress.Generation).ToGatewayUri())];
    }
}
