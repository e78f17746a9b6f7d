using System.Collections.Frozen;
using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.FleetModel.Routing;

/// <summary>A region's ways in as a silo knows them right now. Immutable: planning reads one and never waits.</summary>
public sealed record RegionEdge
{
    /// <summary>The region.</summary>
    public required string Region { get; init; }

    /// <summary>The accelerator's mapping, or null while there is none.</summary>
    public AcceleratorMapping? Accelerator { get; init; }

    /// <summary>The destinations that the accelerator lets players through to, or null where it lets them through to all.</summary>
    public AcceleratorOpenings? Openings { get; init; }

    /// <summary>The NLB's address or name, or null when the region has none.</summary>
    public string? LoadBalancerAddress { get; init; }

    /// <summary>The NLB's port.</summary>
    public int LoadBalancerPort { get; init; }

    /// <summary>Health by kind, that of its best address; a kind that is missing is taken for healthy.</summary>
    public FrozenDictionary<RouteKind, PathHealth> Paths { get; init; } = FrozenDictionary<RouteKind, PathHealth>.Empty;

    /// <summary>Health of the accelerator's static addresses; one that is missing is taken for healthy.</summary>
    public FrozenDictionary<string, PathHealth> AcceleratorAddresses { get; init; } = FrozenDictionary<string, PathHealth>.Empty;

    /// <summary>Health by kind over TCP, where that is probed; games that speak TCP go by it.</summary>
    public FrozenDictionary<RouteKind, PathHealth> TcpPaths { get; init; } = FrozenDictionary<RouteKind, PathHealth>.Empty;

    /// <summary>Health of the accelerator's static addresses over TCP.</summary>
    public FrozenDictionary<string, PathHealth> TcpAcceleratorAddresses { get; init; } = FrozenDictionary<string, PathHealth>.Empty;

    /// <summary>The kind that operators want first until it expires, or null. Whoever keeps the view takes it out when it has expired.</summary>
    public ForcedRoute? Forced { get; init; }

    /// <summary>What players report, by kind; a kind of which nothing is reported is missing.</summary>
    public FrozenDictionary<RouteKind, PathVerdict> Reported { get; init; } = FrozenDictionary<RouteKind, PathVerdict>.Empty;

    /// <summary>State of a kind of path: that of its probes; where they find nothing, players in agreement make it degraded, and never down.</summary>
    public PathState StateOf(RouteKind kind) =>
        Paths.TryGetValue(kind, out var health) && health.State != PathState.Healthy ? health.State
        : Reported.TryGetValue(kind, out var verdict) && verdict.IsSuspected ? PathState.Degraded
        : PathState.Healthy;

    /// <summary>State of one of the accelerator's static addresses.</summary>
    public PathState StateOfAccelerator(string address) => AcceleratorAddresses.TryGetValue(address, out var health) ? health.State : PathState.Healthy;

    /// <summary>The view as games of a protocol go by it: over TCP where that is probed, otherwise as over UDP.</summary>
    public RegionEdge Over(GameProtocol protocol) =>
        protocol == GameProtocol.Tcp && TcpPaths.Count > 0 ? this with { Paths = TcpPaths, AcceleratorAddresses = TcpAcceleratorAddresses } : this;

    /// <summary>Whether every plan made with another view is the same as with this one.</summary>
    public bool LeadsAs(RegionEdge other) =>
        LeadsAsOverOneProtocol(other) && (TcpPaths.Count + other.TcpPaths.Count == 0 || Over(GameProtocol.Tcp).LeadsAsOverOneProtocol(other.Over(GameProtocol.Tcp)));

    private bool LeadsAsOverOneProtocol(RegionEdge other)
    {
        if (!ReferenceEquals(Accelerator, other.Accelerator) || !ReferenceEquals(Openings, other.Openings) || Forced?.Kind != other.Forced?.Kind || (LoadBalancerAddress, LoadBalancerPort) != (other.LoadBalancerAddress, other.LoadBalancerPort)) return false;
        for (var kind = RouteKind.Accelerator; kind <= RouteKind.Direct; kind++)
        {
            if (StateOf(kind) != other.StateOf(kind)) return false;
        }

        foreach (var address in Accelerator?.Addresses ?? [])
        {
            if (StateOfAccelerator(address) != other.StateOfAccelerator(address)) return false;
        }

        return true;
    }
}

/// <summary>What this silo knows of the regions' ways in.</summary>
public interface IEdge
{
    /// <summary>The newest view of a region. Never waits.</summary>
    RegionEdge View(string region);

    /// <summary>Counts the changes by which a region's routes may be ordered anew.</summary>
    long Version { get; }

    /// <summary>Waits until the count is another one.</summary>
    /// <param name="known">The count that the caller has acted on.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    Task ChangedAsync(long known, CancellationToken cancellationToken);
}
