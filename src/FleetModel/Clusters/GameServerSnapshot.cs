namespace FleetSystem.FleetModel.Clusters;

/// <summary>What FleetSystem keeps of one GameServer: the fields that decisions need, nothing else.</summary>
[GenerateSerializer, Immutable, Alias("fleet.GameServerSnapshot")]
public sealed record GameServerSnapshot
{
    /// <summary>Name, unique in its namespace while it lives.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>Uid of the Kubernetes object; tells two servers of one name apart. Empty in an allocation's answer, which has none.</summary>
    [Id(1)] public string Uid { get; init; } = "";

    /// <summary>The Agones Fleet it belongs to, or empty.</summary>
    [Id(2)] public string Fleet { get; init; } = "";

    /// <summary>State as Agones reports it.</summary>
    [Id(3)] public GameServerState State { get; init; }

    /// <summary>Its node, or empty before it is scheduled.</summary>
    [Id(4)] public string Node { get; init; } = "";

    /// <summary>Its zone by label <see cref="AgonesKeys.Zone"/>, or empty when it carries none yet.</summary>
    [Id(5)] public string ZoneLabel { get; init; } = "";

    /// <summary>Address of its node that players reach, or empty.</summary>
    [Id(6)] public string Address { get; init; } = "";

    /// <summary>Its game port: the one named in the fleet's options, otherwise the first. 0 while it has none.</summary>
    [Id(7)] public int Port { get; init; }

    /// <summary>True once a deletion was asked for.</summary>
    [Id(11)] public bool Deleting { get; init; }

    // 8 to 10 were the one session that a server could have.

    /// <summary>The sessions that claimed it; at most one unless its fleet packs several into a server.</summary>
    [Id(12)] public SessionTags Sessions { get; init; }

    /// <summary>True when it carries label <see cref="AgonesKeys.Node"/>.</summary>
    [Id(13)] public bool NodeLabelled { get; init; }

    /// <summary>Image of its game server without the registry, for example <c>arena:1.4.2</c>; empty when it is not known, and in an allocation's answer.</summary>
    [Id(320)] public string Version { get; init; } = "";

    /// <summary>Version of Agones that its SDK sidecar is of (<see cref="AgonesKeys.SdkVersion"/>), for example <c>1.56.0</c>; empty when it is not known.</summary>
    [Id(440)] public string AgonesVersion { get; init; } = "";

    /// <summary>
    /// True while it lacks one of its labels. A template can carry the zone of a fleet of one zone, but never the node.
    /// </summary>
    public bool LacksLabels => ZoneLabel.Length == 0 || !NodeLabelled;

    /// <summary>True when a session on it can no longer go on: it is ending, ended or broken.</summary>
    public bool IsGone => Deleting || State is GameServerState.Shutdown or GameServerState.Error or GameServerState.Unhealthy;
}

/// <summary>What FleetSystem keeps of one Node.</summary>
[GenerateSerializer, Immutable, Alias("fleet.NodeSnapshot")]
public sealed record NodeSnapshot
{
    /// <summary>Name of the node.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>Zone by its label <see cref="AgonesKeys.NodeZone"/>, or empty.</summary>
    [Id(1)] public string Zone { get; init; } = "";

    /// <summary>True when its Ready condition is True.</summary>
    [Id(2)] public bool Ready { get; init; }

    /// <summary>True when it is cordoned.</summary>
    [Id(3)] public bool Unschedulable { get; init; }

    /// <summary>Keys of its taints.</summary>
    [Id(4)] public IReadOnlyList<string> Taints { get; init; } = [];
}

/// <summary>What FleetSystem keeps of one Agones Fleet.</summary>
/// <param name="Name">Name of the Fleet.</param>
/// <param name="Replicas">Replicas that its spec asks for.</param>
/// <param name="ReadyReplicas">Ready replicas; lags by up to a few seconds.</param>
/// <param name="AllocatedReplicas">Allocated replicas; lags likewise.</param>
[GenerateSerializer, Immutable, Alias("fleet.AgonesFleetSnapshot")]
public sealed record AgonesFleetSnapshot(
    [property: Id(0)] string Name,
    [property: Id(1)] int Replicas,
    [property: Id(2)] int ReadyReplicas,
    [property: Id(3)] int AllocatedReplicas);
