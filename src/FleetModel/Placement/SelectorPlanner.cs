using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;

namespace FleetSystem.FleetModel.Placement;

/// <summary>
/// Turns a preference of zones into the ordered selectors of a GameServerAllocation. Agones takes the first selector that matches, so the
/// order of zones dominates its packing, and packing still works within a zone.
/// </summary>
public static class SelectorPlanner
{
    /// <summary>Plans the selectors.</summary>
    /// <param name="agonesFleets">The Agones Fleets that the fleet consists of, first choice first.</param>
    /// <param name="preferredZone">The zone that comes first, or null.</param>
    /// <param name="zones">Zones of the region with the servers free in each.</param>
    /// <param name="deadNodes">Nodes whose servers must not be handed out; Agones itself would (field notes, trap 1).</param>
    public static IReadOnlyList<ServerSelector> Plan(
        IReadOnlyList<string> agonesFleets, string? preferredZone, IReadOnlyCollection<(string Zone, int Ready)> zones, IReadOnlyList<string> deadNodes)
    {
        IReadOnlyList<LabelRequirement> exclusions = deadNodes.Count == 0 ? [] : [LabelRequirement.NotIn(AgonesKeys.Node, deadNodes)];
        var inZones = zones
            .OrderByDescending(zone => zone.Zone == preferredZone).ThenByDescending(zone => zone.Ready).ThenBy(zone => zone.Zone, StringComparer.Ordinal)
            .SelectMany(zone => agonesFleets.Select(fleet => new ServerSelector(
                new Dictionary<string, string> { [AgonesKeys.Fleet] = fleet, [AgonesKeys.Zone] = zone.Zone }, exclusions)));

        // Last, any server of the fleet: one that was Ready a moment ago has no zone label yet.
        var anywhere = agonesFleets.Select(fleet => new ServerSelector(new Dictionary<string, string> { [AgonesKeys.Fleet] = fleet }, exclusions));
        return [.. inZones, .. anywhere];
    }
}
