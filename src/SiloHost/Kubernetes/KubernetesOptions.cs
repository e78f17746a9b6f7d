using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.SiloHost.Kubernetes;

/// <summary>How a silo lives in a pod. The configuration section <c>Silo:Kubernetes</c>.</summary>
public sealed class KubernetesOptions
{
    /// <summary>Environment variable with the pod's name.</summary>
    public const string PodName = "POD_NAME";

    /// <summary>Environment variable with the pod's namespace.</summary>
    public const string PodNamespace = "POD_NAMESPACE";

    /// <summary>Environment variable with the pod's address.</summary>
    public const string PodAddress = "POD_IP";

    /// <summary>
    /// Whether the silo is hosted in Kubernetes: it is named after its pod, and silos whose pods or nodes are gone are declared dead at that event.
    /// The default is to go by the environment: yes in a pod that is told its own name.
    /// </summary>
    public bool? Enabled { get; set; }

    /// <summary>File with the way to the API, or null for the pod's own service account.</summary>
    public string? KubeConfig { get; set; }

    /// <summary>What holds: as configured, else as detected.</summary>
    internal bool IsEnabled => Enabled ?? (Variable(PodName) is not null && Variable("KUBERNETES_SERVICE_HOST") is not null);

    internal void Check(FaultList faults, string prefix)
    {
        if (!IsEnabled) return;
        foreach (var name in new[] { PodName, PodNamespace, PodAddress })
            faults.Check(Variable(name) is not null, prefix + nameof(Enabled), $"is true, and the environment has no {name}: let the pod's own fields fill it, or set this to false outside of Kubernetes");
        faults.Check(KubeConfig is null || File.Exists(KubeConfig), prefix + nameof(KubeConfig), $"is '{KubeConfig}', a file that does not exist");
    }

    internal static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
