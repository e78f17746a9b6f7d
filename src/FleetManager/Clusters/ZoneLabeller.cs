using FleetSystem.FleetModel.Clusters;

namespace FleetSystem.FleetManager.Clusters;

/// <summary>Gives Ready servers the labels of their zone and node, once: Agones puts none on them, and selectors need them (field notes, point 1).</summary>
internal sealed partial class ZoneLabeller(string cluster, IAgonesCluster agones, ClusterState state, int concurrency, ILogger<ZoneLabeller> log)
{
    // Labelled, but the watch has not shown it yet.
    private readonly HashSet<string> _done = new(StringComparer.Ordinal);

    /// <summary>Labels some of the servers that lack labels. Called again and again, one call at a time, from the owner of the state.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        _done.RemoveWhere(name => state.Find(name) is not { ZoneLabel: "" });

        // Those done still lack their labels in the state: ask for as many more.
        var due = state.Unlabelled(concurrency + _done.Count).Where(pair => !_done.Contains(pair.Server.Name)).Take(concurrency).ToList();
        await Task.WhenAll(due.Select(pair => LabelAsync(pair.Server, pair.Zone, cancellationToken)));
    }

    private async Task LabelAsync(GameServerSnapshot server, string zone, CancellationToken cancellationToken)
    {
        try
        {
            await agones.LabelAsync(server.Name, new Dictionary<string, string> { [AgonesKeys.Zone] = zone, [AgonesKeys.Node] = server.Node }, cancellationToken);
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
