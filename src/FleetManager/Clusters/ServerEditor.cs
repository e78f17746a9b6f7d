using FleetSystem.FleetModel.Clusters;

namespace FleetSystem.FleetManager.Clusters;

/// <summary>
/// Changes servers that others change too (allocations, the game server's sidecar, other sessions): read, plan, write to the version that was
/// read, and again when somebody was faster.
/// </summary>
internal sealed class ServerEditor(string cluster, IAgonesCluster agones, Random jitter, TimeProvider time)
{
    // Writers in a row that were faster; a burst of allocations on one server is bounded by its capacity.
    private const int MaxTries = 10;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(320);

    /// <summary>Makes the change that is planned for the server as it is.</summary>
    /// <param name="gameServer">Its name.</param>
    /// <param name="plan">The change for what was read, or null for none.</param>
    /// <param name="stopping">Ends it.</param>
    /// <returns>False when there is no such server, or nothing to change.</returns>
    /// <exception cref="ClusterUnreachableException">The cluster could not be asked, or others were faster again and again.</exception>
    public async Task<bool> ChangeAsync(string gameServer, Func<ServerDetail, ServerChange?> plan, CancellationToken stopping)
    {
        var pause = FirstPause;
        for (var tries = 1; tries <= MaxTries; tries++)
        {
            if (await agones.ReadAsync(gameServer, stopping) is not { } server || plan(server) is not { } change) return false;
            if (await agones.ChangeAsync(server, change, stopping)) return true;
            await Task.Delay(pause * (0.5 + jitter.NextDouble()), time, stopping);
            if (pause < LongestPause) pause *= 2;
        }

        throw new ClusterUnreachableException($"Cluster {cluster}: server {gameServer} was changed by others {MaxTries} times in a row.");
    }
}
