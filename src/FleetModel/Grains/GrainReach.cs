namespace FleetSystem.FleetModel.Grains;

/// <summary>Finds grains that another kind of host runs.</summary>
public static class GrainReach
{
    /// <summary>
    /// A reference to a grain. Orleans makes none to an interface that no silo it knows of implements, which is so at the start, until the silos have met, and after the
    /// last silo of the other kind has gone: that passes, and is told as what it is.
    /// </summary>
    /// <typeparam name="T">The grain's interface.</typeparam>
    /// <param name="grains">Orleans.</param>
    /// <param name="key">The grain's key.</param>
    /// <exception cref="SiloUnavailableException">No silo runs such grains now.</exception>
    public static T Reach<T>(this IGrainFactory grains, string key) where T : IGrainWithStringKey
    {
        try
        {
            return grains.GetGrain<T>(key);
        }
        catch (ArgumentException fault)
        {
            throw new SiloUnavailableException($"No silo that runs {typeof(T).Name} has joined.", fault);
        }
    }
}
