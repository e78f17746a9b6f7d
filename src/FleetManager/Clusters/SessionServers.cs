using FleetSystem.FleetModel.Clusters;

namespace FleetSystem.FleetManager.Clusters;

/// <summary>What passes between a session and the server that it plays on: attributes for the game one way, the players who are in the other.</summary>
internal sealed partial class SessionServers(string cluster, ServerEditor editor, ClusterCalls calls, IAgonesCluster agones, ILogger<SessionServers> log)
{
    // The session's players can join without it; the game only learns their teams later.
    private static readonly TimeSpan ReadPatience = TimeSpan.FromSeconds(30);

    /// <summary>Gives a session's server other attributes.</summary>
    /// <returns>False when it does not bear the session any more.</returns>
    /// <exception cref="ClusterUnreachableException">The cluster could not be asked, or others were faster again and again.</exception>
    public Task<bool> SetGameDataAsync(string gameServer, string session, int incarnation, string gameData, CancellationToken stopping) =>
        editor.ChangeAsync(
            gameServer,
            server => server.Server.Sessions.Find(session, incarnation) is not { } tag ? null
                : new ServerChange.Edit { Annotations = new Dictionary<string, string?> { [tag.Shared ? AgonesKeys.SharedGameData(session) : AgonesKeys.GameData] = gameData } },
            stopping);

    /// <summary>The players who are connected to a server, or null when its fleet keeps no list of them.</summary>
    /// <param name="gameServer">Its name.</param>
    /// <param name="stopping">Ends it.</param>
    /// <returns>Whether the server could be asked, and the list.</returns>
    public async Task<(bool IsKnown, IReadOnlyList<string>? Players)> ReadPlayersAsync(string gameServer, CancellationToken stopping)
    {
        var (read, reason) = await calls.ReadAsync(async token => new Reading(await agones.ReadAsync(gameServer, token)), ReadPatience, stopping);
        if (read is null) LogNotRead(log, gameServer, cluster, reason);
        return (read?.Server is not null, read?.Server?.Status.Lists.GetValueOrDefault(BackfillMark.PlayersList)?.Values);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The players of server {GameServerName} of cluster {ClusterId}, which asks for more, could not be read; it asks again: {Reason}")]
    private static partial void LogNotRead(ILogger logger, string gameServerName, string clusterId, string reason);

    private sealed record Reading(ServerDetail? Server);
}
