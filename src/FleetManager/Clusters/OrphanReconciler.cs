using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Grains;

namespace FleetSystem.FleetManager.Clusters;

/// <summary>
/// Gives back Allocated servers that bear a session's label but whose session does not claim them: answers that were lost, sessions that
/// ended while the cluster was away (field notes, point 2). Of a server that hosts several sessions it is that session's place alone. Servers
/// without our label are somebody else's and stay.
/// </summary>
internal sealed partial class OrphanReconciler(
    string cluster, IAgonesCluster agones, SharedServers shared, ClusterState state, IGrainFactory grains, TimeSpan grace, TimeProvider time, ILogger<OrphanReconciler> log)
{
    // Sessions asked in one run; the rest has its turn in the next.
    internal const int MaxQuestions = 2_000;

    private readonly Dictionary<(string Server, string Session, int Incarnation), DateTimeOffset> _unclaimedSince = [];
    private (string Server, string Session) _lastAsked = ("", "");

    /// <summary>Servers' sessions that no session claims, for now.</summary>
    public int Unclaimed => _unclaimedSince.Count;

    /// <summary>One look at all servers. Called again and again, from the owner of the state.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!state.Synced || state.LostSources.Count > 0) return;
        foreach (var (server, session) in NextSuspects())
        {
            var key = Key(server, session);
            if (await IsClaimedAsync(server, session))
            {
                _unclaimedSince.Remove(key);
                continue;
            }

            var now = time.GetUtcNow();
            if (!_unclaimedSince.TryAdd(key, now) && now - _unclaimedSince[key] >= grace) await GiveBackAsync(server, session, cancellationToken);
        }

        foreach (var gone in _unclaimedSince.Keys.Where(key => state.Find(key.Server) is not { State: GameServerState.Allocated } server || server.Sessions.Find(key.Session, key.Incarnation) is null).ToList()) _unclaimedSince.Remove(gone);
    }

    /// <summary>The sessions whose turn it is, in the order of their servers' names and their own, going on where the last run stopped.</summary>
    private List<(GameServerSnapshot Server, SessionTag Session)> NextSuspects()
    {
        var all = state.Servers.Where(server => server is { State: GameServerState.Allocated, Deleting: false })
            .SelectMany(server => server.Sessions.Select(session => (Server: server, Session: session)))
            .OrderBy(suspect => suspect.Server.Name, StringComparer.Ordinal).ThenBy(suspect => suspect.Session.Session, StringComparer.Ordinal).ToList();
        var start = all.FindIndex(suspect => IsAfter(suspect, _lastAsked));
        var turn = (start <= 0 ? all : all.Skip(start).Concat(all.Take(start))).Take(MaxQuestions).ToList();
        if (turn.Count > 0) _lastAsked = (turn[^1].Server.Name, turn[^1].Session.Session);
        return turn;

        static bool IsAfter((GameServerSnapshot Server, SessionTag Session) suspect, (string Server, string Session) last)
        {
            var order = string.CompareOrdinal(suspect.Server.Name, last.Server);
            return order > 0 || (order == 0 && string.CompareOrdinal(suspect.Session.Session, last.Session) > 0);
        }
    }

    private async Task<bool> IsClaimedAsync(GameServerSnapshot server, SessionTag session)
    {
        try
        {
            return await grains.GetGrain<ISessionGrain>(session.Session).Claims(cluster, server.Name, session.Incarnation);
        }
        catch (Exception fault)
        {
            // A session that cannot say so may claim it; the others must not wait for it.
            LogAskFailed(log, session.Session, server.Name, cluster, fault);
            return true;
        }
    }

    private static (string Server, string Session, int Incarnation) Key(GameServerSnapshot server, SessionTag session) => (server.Name, session.Session, session.Incarnation);

    private async Task GiveBackAsync(GameServerSnapshot server, SessionTag session, CancellationToken cancellationToken)
    {
        try
        {
            var givenBack = session.Shared
                ? await shared.ReleaseAsync(server.Name, session.Session, session.Incarnation, cancellationToken)
                : await agones.DeleteAsync(server.Name, server.Uid, cancellationToken);
            if (givenBack) LogGivenBack(log, server.Name, cluster, session.Session, session.Incarnation);
        }
        catch (ClusterUnreachableException fault)
        {
            LogGiveBackFailed(log, server.Name, cluster, fault.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Server {GameServerName} of cluster {ClusterId} was allocated for session {SessionId}, incarnation {Incarnation}, which does not claim it: given back")]
    private static partial void LogGivenBack(ILogger logger, string gameServerName, string clusterId, string sessionId, int incarnation);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {SessionId} could not say whether it claims server {GameServerName} of cluster {ClusterId}; it is asked again")]
    private static partial void LogAskFailed(ILogger logger, string sessionId, string gameServerName, string clusterId, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Unclaimed server {GameServerName} of cluster {ClusterId} could not be given back and will be tried again: {Reason}")]
    private static partial void LogGiveBackFailed(ILogger logger, string gameServerName, string clusterId, string reason);
}
