using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.FleetModel.Configuration;

namespace FleetSystem.FleetModel.Placement;

/// <summary>A zone as a claim finds it.</summary>
/// <param name="Zone">The zone.</param>
/// <param name="Ready">Servers of the fleet that are free in it.</param>
/// <param name="Allocated">Servers of the fleet that are claimed in it, or about to be.</param>
/// <param name="IsExcluded">Whether it takes no session of this claim: it is evacuated.</param>
public sealed record ZoneRoom(string Zone, int Ready, int Allocated = 0, bool IsExcluded = false);

/// <summary>What a claim wants of zones.</summary>
/// <param name="Policy">What the preferred zone means.</param>
/// <param name="PreferredZone">The zone preferred, or null.</param>
/// <param name="MaxZoneShare">Under <see cref="ZonePolicy.Spread"/>: the largest share of the fleet's allocated servers in one zone.</param>
public sealed record ZoneRule(ZonePolicy Policy, string? PreferredZone, double MaxZoneShare = 1)
{
    /// <summary>Whether no zone but the preferred one may be served.</summary>
    public bool IsStrict => Policy == ZonePolicy.Require && PreferredZone is not null;
}

/// <summary>
/// Turns what a claim wants of zones into the ordered selectors of a GameServerAllocation. Agones takes the first selector that matches, so
/// the order of zones dominates its packing, and packing still works within a zone.
/// </summary>
public static class SelectorPlanner
{
    // Shares are quotients of small numbers: this is far below the smallest difference of two.
    private const double Rounding = 1e-9;

    /// <summary>
    /// The zones that may be served, best first: the preferred one, then by free servers. Under <see cref="ZonePolicy.Spread"/> zones that
    /// would exceed their share come last, the emptiest of them first: they serve only while no other has room.
    /// </summary>
    public static IReadOnlyList<ZoneRoom> Order(ZoneRule rule, IReadOnlyCollection<ZoneRoom> zones)
    {
        var total = zones.Sum(zone => zone.Allocated);
        return [.. zones
            .Where(zone => !zone.IsExcluded && (!rule.IsStrict || zone.Zone == rule.PreferredZone))
            .Select(zone => (Zone: zone, IsFull: rule.Policy == ZonePolicy.Spread && zone.Allocated + 1 > (rule.MaxZoneShare * (total + 1)) + Rounding))
            .OrderBy(pair => pair.IsFull)
            .ThenBy(pair => pair.IsFull ? pair.Zone.Allocated : 0)
            .ThenByDescending(pair => pair.Zone.Zone == rule.PreferredZone)
            .ThenByDescending(pair => pair.Zone.Ready)
            .ThenBy(pair => pair.Zone.Zone, StringComparer.Ordinal)
            .Select(pair => pair.Zone)];
    }

    /// <summary>
    /// Plans the selectors. None at all means that no server may be handed out: an allocation without selectors, which matches every server,
    /// must not be posted then.
    /// </summary>
    /// <param name="agonesFleets">The Agones Fleets that the fleet consists of, first choice first.</param>
    /// <param name="rule">What the claim wants of zones.</param>
    /// <param name="zones">Zones of the region.</param>
    /// <param name="excludedNodes">Nodes whose servers must not be handed out; Agones itself would (field notes, trap 1).</param>
    /// <param name="hasStrays">
    /// Whether servers without labels are known to stand on such a node or in an excluded zone. <c>NotIn</c> does not exclude servers that
    /// lack the label, so then only labelled ones are asked for.
    /// </param>
    public static IReadOnlyList<ServerSelector> Plan(
        IReadOnlyList<string> agonesFleets, ZoneRule rule, IReadOnlyCollection<ZoneRoom> zones, IReadOnlyList<string> excludedNodes, bool hasStrays)
    {
        var order = Order(rule, zones);
        IReadOnlyList<LabelRequirement> nodes = excludedNodes.Count == 0 ? [] : [LabelRequirement.NotIn(AgonesKeys.Node, excludedNodes)];
        var inZones = order.SelectMany(zone => agonesFleets.Select(fleet => new ServerSelector(
            new Dictionary<string, string> { [AgonesKeys.Fleet] = fleet, [AgonesKeys.Zone] = zone.Zone }, nodes)));
        if (rule.IsStrict || hasStrays || order.Count == 0) return [.. inZones];

        // Last, any server of the fleet: one that was Ready a moment ago has no zone label yet.
        IReadOnlyList<string> excluded = [.. zones.Where(zone => zone.IsExcluded).Select(zone => zone.Zone).Order(StringComparer.Ordinal)];
        IReadOnlyList<LabelRequirement> exclusions = excluded.Count == 0 ? nodes : [.. nodes, LabelRequirement.NotIn(AgonesKeys.Zone, excluded)];
        return [.. inZones, .. agonesFleets.Select(fleet => new ServerSelector(new Dictionary<string, string> { [AgonesKeys.Fleet] = fleet }, exclusions))];
    }
}
