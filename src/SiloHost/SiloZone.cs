using Orleans.Runtime.MembershipService.SiloMetadata;

namespace FleetSystem.SiloHost;

/// <summary>The zone of a silo, as the others know it: placement may prefer the caller's.</summary>
public static class SiloZone
{
    /// <summary>Key of the zone in the silo's metadata, for placement filters.</summary>
    public const string Key = "zone";

    /// <summary>Tells the other silos this one's zone.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="zone">The zone, or empty when it is not known.</param>
    public static ISiloBuilder UseSiloZone(this ISiloBuilder silo, string zone) =>
        silo.UseSiloMetadata(zone.Length == 0 ? [] : new Dictionary<string, string> { [Key] = zone });
}
