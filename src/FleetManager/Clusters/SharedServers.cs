using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Placement;

namespace FleetSystem.FleetManager.Clusters;

/// <summary>Places and routing tokens of servers that host several sessions.</summary>
internal sealed partial class SharedServers(
    string cluster, ServerEditor editor, ClusterState state, IEnumerable<FleetOptions> fleets, TimeProvider time, ILogger<SharedServers> log)
{
    // A session waits for it, and has other ways in.
    private static readonly TimeSpan TokensPatience = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, PackingOptions> _packings = fleets.Where(fleet => fleet.Packing is not null)
        .SelectMany(fleet => fleet.NamesInAgones.Select(name => (Name: name, Packing: fleet.Packing!)))
        .DistinctBy(pair => pair.Name).ToDictionary(pair => pair.Name, pair => pair.Packing, StringComparer.Ordinal);

    /// <summary>Whether a session's server may host others, as far as is known.</summary>
    public bool MayBeShared(string gameServer, string session, int incarnation) => state.Find(gameServer) switch
    {
        null => _packings.Count > 0,
        var server => server.Sessions.Find(session, incarnation)?.Shared ?? _packings.ContainsKey(server.Fleet),
    };

    /// <summary>Takes a session and its place off its server; the server goes with the last one, if its fleet wants that.</summary>
    /// <returns>False when the server did not bear the session (any more).</returns>
    /// <exception cref="ClusterUnreachableException">The cluster could not be asked, or others were faster again and again.</exception>
    public async Task<bool> ReleaseAsync(string gameServer, string session, int incarnation, CancellationToken stopping)
    {
        var released = await editor.ChangeAsync(gameServer, server => SessionPacking.Release(server, session, incarnation, _packings.GetValueOrDefault(server.Server.Fleet)), stopping);
        state.NoteRelease(gameServer, session, incarnation);
        return released;
    }

    /// <summary>Sees to it that the load balancers' proxy knows the tokens of all sessions of a server. A failure costs that way in, not the session.</summary>
    public async Task JoinTokensAsync(string gameServer, CancellationToken stopping)
    {
        using var late = new CancellationTokenSource(TokensPatience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping);
        try
        {
            await editor.ChangeAsync(gameServer, SessionPacking.JoinTokens, both.Token);
        }
        catch (ClusterUnreachableException fault)
        {
            LogTokensFailed(log, gameServer, cluster, fault.Message);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            LogTokensFailed(log, gameServer, cluster, "no answer in time");
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The routing tokens of server {GameServerName} of cluster {ClusterId} could not be joined, so that a session of it cannot be reached through the load balancer: {Reason}")]
    private static partial void LogTokensFailed(ILogger logger, string gameServerName, string clusterId, string reason);
}
