using FleetSystem.FleetModel.Clusters;

namespace FleetSystem.FleetManager.Clusters;

/// <summary>Whether a claimed server may be handed out after all: judged anew, since what is known may have changed after the order was posted. Pure.</summary>
internal static class ServerFitness
{
    /// <summary>Why not, or null.</summary>
    public static string? WhyNot(ClusterState state, GameServerSnapshot server, IReadOnlyList<string> excludedZones)
    {
        if (state.JudgementOf(server.Node) is { Action: not NodeAction.Ignore } verdict) return $"server {server.Name} stands on node {server.Node}, which {verdict.Reason}";
        var zone = ZoneOf(state, server);
        if (excludedZones.Contains(zone)) return $"server {server.Name} stands in zone {zone}, which takes no sessions";

        // Its zone may be one of those: then no guess is made.
        return zone.Length == 0 && excludedZones.Count > 0 && !state.Knows(server.Node) ? $"the zone of server {server.Name} is not known" : null;
    }

    /// <summary>A server's zone: its node's, or what its own label says; empty when neither is known.</summary>
    public static string ZoneOf(ClusterState state, GameServerSnapshot server) => state.ZoneOf(server.Node) is { Length: > 0 } zone ? zone : server.ZoneLabel;
}
