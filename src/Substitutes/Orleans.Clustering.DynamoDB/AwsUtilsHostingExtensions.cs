using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Clustering.DynamoDB;
using Orleans.Configuration;
using Orleans.Messaging;

namespace Orleans.Hosting;

/// <summary>Sets silos and clients up to find each other in a DynamoDB table.</summary>
public static class AwsUtilsHostingExtensions
{
    /// <summary>Keeps the cluster's membership in DynamoDB.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="configureOptions">Where the table is.</param>
    public static ISiloBuilder UseDynamoDBClustering(this ISiloBuilder builder, Action<DynamoDBClusteringOptions>? configureOptions) =>
        builder.UseDynamoDBClustering(options => options.Configure(configureOptions ?? (static _ => { })));

    /// <summary>Keeps the cluster's membership in DynamoDB.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="configureOptions">Where the table is.</param>
    public static ISiloBuilder UseDynamoDBClustering(this ISiloBuilder builder, Action<OptionsBuilder<DynamoDBClusteringOptions>>? configureOptions)
    {
        configureOptions?.Invoke(builder.Services.AddOptions<DynamoDBClusteringOptions>());
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IMembershipTable, DynamoDBMembershipTable>();
        return builder;
    }

    /// <summary>Finds the cluster's gateways in DynamoDB.</summary>
    /// <param name="builder">The client.</param>
    /// <param name="configureOptions">Where the table is.</param>
    public static IClientBuilder UseDynamoDBClustering(this IClientBuilder builder, Action<DynamoDBGatewayOptions>? configureOptions) =>
        builder.UseDynamoDBClustering(options => options.Configure(configureOptions ?? (static _ => { })));

    /// <summary>Finds the cluster's gateways in DynamoDB.</summary>
    /// <param name="builder">The client.</param>
    /// <param name="configureOptions">Where the table is.</param>
    public static IClientBuilder UseDynamoDBClustering(this IClientBuilder builder, Action<OptionsBuilder<DynamoDBGatewayOptions>>? configureOptions)
    {
        configureOptions?.Invoke(builder.Services.AddOptions<DynamoDBGatewayOptions>());
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IGatewayListProvider, DynamoDBGatewayListProvider>();
        return builder;
    }
}
