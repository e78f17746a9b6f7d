namespace FleetSystem.FleetModel.Clusters;

/// <summary>What a node's signs mean to the servers on it.</summary>
/// <param name="Action">What is done about it.</param>
/// <param name="Reason">Why, as the rest of a sentence that begins with the node; empty when nothing is done.</param>
public readonly record struct NodeVerdict(NodeAction Action, string Reason)
{
    /// <summary>The node may be given sessions.</summary>
    public static NodeVerdict Fit { get; } = new(NodeAction.Ignore, "");

    /// <summary>The node's object is gone.</summary>
    public static NodeVerdict Deleted { get; } = new(NodeAction.Replace, "is deleted");
}

/// <summary>
/// Judges nodes by their objects. Kubernetes itself evicts only minutes later, and Agones' allocation never looks at nodes (field notes,
/// trap 1).
/// </summary>
public static class NodeRules
{
    /// <summary>The gravest of a node's signs.</summary>
    public static NodeVerdict Judge(NodeSnapshot node, NodeInterruptionOptions options)
    {
        if (!node.Ready) return new NodeVerdict(NodeAction.Replace, "is not ready");
        var gravest = node.Unschedulable && options.Cordon != NodeAction.Ignore ? new NodeVerdict(options.Cordon, "is cordoned") : NodeVerdict.Fit;
        foreach (var taint in node.Taints)
        {
            if (options.Taints.TryGetValue(taint, out var action) && action > gravest.Action) gravest = new NodeVerdict(action, $"bears taint {taint}");
        }

        return gravest;
    }
}
