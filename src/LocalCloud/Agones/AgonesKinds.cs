using FleetSystem.LocalCloud.Agones.Autoscaling;
using FleetSystem.LocalCloud.Kubernetes;

namespace FleetSystem.LocalCloud.Agones;

/// <summary>The custom resources of Agones.</summary>
internal static class AgonesKinds
{
    public const string Group = "agones.dev";

    public static readonly ResourceKind GameServer = new()
    {
        Group = Group,
        Kind = "GameServer",
        Plural = "gameservers",
        Singular = "gameserver",
        ShortNames = ["gs"],
        Custom = true,
        ScaleProperty = "immutableReplicas",
        Generation = GenerationRule.SpecAndStatus,
        Admission = new GameServerAdmission(),
        ReadFacts = GameServerFacts.Read,
    };

    public static readonly ResourceKind GameServerSet = new()
    {
        Group = Group,
        Kind = "GameServerSet",
        Plural = "gameserversets",
        Singular = "gameserverset",
        ShortNames = ["gss", "gsset"],
        Custom = true,
        StatusSubresource = true,
        ScaleProperty = "replicas",
        Generation = GenerationRule.Spec,
        ReadFacts = ReplicaFacts.Read,
    };

    public static readonly ResourceKind Fleet = new()
    {
        Group = Group,
        Kind = "Fleet",
        Plural = "fleets",
        Singular = "fleet",
        ShortNames = ["flt"],
        Custom = true,
        StatusSubresource = true,
        ScaleProperty = "replicas",
        Generation = GenerationRule.Spec,
        Admission = new FleetAdmission(),
        ReadFacts = ReplicaFacts.Read,
    };

    public static readonly ResourceKind FleetAutoscaler = new()
    {
        Group = "autoscaling.agones.dev",
        Kind = "FleetAutoscaler",
        Plural = "fleetautoscalers",
        Singular = "fleetautoscaler",
        ShortNames = ["fas"],
        Custom = true,
        StatusSubresource = true,
        Generation = GenerationRule.Spec,
        Admission = new FleetAutoscalerAdmission(),
    };

    public static readonly ResourceKind GameServerAllocationPolicy = new()
    {
        Group = "multicluster.agones.dev",
        Kind = "GameServerAllocationPolicy",
        Plural = "gameserverallocationpolicies",
        Singular = "gameserverallocationpolicy",
        ShortNames = ["gsap"],
        Custom = true,
        Generation = GenerationRule.SpecAndStatus,
    };

    public static readonly ResourceCatalog Catalog = new(
    [
        CoreKinds.Namespace, CoreKinds.Node, CoreKinds.Pod, GameServer, GameServerSet, Fleet, FleetAutoscaler, GameServerAllocationPolicy,
    ]);
}
