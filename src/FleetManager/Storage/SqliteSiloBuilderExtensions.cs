using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Providers;
using Orleans.Runtime.Hosting;
using Orleans.Storage;

namespace FleetSystem.FleetManager.Storage;

/// <summary>Adds the SQLite grain storage to a silo.</summary>
public static class SqliteSiloBuilderExtensions
{
    /// <summary>Stores grain state in SQLite unless a grain names another store, and registers <see cref="IGrainStateIndex"/>.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="configure">Sets at least <see cref="SqliteStorageOptions.Path"/>.</param>
    public static ISiloBuilder AddSqliteGrainStorageAsDefault(this ISiloBuilder builder, Action<SqliteStorageOptions> configure)
    {
        builder.AddSqliteGrainStorage(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME, configure);
        builder.Services.TryAddSingleton(services => services.GetRequiredKeyedService<IGrainStateIndex>(ProviderConstants.DEFAULT_STORAGE_PROVIDER_NAME));
        return builder;
    }

    /// <summary>Adds a SQLite store under a name, with its <see cref="IGrainStateIndex"/> under the same key.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="name">The name that <c>[PersistentState]</c> refers to.</param>
    /// <param name="configure">Sets at least <see cref="SqliteStorageOptions.Path"/>.</param>
    public static ISiloBuilder AddSqliteGrainStorage(this ISiloBuilder builder, string name, Action<SqliteStorageOptions> configure)
    {
        var services = builder.Services;
        services.AddOptions<SqliteStorageOptions>(name).Configure(configure).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SqliteStorageOptions>, SqliteStorageOptionsValidator>());
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<StorageMetrics>();
        services.AddGrainStorage(name, Create);
        services.AddKeyedSingleton(name, static (provider, key) => (IGrainStateIndex)provider.GetRequiredKeyedService<IGrainStorage>(key));
        return builder;
    }

    private static SqliteGrainStorage Create(IServiceProvider services, string name) => ActivatorUtilities.CreateInstance<SqliteGrainStorage>(
        services,
        name,
        services.GetRequiredService<IOptionsMonitor<SqliteStorageOptions>>().Get(name));
}
