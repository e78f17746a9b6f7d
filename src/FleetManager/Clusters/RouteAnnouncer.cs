using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Routing;

namespace FleetSystem.FleetManager.Clusters;

/// <summary>
/// Tells Allocated servers by an annotation when their region's routes are ordered anew, so that they can tell players who have no event feed.
/// It writes only after a change: new sessions get the order with their connections. One that is not written yet when the next change comes
/// gets the newest.
/// </summary>
internal sealed partial class RouteAnnouncer(
    string cluster, string region, IAgonesCluster agones, ClusterState state, IEdge edge, IReadOnlyList<FleetOptions> fleets, int batch, ILogger<RouteAnnouncer> log)
{
    // By fleet: what was announced last. Before the first change that is what routes are when nothing is wrong.
    private readonly Dictionary<string, string> _announced = fleets.ToDictionary(fleet => fleet.Id, fleet => RouteAnnouncement.Text(new RegionEdge { Region = region }, fleet.RouteOrder), StringComparer.Ordinal);

    // No more than the cluster has Allocated servers, each once.
    private readonly Queue<(string Server, string Fleet)> _due = new();
    private readonly HashSet<string> _queued = new(StringComparer.Ordinal);
    private long _version = -1;

    /// <summary>Tells some of the servers that are to be told. Called again and again, one call at a time, from the owner of the state.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!state.Synced) return;
        Plan();
        var next = new List<(string Server, string Fleet)>(batch);
        while (next.Count < batch && _due.TryDequeue(out var due))
        {
            _queued.Remove(due.Server);
            if (state.Find(due.Server) is { State: GameServerState.Allocated, IsGone: false }) next.Add(due);
        }

        await Task.WhenAll(next.Select(due => TellAsync(due.Server, due.Fleet, cancellationToken)));
    }

    private void Plan()
    {
        if (edge.Version == _version) return;
        _version = edge.Version;
        var view = edge.View(region);
        foreach (var fleet in fleets)
        {
            var text = RouteAnnouncement.Text(view.Over(fleet.Protocol), fleet.RouteOrder);
            if (_announced[fleet.Id] == text) continue;
            _announced[fleet.Id] = text;
            var servers = state.Allocated(fleet.NamesInAgones);
            foreach (var server in servers) Enqueue(server, fleet.Id);
            LogAnnounced(log, region, cluster, fleet.Id, servers.Count, text);
        }
    }

    private void Enqueue(string server, string fleet)
    {
        if (_queued.Add(server)) _due.Enqueue((server, fleet));
    }

    private async Task TellAsync(string server, string fleet, CancellationToken cancellationToken)
    {
        try
        {
            if (await agones.ReadAsync(server, cancellationToken) is not { } read) return;
            var text = _announced[fleet];
            if (read.Status.Annotations.GetValueOrDefault(AgonesKeys.Routes) == text) return;
            if (!await agones.ChangeAsync(read, new ServerChange.Edit { Annotations = new Dictionary<string, string?> { [AgonesKeys.Routes] = text } }, cancellationToken)) Enqueue(server, fleet);
        }
        catch (ClusterUnreachableException fault)
        {
            LogNotTold(log, server, cluster, fault.Message);
            Enqueue(server, fleet);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Region {RegionId}: the order of routes is told to {Servers} servers of fleet {FleetId} in cluster {ClusterId}: {Routes}")]
    private static partial void LogAnnounced(ILogger logger, string regionId, string clusterId, string fleetId, int servers, string routes);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Server {GameServerName} of cluster {ClusterId} could not be told of its routes and will be tried again: {Reason}")]
    private static partial void LogNotTold(ILogger logger, string gameServerName, string clusterId, string reason);
}
