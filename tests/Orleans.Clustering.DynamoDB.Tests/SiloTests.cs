using System.Net;
using FleetSystem.LocalCloud.Hosting;
using FleetSystem.Tests.DynamoDB;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;

namespace FleetSystem.Clustering.Tests;

/// <summary>Real silos and a real client that know of each other by the table alone.</summary>
public sealed class SiloTests(DynamoDBLocalFixture dynamo)
{
    [Fact]
    public async Task Start_TwoSilosAndAClient_FindEachOtherAndALeaverIsDead()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var (service, table) = (await dynamo.EndpointAsync(), dynamo.NewTableName());
        using var first = Silo(service, table);
        using var second = Silo(service, table);
        await first.StartAsync(cancellation);
        await second.StartAsync(cancellation);
        using var client = Host(builder => builder.UseOrleansClient(client =>
        {
            client.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = ("silos", "silos"));
            client.UseDynamoDBClustering(options => (options.Service, options.TableName) = (service.ToString(), table));
        }));
        await client.StartAsync(cancellation);
        var management = client.Services.GetRequiredService<IGrainFactory>().GetGrain<IManagementGrain>(0);

        Assert.Equal(2, (await management.GetHosts(true, cancellation)).Count);
        await second.StopAsync(cancellation);

        var hosts = await management.GetHosts(false, cancellation);
        Assert.Equal([SiloStatus.Active, SiloStatus.Dead], hosts.Values.Order());
        await client.StopAsync(cancellation);
        await first.StopAsync(cancellation);
    }

    private static IHost Silo(Uri service, string table) => Host(builder => builder.UseOrleans(silo =>
    {
        silo.ConfigureEndpoints(IPAddress.Loopback, FreePorts.NextTcp(), FreePorts.NextTcp());
        silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = ("silos", "silos"));
        silo.UseDynamoDBClustering(options => (options.Service, options.TableName) = (service.ToString(), table));
    }));

    private static IHost Host(Action<IHostBuilder> configure)
    {
        var builder = new HostBuilder().ConfigureLogging(logging => logging.ClearProviders());
        configure(builder);
        return builder.Build();
    }
}
