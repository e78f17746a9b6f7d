using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Grains;

namespace FleetSystem.FleetManager.Clusters;

/// <summary>
/// Gives back Allocated servers that bear a session's label but whose session does not claim them: answers that were lost, sessions that
/// ended while the cluster was away (field notes, point 2). Servers without our label are somebody else's and stay.
/// </summary>
internal sealed partial class OrphanReconciler(
    string cluster, IAgonesCluster agones, ClusterState state, IGrainFactory grains, TimeSpan grace, TimeProvider time, ILogger<OrphanReconciler> log)
{
    // Sessions asked in one run; the rest has its turn in the next.
    private const int MaxQuestions = 2_000;

    private readonly Dictionary<string, DateTimeOffset> _unclaimedSince = new(StringComparer.Ordinal);

    /// <summary>One look at all servers. Called again and again, from the owner of the state.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!state.Synced || state.LostSources.Count > 0) return;
        var suspects = state.Servers.Where(server => server is { State: GameServerState.Allocated, Session: not null, Deleting: false }).Take(MaxQuestions).ToList();
        foreach (var server in suspects)
        {
            if (await grains.GetGrain<ISessionGrain>(server.Session!).Claims(cluster, server.Name, server.Incarnation))
            {
                _unclaimedSince.Remove(server.Name);
                continue;
            }

            var now = time.GetUtcNow();
            if (!_unclaimedSince.TryAdd(server.Name, now) && now - _unclaimedSince[server.Name] >= grace) await GiveBackAsync(server, cancellationToken);
        }

        foreach (var gone in _unclaimedSince.Keys.Where(name => state.Find(name) is not { State: GameServerState.Allocated }).ToList()) _unclaimedSince.Remove(gone);
    }

    private async Task GiveBackAsync(GameServerSnapshot server, CancellationToken cancellationToken)
    {
        try
        {
            if (await agones.DeleteAsync(server.Name, server.Uid, cancellationToken)) LogGivenBack(log, server.Name, cluster, server.Session!, server.Incarnation);
        }
        catch (ClusterUnreachableException fault)
        {
            LogGiveBackFailed(log, server.Name, cluster, fault.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Server {GameServerName} of cluster {ClusterId} was allocated for session {SessionId}, incarnation {Incarnation}, which does not claim it: given back")]
    private static partial void LogGivenBack(ILogger logger, string gameServerName, string clusterId, string sessionId, int incarnation);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Unclaimed server {GameServerName} of cluster {ClusterId} could not be given back and will be tried again: {Reason}")]
    private static partial void LogGiveBackFailed(ILogger logger, string gameServerName, string clusterId, string reason);
}
