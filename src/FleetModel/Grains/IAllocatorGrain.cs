using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;

namespace FleetSystem.FleetModel.Grains;

/// <summary>
/// One region as directors see it who speak Agones' own protocol: which of its clusters is asked, in which order. Its key is the region's id.
/// What it claims belongs to the director, not to a session.
/// </summary>
[Alias("fleet.IAllocatorGrain")]
public interface IAllocatorGrain : IGrainWithStringKey
{
    /// <summary>Claims a server in the first cluster of the region that has the namespace and a server.</summary>
    [Alias("Allocate"), ResponseTimeout(GrainTimeouts.Allocation)]
    Task<DirectorOutcome> Allocate(DirectorClaim claim);

    /// <summary>
    /// The server that carries a tag, in any cluster of the region. A cluster that cannot be asked is passed over: while it is away, nothing
    /// is known of what it holds.
    /// </summary>
    [Alias("Find"), ResponseTimeout(GrainTimeouts.Allocation)]
    Task<DirectorOutcome> Find(string tag);
}

/// <summary>A server that a director asks for.</summary>
[GenerateSerializer, Immutable, Alias("fleet.DirectorClaim")]
public sealed record DirectorClaim
{
    /// <summary>Namespace of the servers; clusters with another are not asked.</summary>
    [Id(0)] public required string Namespace { get; init; }

    /// <summary>What the director asks Agones for, in its own order of preference and without anything of ours.</summary>
    [Id(1)] public required AllocationOrder Order { get; init; }

    /// <summary>The claim's tag, see <see cref="AllocationTags"/>: by it an outcome that is not known is found out.</summary>
    [Id(2)] public required string Tag { get; init; }

    /// <summary>Hash of what is asked, kept with the tag: the same tag with another request is no repetition.</summary>
    [Id(3)] public required string Fingerprint { get; init; }

    /// <summary>True when the director can ask again with the same tag; false for a tag that is used once.</summary>
    [Id(4)] public required bool Repeatable { get; init; }

    /// <summary>The zone preferred among the servers that a selector matches, or null.</summary>
    [Id(5)] public string? PreferredZone { get; init; }

    /// <summary>Until when an answer is of use.</summary>
    [Id(6)] public required DateTimeOffset Deadline { get; init; }
}

/// <summary>How a director's claim ended.</summary>
public enum DirectorResult
{
    /// <summary>A server was claimed, now or earlier under the same tag.</summary>
    Claimed,

    /// <summary>No server matches, or none was found.</summary>
    NoServer,

    /// <summary>Servers match, but were taken by others meanwhile.</summary>
    Contention,

    /// <summary>The clusters could not be asked; nothing was claimed.</summary>
    Unavailable,

    /// <summary>Agones refused the request; nothing was claimed, and the same again will be refused again.</summary>
    Refused,

    /// <summary>It is not known whether a server was claimed.</summary>
    Unknown,
}

/// <summary>Answer to a director's claim.</summary>
[GenerateSerializer, Immutable, Alias("fleet.DirectorOutcome")]
public sealed record DirectorOutcome
{
    /// <summary>How it ended.</summary>
    [Id(0)] public required DirectorResult Result { get; init; }

    /// <summary>The server, when claimed.</summary>
    [Id(1)] public GameServerSnapshot? Server { get; init; }

    /// <summary>What else Agones tells about the server, when claimed.</summary>
    [Id(2)] public AllocationStatus? Status { get; init; }

    /// <summary>Its cluster, or the one that the reason is about; empty for neither.</summary>
    [Id(3)] public string Cluster { get; init; } = "";

    /// <summary>Its zone, or empty when its node is not known.</summary>
    [Id(4)] public string Zone { get; init; } = "";

    /// <summary>What happened, for people; empty when claimed.</summary>
    [Id(5)] public string Reason { get; init; } = "";

    /// <summary>An outcome without a server.</summary>
    public static DirectorOutcome Without(DirectorResult result, string cluster, string reason) => new() { Result = result, Cluster = cluster, Reason = reason };
}
