using FleetSystem.FleetModel.Placement;

namespace FleetSystem.FleetModel.Grains;

/// <summary>One fleet in one region: which of the region's clusters is asked, in which order. Its key is <c>region/fleet</c>.</summary>
[Alias("fleet.IFleetGrain")]
public interface IFleetGrain : IGrainWithStringKey
{
    /// <summary>Claims a server in the first cluster of the region that has one.</summary>
    [Alias("Claim"), ResponseTimeout(GrainTimeouts.Allocation)]
    Task<ClaimOutcome> Claim(ServerClaim claim);

    /// <summary>From its answer on, clusters are asked as they stand here; an older set than the one known changes nothing.</summary>
    [Alias("SetClusters")]
    Task SetClusters(RegionClusters clusters);

    /// <summary>The server that a session's incarnation has claimed in one of the region's clusters.</summary>
    [Alias("Find"), ResponseTimeout(GrainTimeouts.Allocation)]
    Task<ClaimOutcome> Find(string session, int incarnation);
}

/// <summary>Keys of <see cref="IFleetGrain"/>.</summary>
public static class FleetGrainKey
{
    /// <summary>The key of a fleet in a region.</summary>
    public static string Of(string region, string fleet) => $"{region}/{fleet}";

    /// <summary>Region and fleet of a key.</summary>
    public static (string Region, string Fleet) Parse(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return (key[..slash], key[(slash + 1)..]);
    }
}
