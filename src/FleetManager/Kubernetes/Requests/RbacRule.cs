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

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<RbacRule> All = [ReadGameServers, GetGameServers, PatchGameServers, DeleteGameServers, ReadFleets, ReadNodes, Allocate, ListAllocationPolicies];

    /// <summary>Whether FleetSystem does its work without: only an operator's import reads allocation policies.</summary>
    public static bool IsOptional(RbacRule rule) => rule.Resource == ListAllocationPolicies.Resource;

    /// <summary>The rule as it is written in a Role or, for nodes, a ClusterRole.</summary>
    public override string ToString() => $"{{apiGroups: [\"{Group}\"], resources: [\"{Resource}\"], verbs: [{Verbs}]}}";
}
