using k8s;
using Microsoft.Extensions.DependencyInjection;

namespace FleetSystem.SiloHost.Kubernetes;

/// <summary>Hosts a silo in a pod.</summary>
internal static class KubernetesSilo
{
    /// <summary>
    /// Names the silo after its pod and lets Orleans' own agent clean up at the start: members without a pod in this namespace are declared dead,
    /// so that all silos of a cell must be in one namespace (field notes, trap 18).
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <param name="options">Options, checked.</param>
    /// <param name="watchSilos">Whether this silo watches the others' pods and nodes.</param>
    public static void UseKubernetes(this ISiloBuilder silo, KubernetesOptions options, bool watchSilos)
    {
        silo.UseKubernetesHosting(hosting => hosting.Configure(agent => agent.GetClientConfiguration = () => ClientConfiguration(options)));
        if (!watchSilos) return;
        silo.Services.AddSingleton<IKubernetes>(_ => new k8s.Kubernetes(ClientConfiguration(options)));
        silo.Services.AddSingleton(new SiloNamespace(KubernetesOptions.Variable(KubernetesOptions.PodNamespace)!));
        silo.Services.AddHostedService<SiloWatch>();
    }

    private static KubernetesClientConfiguration ClientConfiguration(KubernetesOptions options) =>
        options.KubeConfig is { } file ? KubernetesClientConfiguration.BuildConfigFromConfigFile(file) : KubernetesClientConfiguration.InClusterConfig();
}
