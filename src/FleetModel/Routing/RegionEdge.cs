using System.Collections.Frozen;

namespace FleetSystem.FleetModel.Routing;

/// <summary>A region's ways in as a silo knows them right now. Immutable: planning reads one and never waits.</summary>
public sealed record RegionEdge
{
    /// <summary>The region.</summary>
    public required string Region { get; init; }

    /// <summary>The accelerator's mapping, or null while there is none.</summary>
    public AcceleratorMapping? Accelerator { get; init; }

    /// <summary>The NLB's address or name, or null when the region has none.</summary>
    public string? LoadBalancerAddress { get; init; }

    /// <summary>The NLB's port.</summary>
    public int LoadBalancerPort { get; init; }

    /// <summary>Health by kind, that of its best address; a kind that is missing is taken for healthy.</summary>
    public FrozenDictionary<RouteKind, PathHealth> Paths { get; init; } = FrozenDictionary<RouteKind, PathHealth>.Empty;

    /// <summary>Health of the accelerator's static addresses; one that is missing is taken for healthy.</summary>
    public FrozenDictionary<string, PathHealth> AcceleratorAddresses { get; init; } = FrozenDictionary<string, PathHealth>.Empty;

    /// <summary>The kind that operators want first until it expires, or null. Whoever keeps the view takes it out when it has expired.</summary>
    public ForcedRoute? Forced { get; init; }

    /// <summary>State of a kind of path.</summary>
    public PathState StateOf(RouteKind kind) => Paths.TryGetValue(kind, out var health) ? health.State : PathState.Healthy;

    /// <summary>State of one of the accelerator's static addresses.</summary>
    public PathState StateOfAccelerator(string address) => AcceleratorAddresses.TryGetValue(address, out var health) ? health.State : PathState.Healthy;
}

/// <summary>What this silo knows of the regions' ways in.</summary>
public interface IEdge
{
    /// <summary>The newest view of a region. Never waits.</summary>
    RegionEdge View(string region);
}
