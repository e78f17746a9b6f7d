using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Messaging;

namespace FleetSystem.Clustering.Tests;

/// <summary>The providers as a silo and a client of a cluster get them: by the public names alone, so that the official package passes here too.</summary>
internal sealed class MembershipCluster(Uri service, string table, string clusterId = "cluster") : IAsyncDisposable
{
    private static readonly DateTime Start = new(2026, 11, 25, 12, 0, 0, DateTimeKind.Utc);
    private readonly List<IHost> _hosts = [];

    /// <summary>A membership table as one more silo opens it.</summary>
    public async Task<IMembershipTable> OpenAsync(bool create = true, bool initializeVersion = true)
    {
        var table1 = Table(create);
        await table1.InitializeMembershipTableAsync(initializeVersion, TestContext.Current.CancellationToken);
        return table1;
    }

    /// <summary>A membership table that nobody initialized.</summary>
    public IMembershipTable Table(bool create = true) => Build(host => host.UseOrleans(silo =>
    {
        silo.ConfigureEndpoints(IPAddress.Loopback, 11111, 0);
        silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (clusterId, clusterId));
        silo.UseDynamoDBClustering(options => (options.Service, options.TableName, options.CreateIfNotExists) = (service.ToString(), table, create));
    })).GetRequiredService<IMembershipTable>();

    /// <summary>The gateways as a client sees them.</summary>
    public async Task<IList<Uri>> GatewaysAsync()
    {
        var gateways = Build(host => host.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (clusterId, clusterId));
            client.UseDynamoDBClustering(options => (options.Service, options.TableName) = (service.ToString(), table));
        })).GetRequiredService<IGatewayListProvider>();
        await gateways.InitializeGatewayListProviderAsync(TestContext.Current.CancellationToken);
        return await gateways.GetGatewaysAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>A silo's entry; its number is its port and makes it distinct.</summary>
    public static MembershipEntry Entry(int number, SiloStatus status = SiloStatus.Active, int proxyPort = 30000) => new()
    {
        SiloAddress = Silo(number),
        HostName = "host",
        SiloName = $"silo-{number}",
        Status = status,
        ProxyPort = proxyPort,
        StartTime = Start,
        IAmAliveTime = Start,
        SuspectTimes = [],
    };

    public static SiloAddress Silo(int number) => SiloAddress.New(IPAddress.Loopback, 11_000 + number, 152_345_678);

    /// <summary>Adds an entry under the version that is there.</summary>
    public static async Task<bool> InsertAsync(IMembershipTable table, MembershipEntry entry) => await table.InsertRowAsync(entry, (await table.ReadAllAsync(TestContext.Current.CancellationToken)).Version.Next(), TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts) await ((IAsyncDisposable)host).DisposeAsync();
    }

    private IServiceProvider Build(Action<IHostBuilder> configure)
    {
        var builder = new HostBuilder().ConfigureLogging(logging => logging.ClearProviders());
        configure(builder);
        var host = builder.Build();
        _hosts.Add(host);
        return host.Services;
    }
}
