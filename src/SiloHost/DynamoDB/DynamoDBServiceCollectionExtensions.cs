using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FleetSystem.SiloHost.DynamoDB;

/// <summary>Registers the host's way to DynamoDB.</summary>
public static class DynamoDBServiceCollectionExtensions
{
    /// <summary>Adds it, once. Its options are bound to the configuration section <c>DynamoDB</c> and checked at the start.</summary>
    public static IServiceCollection AddDynamoDB(this IServiceCollection services)
    {
        services.AddOptions<DynamoDBOptions>().BindConfiguration(DynamoDBOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DynamoDBOptions>, DynamoDBOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<DynamoDBConnection>();
        services.TryAddSingleton<DynamoDBTable>();
        return services;
    }
}
