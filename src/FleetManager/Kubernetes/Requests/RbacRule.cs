namespace FleetSystem.FleetManager.Kubernetes.Requests;

/// <summary>A permission that FleetSystem needs in a cluster.</summary>
internal sealed record RbacRule(string Group, string Resource, string Verbs)
{
    public static readonly RbacRule ReadGameServers = new("agones.dev", "gameservers", "list, watch");
    public static readonly RbacRule GetGameServers = new("agones.dev", "gameservers", "get");
    public static readonly RbacRule PatchGameServers = new("agones.dev", "gameservers", "patch");
    public static readonly RbacRule DeleteGameServers = new("agones.dev", "gameservers", "delete");
    public static readonly RbacRule ReadFleets = new("agones.dev", "fleets", "list, watch");
    public static readonly RbacRule ReadNodes = new("", "nodes", "list, watch");
    public static readonly RbacRule Allocate = new("allocation.agones.dev", "gameserverallocations", "create");

    public static readonly RbacRule ListAllocationPolicies = new("multicluster.agones.dev", "gameserverallocationpolicies", "list");

    // The subresource: whoever may patch Fleets may run any image in the cluster.
    public static readonly RbacRule ScaleFleets = new("agones.dev", "fleets/scale", "patch");
    public static readonly RbacRule ListFleetAutoscalers = new("autoscaling.agones.dev", "fleetautoscalers", "list");
    public static readonly RbacRule PatchFleetAutoscalers = new("autoscaling.agones.dev", "fleetautoscalers", "patch");

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<RbacRule> All =
        [ReadGameServers, GetGameServers, PatchGameServers, DeleteGameServers, ReadFleets, ReadNodes, Allocate, ListAllocationPolicies, ScaleFleets, ListFleetAutoscalers, PatchFleetAutoscalers];

    /// <summary>What alone needs the rule, for people; null when FleetSystem cannot do its work without.</summary>
    public static string? OptionalUseOf(RbacRule rule) =>
        rule.Resource == ListAllocationPolicies.Resource ? "the import of allocation policies"
        : rule.Resource == ScaleFleets.Resource || rule.Resource == ListFleetAutoscalers.Resource ? "changing a fleet's size"
        : null;

    /// <summary>The rule as it is written in a Role or, for nodes, a ClusterRole.</summary>
    public override string ToString() => $"{{apiGroups: [\"{Group}\"], resources: [\"{Resource}\"], verbs: [{Verbs}]}}";
}
