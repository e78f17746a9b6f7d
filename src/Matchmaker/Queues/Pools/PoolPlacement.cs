using FleetSystem.FleetModel.Configuration;
using Microsoft.Extensions.Options;
using Orleans.Placement;
using Orleans.Runtime.Placement;

namespace FleetSystem.Matchmaker.Queues.Pools;

/// <summary>Pools of a queue side by side: each on the silo after the one before, and each queue's first on another.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class PoolPlacementAttribute() : PlacementAttribute(new PoolPlacement());

/// <inheritdoc cref="PoolPlacementAttribute"/>
[Serializable, GenerateSerializer, Immutable, SuppressReferenceTracking, Alias("fleet.PoolPlacement")]
internal sealed class PoolPlacement : PlacementStrategy;

/// <summary>Chooses a pool's silo by its place in the configuration: chance would put two of three on one.</summary>
internal sealed class PoolPlacementDirector(IOptions<FleetSystemOptions> system) : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        Array.Sort(silos);
        return Task.FromResult(silos[PlaceOf(target.GrainIdentity.Key.ToString()!) % silos.Length]);
    }

    private int PlaceOf(string key)
    {
        var pool = PoolKey.Parse(key);
        var queue = system.Value.Queues.Select(known => known.Id).ToList().IndexOf(pool.Queue);
        var region = system.Value.Regions.Select(known => known.Id).ToList().IndexOf(pool.Region);
        return Math.Max(0, queue) + (region < 0 ? system.Value.Regions.Count : region);
    }
}
