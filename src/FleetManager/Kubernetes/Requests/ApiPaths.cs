using System.Globalization;

namespace FleetSystem.FleetManager.Kubernetes.Requests;

/// <summary>Paths of the Kubernetes API, escaped.</summary>
internal static class ApiPaths
{
    public const string Nodes = "api/v1/nodes";

    public const string Version = "version";

    public const string RulesReview = "apis/authorization.k8s.io/v1/selfsubjectrulesreviews";

    public static string GameServers(string @namespace) => $"apis/agones.dev/v1/namespaces/{Escape(@namespace)}/gameservers";

    public static string GameServer(string @namespace, string name) => $"{GameServers(@namespace)}/{Escape(name)}";

    public static string Fleets(string @namespace) => $"apis/agones.dev/v1/namespaces/{Escape(@namespace)}/fleets";

    public static string FleetScale(string @namespace, string name) => $"{Fleets(@namespace)}/{Escape(name)}/scale";

    public static string FleetAutoscalers(string @namespace) => $"apis/autoscaling.agones.dev/v1/namespaces/{Escape(@namespace)}/fleetautoscalers";

    public static string FleetAutoscaler(string @namespace, string name) => $"{FleetAutoscalers(@namespace)}/{Escape(name)}";

    public static string Allocations(string @namespace) =>
        $"apis/allocation.agones.dev/v1/namespaces/{Escape(@namespace)}/gameserverallocations";

    public static string AllocationPolicies(string @namespace) =>
        $"apis/multicluster.agones.dev/v1/namespaces/{Escape(@namespace)}/gameserverallocationpolicies";

    /// <summary>A page of a list. Without a resourceVersion the answer is no older than the request.</summary>
    public static string List(string collection, int limit, string? labelSelector, string? continueToken)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{collection}?limit={limit}");
        if (labelSelector is not null) path += "&labelSelector=" + Escape(labelSelector);
        if (continueToken is not null) path += "&continue=" + Escape(continueToken);
        return path;
    }

    public static string Watch(string collection, string resourceVersion, int timeoutSeconds) => string.Create(
        CultureInfo.InvariantCulture,
        $"{collection}?watch=true&allowWatchBookmarks=true&resourceVersion={Escape(resourceVersion)}&timeoutSeconds={timeoutSeconds}");

    private static string Escape(string text) => Uri.EscapeDataString(text);
}
