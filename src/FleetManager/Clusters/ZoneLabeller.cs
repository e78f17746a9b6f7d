using FleetSystem.FleetModel.Clusters;

namespace FleetSystem.FleetManager.Clusters;

/// <summary>
/// Gives Ready servers the labels of their zone and node, once: Agones puts none on them, and selectors need them (field notes, point 1).
/// A zone label that the fleet's template carries stays as it is; a node's name no template can carry.
/// </summary>
internal sealed partial class ZoneLabeller(string cluster, IAgonesCluster agones, ClusterState state, int batch, ILogger<ZoneLabeller> log)
{
    // Labelled, but the watch has not shown it yet.
    private readonly HashSet<string> _done = new(StringComparer.Ordinal);

    /// <summary>Labels some of the servers that lack labels. Called again and again, one call at a time, from the owner of the state.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _done.RemoveWhere(name => state.Find(name) is not { LacksLabels: true });

        // Those done still lack their labels in the state: ask for as many more.
        var due = state.Unlabelled(batch + _done.Count).Where(pair => !_done.Contains(pair.Server.Name)).Take(batch).ToList();
        await Task.WhenAll(due.Select(pair => LabelAsync(pair.Server, pair.Zone, cancellationToken)));
    }

    private async Task LabelAsync(GameServerSnapshot server, string zone, CancellationToken cancellationToken)
    {
        try
        {
            var labels = new Dictionary<string, string> { [AgonesKeys.Node] = server.Node };
            if (server.ZoneLabel.Length == 0) labels[AgonesKeys.Zone] = zone;
            await agones.LabelAsync(server.Name, labels, cancellationToken);
            _done.Add(server.Name);
        }
        catch (ClusterUnreachableException fault)
        {
            LogLabelFailed(log, server.Name, cluster, fault.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Server {GameServerName} of cluster {ClusterId} could not be labelled and will be tried again: {Reason}")]
    private static partial void LogLabelFailed(ILogger logger, string gameServerName, string clusterId, string reason);
}
