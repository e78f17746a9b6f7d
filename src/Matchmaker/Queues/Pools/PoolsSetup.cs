namespace FleetSystem.Matchmaker.Queues.Pools;

/// <summary>Adds what pools need.</summary>
internal static class PoolsSetup
{
    public static IServiceCollection AddMatchPools(this IServiceCollection services)
    {
        services.AddPlacementDirector<PoolPlacement, PoolPlacementDirector>();
        return services.AddSingleton<PassThreads>();
    }
}
