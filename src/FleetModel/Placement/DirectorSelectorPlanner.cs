using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;

namespace FleetSystem.FleetModel.Placement;

/// <summary>
/// Adds to a director's selectors what Agones does not know: the preferred zone, and the nodes and zones that must not be given players. The
/// director's order dominates; within each of its selectors the preferred zone comes first. No server matches that did not match before.
/// </summary>
public static class DirectorSelectorPlanner
{
    /// <summary>Plans the selectors.</summary>
    /// <param name="asked">The director's selectors, first choice first; none stands for any server of the namespace, as with Agones.</param>
    /// <param name="preferredZone">The zone that comes first, or null to leave zones to Agones' packing.</param>
    /// <param name="excludedNodes">Nodes whose servers must not be handed out; Agones itself would (field notes, trap 1).</param>
    /// <param name="excludedZones">Zones that take no new players.</param>
    public static IReadOnlyList<ServerSelector> Plan(
        IReadOnlyList<ServerSelector> asked, string? preferredZone, IReadOnlyList<string> excludedNodes, IReadOnlyList<string> excludedZones)
    {
        List<LabelRequirement> exclusions = [];
        if (excludedNodes.Count > 0) exclusions.Add(LabelRequirement.NotIn(AgonesKeys.Node, excludedNodes));
        if (excludedZones.Count > 0) exclusions.Add(LabelRequirement.NotIn(AgonesKeys.Zone, excludedZones));
        var planned = new List<ServerSelector>();
        foreach (var selector in asked.Count > 0 ? asked : [new ServerSelector(new Dictionary<string, string>(), [])])
        {
            var guarded = Guard(selector, exclusions);
            if (preferredZone is not null && !excludedZones.Contains(preferredZone) && !guarded.MatchLabels.ContainsKey(AgonesKeys.Zone))
                planned.Add(guarded with { MatchLabels = new Dictionary<string, string>(guarded.MatchLabels) { [AgonesKeys.Zone] = preferredZone } });
            planned.Add(guarded);
        }

        return planned;
    }

    private static ServerSelector Guard(ServerSelector selector, List<LabelRequirement> exclusions)
    {
        // A selector of Allocated servers means the director's own: a session's server is not shared unless it is asked for by the session's label.
        var sessions = selector.State == GameServerState.Allocated
            && !selector.MatchLabels.ContainsKey(AgonesKeys.Session) && selector.MatchExpressions.All(requirement => requirement.Key != AgonesKeys.Session);
        return sessions || exclusions.Count > 0
            ? selector with { MatchExpressions = [.. selector.MatchExpressions, .. exclusions, .. sessions ? [LabelRequirement.DoesNotExist(AgonesKeys.Session)] : Array.Empty<LabelRequirement>()] }
            : selector;
    }
}
