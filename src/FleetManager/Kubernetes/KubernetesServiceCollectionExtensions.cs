using FleetSystem.FleetModel.Clusters;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Kubernetes;

/// <summary>Registers the way into Kubernetes.</summary>
public static class KubernetesServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="IAgonesClusterFactory"/> over the Kubernetes API. Clusters and fleets come from
    /// <see cref="FleetModel.Configuration.FleetSystemOptions"/>, which the host binds; deadlines and limits from the section
    /// <c>FleetManager:Kubernetes</c>, checked when the host starts.
    /// </summary>
    public static IServiceCollection AddAgonesClusters(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<KubernetesAdapterOptions>().BindConfiguration(KubernetesAdapterOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<KubernetesAdapterOptions>, KubernetesAdapterOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IAgonesClusterFactory, AgonesClusterFactory>();
        return services;
    }
}
