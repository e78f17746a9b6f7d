using FleetSystem.FleetModel.Configuration;
using FleetSystem.SiloHost;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Storage;

/// <summary>Where grain states are kept.</summary>
public enum StorageProvider
{
    /// <summary>In one SQLite file: for a cell of one FleetManager.</summary>
    Sqlite,

    /// <summary>In a DynamoDB table: for a cell of several.</summary>
    DynamoDB,
}

/// <summary>Which store keeps the grain states. The configuration section <c>Storage</c>.</summary>
public sealed class StorageOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Storage";

    /// <summary>The store. The default is <see cref="StorageProvider.Sqlite"/>.</summary>
    public StorageProvider Provider { get; set; } = StorageProvider.Sqlite;

    /// <summary>The SQLite file, when it is the store.</summary>
    public SqliteStorageOptions Sqlite { get; set; } = new();

    /// <summary>The DynamoDB table, when it is the store.</summary>
    public DynamoDBStorageOptions DynamoDB { get; set; } = new();
}

/// <summary>Checks that store and clustering fit each other; each store checks its own settings.</summary>
internal sealed class StorageOptionsValidator(ClusteringProvider clustering) : IValidateOptions<StorageOptions>
{
    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        var faults = new FaultList(StorageOptions.Section);
        faults.Check(Enum.IsDefined(options.Provider), nameof(options.Provider), $"is {options.Provider}: {string.Join(" and ", Enum.GetNames<StorageProvider>())} are possible");

        // Each host would have a file of its own, and a session that moves to another host would be lost.
        faults.Check(
            options.Provider != StorageProvider.Sqlite || clustering == ClusteringProvider.Development,
            nameof(options.Provider),
            $"is {options.Provider}, and Silo:Clustering is {clustering}: the hosts of a cluster need one store, so set it to {StorageProvider.DynamoDB}");
        return faults.ToResult();
    }
}

/// <summary>Tells where grain states are kept.</summary>
internal sealed class StorageSummary(IOptions<StorageOptions> options) : IConfigurationSummary
{
    public IEnumerable<string> Lines() =>
    [
        options.Value.Provider == StorageProvider.DynamoDB
            ? $"Grain states are kept in the DynamoDB table '{options.Value.DynamoDB.Table}'."
            : $"Grain states are kept in the file {Path.GetFullPath(options.Value.Sqlite.Path)}: for one FleetManager.",
    ];
}

/// <summary>Adds the grain storage that the configuration names.</summary>
internal static class StorageExtensions
{
    /// <summary>Binds and checks which store it is.</summary>
    public static IServiceCollection AddStorageOptions(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<StorageOptions>().Bind(configuration.GetSection(StorageOptions.Section)).ValidateOnStart();
        var clustering = configuration.GetSection(SiloOptions.Section).GetValue<ClusteringProvider>(nameof(SiloOptions.Clustering));
        services.AddSingleton<IValidateOptions<StorageOptions>>(new StorageOptionsValidator(clustering));
        return services.AddSingleton<IConfigurationSummary, StorageSummary>();
    }

    /// <summary>Adds the store.</summary>
    public static void AddGrainStorage(this ISiloBuilder builder, IConfiguration configuration)
    {
        var section = configuration.GetSection(StorageOptions.Section);
        if (section.GetValue<StorageProvider>(nameof(StorageOptions.Provider)) == StorageProvider.DynamoDB)
            builder.AddDynamoDBGrainStorageAsDefault(storage => section.GetSection(nameof(StorageOptions.DynamoDB)).Bind(storage));
        else
            builder.AddSqliteGrainStorageAsDefault(storage => section.GetSection(nameof(StorageOptions.Sqlite)).Bind(storage));
    }
}
