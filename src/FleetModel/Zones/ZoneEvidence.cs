using FleetSystem.FleetModel.Clusters;

namespace FleetSystem.FleetModel.Zones;

/// <summary>
/// Gathers in one cluster what tells a zone's health: counts what fails within a window, and reads the rest from the cluster's state. One owner
/// calls it, from one thread at a time.
/// </summary>
/// <param name="zones">The zones of the cluster's region; what happens elsewhere is not counted.</param>
/// <param name="window">How far back failures count.</param>
public sealed class ZoneEvidence(IReadOnlyList<string> zones, TimeSpan window)
{
    private readonly Dictionary<string, Counts> _counts = zones.ToDictionary(zone => zone, _ => new Counts(window), StringComparer.Ordinal);

    // A node that has never been Ready is on its way up: many of them are a zone that grows, not one that fails.
    private readonly HashSet<string> _everReady = new(StringComparer.Ordinal);

    /// <summary>Takes in a change of the cluster, before its state does. What happens on a dead node is the node's failure and counted as that.</summary>
    public void Observe(ClusterState before, ClusterChange change, DateTimeOffset now)
    {
        var lost = change switch
        {
            ClusterChange.GameServerChanged({ State: GameServerState.Unhealthy or GameServerState.Error } item) => Running(before, item.Name, item.Uid),
            ClusterChange.GameServerDeleted(var name, var uid) => Running(before, name, uid),
            _ => null,
        };
        if (lost is not null && Of(before.ZoneOf(lost.Node)) is { } counts) counts.ServersLost.Add(now);
    }

    /// <summary>An allocation was tried: in the zone that served it, or, when it failed, in the one that should have.</summary>
    public void Claimed(string zone, bool failed, DateTimeOffset now)
    {
        if (Of(zone) is not { } counts) return;
        counts.Claims.Add(now);
        if (failed) counts.ClaimsFailed.Add(now);
    }

    /// <summary>A server that was claimed in a zone did not take its session up.</summary>
    public void NotTakenUp(string zone, DateTimeOffset now) => Of(zone)?.ClaimsFailed.Add(now);

    /// <summary>What is seen of every zone.</summary>
    public IReadOnlyList<ZoneSignals> Signals(ClusterState state, DateTimeOffset now)
    {
        var nodes = NodesByZone(state);
        var servers = state.Capacity().GroupBy(capacity => capacity.Zone).ToDictionary(group => group.Key, group => group.Sum(capacity => capacity.Ready + capacity.Allocated));
        return [.. zones.Select(zone => new ZoneSignals(
            zone,
            nodes.GetValueOrDefault(zone).All,
            nodes.GetValueOrDefault(zone).Down,
            servers.GetValueOrDefault(zone),
            _counts[zone].ServersLost.Count(now),
            _counts[zone].Claims.Count(now),
            _counts[zone].ClaimsFailed.Count(now)))];
    }

    private Dictionary<string, (int All, int Down)> NodesByZone(ClusterState state)
    {
        var counts = new Dictionary<string, (int All, int Down)>(StringComparer.Ordinal);
        var ready = state.Nodes.Where(node => node.Ready).Select(node => node.Name).ToHashSet(StringComparer.Ordinal);
        _everReady.RemoveWhere(node => !state.Knows(node));
        _everReady.UnionWith(ready);
        var inUse = state.Servers.Where(server => server.Node.Length > 0).Select(server => server.Node).ToHashSet(StringComparer.Ordinal);
        foreach (var node in _everReady.Union(inUse))
        {
            var (all, down) = counts.GetValueOrDefault(state.ZoneOf(node));
            counts[state.ZoneOf(node)] = (all + 1, ready.Contains(node) ? down : down + 1);
        }

        return counts;
    }

    private static GameServerSnapshot? Running(ClusterState state, string name, string uid) =>
        state.Find(name) is { State: GameServerState.Ready or GameServerState.Allocated or GameServerState.Reserved, Deleting: false } server
            && (uid.Length == 0 || server.Uid == uid) && !state.IsDead(server.Node) ? server : null;

    private Counts? Of(string zone) => _counts.GetValueOrDefault(zone);

    private sealed class Counts(TimeSpan window)
    {
        public SlidingCount ServersLost { get; } = new(window);

        public SlidingCount Claims { get; } = new(window);

        public SlidingCount ClaimsFailed { get; } = new(window);
    }
}
