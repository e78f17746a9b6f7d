namespace FleetSystem.Matchmaker.Api;

/// <summary>Regions of other cells that a request may name.</summary>
/// <param name="Zones">Their zones, by region.</param>
/// <param name="AreAll">Whether there are no others. Otherwise a name that is not known may be one that a cell has not told yet, and is no fault.</param>
internal sealed record OtherRegions(IReadOnlyDictionary<string, IReadOnlyList<string>> Zones, bool AreAll)
{
    // As of a Kubernetes name.
    private const int MaxNameLength = 63;

    /// <summary>There are no other cells.</summary>
    public static OtherRegions None { get; } = new(new Dictionary<string, IReadOnlyList<string>>(), AreAll: true);

    /// <summary>Whoever sent the request has checked its names.</summary>
    public static OtherRegions Any { get; } = new(new Dictionary<string, IReadOnlyList<string>>(), AreAll: false);

    /// <summary>Whether there is such a region, or may be.</summary>
    public bool Has(string region) => Zones.ContainsKey(region) || (!AreAll && region.Length is > 0 and <= MaxNameLength);

    /// <summary>Whether there is such a zone, or may be: in a region, or in any.</summary>
    public bool HasZone(string? region, string zone) =>
        Zones.Any(pair => (region is null || pair.Key == region) && pair.Value.Contains(zone)) || (!AreAll && zone.Length is > 0 and <= MaxNameLength);
}
