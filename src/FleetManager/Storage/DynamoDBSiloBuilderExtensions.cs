using FleetSystem.SiloHost.DynamoDB;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Providers;
using Orleans.Runtime.Hosting;

namespace FleetSystem.FleetManager.Storage;

/// <summary>Adds the DynamoDB grain storage to a silo.</summary>
public static class DynamoDBSiloBuilderExtensions
{
    /// <summary>
    /// Stores grain state in DynamoDB unless a grain names another store, and registers <see cref="IGrainStateIndex"/>. Where DynamoDB is says <see cref="DynamoDBOptions"/>.
    /// </summary>
    /// <param name="builder">The silo.</param>
    /// <param name="configure">Sets what is not as its default says.</param>
    public static ISiloBuilder AddDynamoDBGrainStorageAsDefault(this ISiloBuilder builder, Action<DynamoDBStorageOptions> configure)
    {
        const string Name = ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME;
        var services = builder.Services;
        services.AddDynamoDB();
        services.AddOptions<DynamoDBStorageOptions>(Name).Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DynamoDBStorageOptions>, DynamoDBStorageOptionsValidator>());
        services.AddMetrics();
        services.TryAddSingleton<StorageMetrics>();
        services.AddGrainStorage(Name, Create);
        services.TryAddSingleton(static provider => (IGrainStateIndex)provider.GetRequiredKeyedService<Orleans.Storage.IGrainStorage>(Name));
        return builder;
    }

    private static DynamoDBGrainStorage Create(IServiceProvider services, string name)
    {
        var options = services.GetRequiredService<IOptionsMonitor<DynamoDBStorageOptions>>().Get(name);
        return ActivatorUtilities.CreateInstance<DynamoDBGrainStorage>(services, name, options, ActivatorUtilities.CreateInstance<DynamoDBStateTable>(services, options));
    }
}
