namespace FleetSystem.LocalCloud.Kubernetes;

/// <summary>The kinds of the core group that game servers need.</summary>
internal static class CoreKinds
{
    public static readonly ResourceKind Namespace = new()
    {
        Kind = "Namespace",
        Plural = "namespaces",
        Singular = "namespace",
        ShortNames = ["ns"],
        Namespaced = false,
        StatusSubresource = true,
    };

    public static readonly ResourceKind Node = new()
    {
        Kind = "Node",
        Plural = "nodes",
        Singular = "node",
        ShortNames = ["no"],
        Namespaced = false,
        StatusSubresource = true,
        ReadFacts = Nodes.NodeFacts.Read,
    };

    public static readonly ResourceKind Pod = new()
    {
        Kind = "Pod",
        Plural = "pods",
        Singular = "pod",
        ShortNames = ["po"],
        StatusSubresource = true,
        Generation = GenerationRule.Creation,
        GracefulDeletion = true,
        ReadFacts = Nodes.PodFacts.Read,
    };
}
