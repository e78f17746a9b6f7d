using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.FleetModel.Clusters;

/// <summary>What a sign of trouble on a node means to the servers on it. Ordered: the gravest of a node's signs counts.</summary>
public enum NodeAction
{
    /// <summary>Nothing.</summary>
    Ignore,

    /// <summary>Its servers are given no new sessions; those that run play on.</summary>
    Exclude,

    /// <summary>Its servers are given no new sessions, and those that run are lost at once: replaced, by their fleet's policy.</summary>
    Replace,
}

/// <summary>
/// Which taints announce that a node will go, and what is done about each. A node that is not Ready, or whose object is deleted while servers
/// still name it, always counts as <see cref="NodeAction.Replace"/>.
/// </summary>
public sealed class NodeInterruptionOptions
{
    /// <summary>Most taints that can be named.</summary>
    public const int MaxTaints = 64;

    private const int MaxTaintLength = 253 + 1 + 63;

    /// <summary>
    /// Action by the taint's key; a key of the configuration is added to these defaults, or changes one of them (<see cref="NodeAction.Ignore"/>
    /// takes it out). At most <see cref="MaxTaints"/>. The defaults:
    /// <list type="bullet">
    /// <item>Kubernetes: <c>node.kubernetes.io/not-ready</c>, <c>node.kubernetes.io/unreachable</c>, <c>node.kubernetes.io/out-of-service</c>
    /// and <c>node.cloudprovider.kubernetes.io/shutdown</c>: Replace, the machine is gone.</item>
    /// <item>AWS Node Termination Handler, prefix <c>aws-node-termination-handler/</c>: <c>spot-itn</c> (two minutes are left) and
    /// <c>asg-lifecycle-termination</c>: Replace. <c>scheduled-maintenance</c> and <c>rebalance-recommendation</c> leave hours, or are a guess
    /// only: Exclude.</item>
    /// <item>Karpenter: <c>karpenter.sh/disrupted</c>, before version 1 <c>karpenter.sh/disruption</c>: Replace. It does not take nodes whose Pods must not be
    /// evicted for thrift, so that on a game node the taint means an interruption.</item>
    /// <item>Cluster Autoscaler: <c>ToBeDeletedByClusterAutoscaler</c>: Exclude; it drains only nodes whose servers it may evict, and what it evicts is replaced then.</item>
    /// </list>
    /// </summary>
    public IDictionary<string, NodeAction> Taints { get; set; } = new Dictionary<string, NodeAction>(StringComparer.Ordinal)
    {
        ["node.kubernetes.io/not-ready"] = NodeAction.Replace,
        ["node.kubernetes.io/unreachable"] = NodeAction.Replace,
        ["node.kubernetes.io/out-of-service"] = NodeAction.Replace,
        ["node.cloudprovider.kubernetes.io/shutdown"] = NodeAction.Replace,
        ["aws-node-termination-handler/spot-itn"] = NodeAction.Replace,
        ["aws-node-termination-handler/asg-lifecycle-termination"] = NodeAction.Replace,
        ["aws-node-termination-handler/scheduled-maintenance"] = NodeAction.Exclude,
        ["aws-node-termination-handler/rebalance-recommendation"] = NodeAction.Exclude,
        ["karpenter.sh/disrupted"] = NodeAction.Replace,
        ["karpenter.sh/disruption"] = NodeAction.Replace,
        ["ToBeDeletedByClusterAutoscaler"] = NodeAction.Exclude,
    };

    /// <summary>
    /// What a cordon means (<c>kubectl cordon</c>, and the first step of every drain). The default is <see cref="NodeAction.Exclude"/>: a
    /// game may be played to its end before its node is drained.
    /// </summary>
    public NodeAction Cordon { get; set; } = NodeAction.Exclude;

    /// <summary>Tells every fault.</summary>
    /// <param name="faults">Where to.</param>
    /// <param name="key">Key of this object below the list's section.</param>
    public void Check(FaultList faults, string key)
    {
        faults.Check(Taints.Count <= MaxTaints, $"{key}:Taints", $"names {Taints.Count} taints: up to {MaxTaints} are possible");
        foreach (var (taint, action) in Taints)
        {
            faults.Check(
                taint.Length is > 0 and <= MaxTaintLength && !taint.Any(char.IsWhiteSpace), $"{key}:Taints:{taint}", "is no key of a taint: use it as the node's spec has it, without value and effect");
            faults.Check(Enum.IsDefined(action), $"{key}:Taints:{taint}", $"is {action}: {string.Join(", ", Enum.GetNames<NodeAction>())} are possible");
        }

        faults.Check(Enum.IsDefined(Cordon), $"{key}:Cordon", $"is {Cordon}: {string.Join(", ", Enum.GetNames<NodeAction>())} are possible");
    }
}
