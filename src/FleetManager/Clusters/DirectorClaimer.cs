using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Placement;

namespace FleetSystem.FleetManager.Clusters;

/// <summary>
/// Claims servers in one cluster for directors, beside <see cref="ServerClaimer"/>, which does so for sessions: what is asked is the
/// director's, and what is claimed is his to give back. A refusal is tried again; an unknown outcome is resolved by the claim's tag first.
/// </summary>
internal sealed partial class DirectorClaimer(
    string cluster, IAgonesCluster agones, ClusterState state, FleetManagerOptions options, TimeProvider time, ILogger<DirectorClaimer> log)
{
    // Refusals in a row that are tried again here; after that another cluster's turn is better.
    private const int MaxTries = 4;

    // Late checks that wait at once; with more, what comes to light later is left to its director.
    private const int MaxLateChecks = 256;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private readonly Random _jitter = new(options.Seed);
    private int _lateChecks;

    /// <summary>Claims a server.</summary>
    public async Task<DirectorOutcome> ClaimAsync(DirectorClaim claim, CancellationToken stopping)
    {
        var order = Tagged(claim);
        var pause = FirstPause;
        var doubtful = false;
        for (var tries = 1; ; tries++)
        {
            DirectorOutcome refusal;
            switch (await PostAsync(order with { Selectors = Selectors(claim) }, claim.Deadline, stopping))
            {
                case AllocationAnswer.Allocated { Server: var server } when state.IsDead(server.Node) && IsFresh(claim):
                    // It had no label that a selector could go by, or its node died between the plan and the claim.
                    await GiveBackAsync(server.Name, "", stopping);
                    refusal = DirectorOutcome.Without(DirectorResult.NoServer, cluster, $"server {server.Name} stands on dead node {server.Node}");
                    break;
                case AllocationAnswer.Allocated allocated:
                    if (doubtful) CheckLater(claim, allocated.Server.Name, stopping);
                    return Claimed(allocated);
                case AllocationAnswer.NoServer(Contention: true):
                    refusal = DirectorOutcome.Without(DirectorResult.Contention, cluster, $"servers of cluster {cluster} were taken by others meanwhile");
                    break;
                case AllocationAnswer.NoServer:
                    return DirectorOutcome.Without(DirectorResult.NoServer, cluster, $"no server of cluster {cluster} matches");
                case AllocationAnswer.Refused(var reason, var transient):
                    refusal = DirectorOutcome.Without(transient ? DirectorResult.Unavailable : DirectorResult.Refused, cluster, reason);
                    if (!transient) return refusal;
                    break;
                case AllocationAnswer.Unknown(var reason):
                    LogUnknown(log, claim.Tag, cluster, reason);
                    doubtful = true;
                    var found = await SettleAsync(claim, stopping);
                    if (found.Result == DirectorResult.Unknown) CheckLater(claim, null, stopping);
                    if (found.Result != DirectorResult.NoServer) return found;
                    refusal = DirectorOutcome.Without(DirectorResult.Unavailable, cluster, reason);
                    break;
                default:
                    throw new InvalidOperationException("An allocation's answer has a case that is not handled.");
            }

            if (tries >= MaxTries || time.GetUtcNow() + pause >= claim.Deadline)
            {
                if (doubtful) CheckLater(claim, null, stopping);
                return refusal;
            }

            await Task.Delay(pause * (0.5 + _jitter.NextDouble()), time, stopping);
            pause *= 2;
        }
    }

    /// <summary>The server that carries a tag; tried until the API server gives an answer or time is up.</summary>
    public async Task<DirectorOutcome> FindAsync(string tag, TimeSpan timeout, CancellationToken stopping)
    {
        var deadline = time.GetUtcNow() + timeout;
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            string reason;
            using var late = new CancellationTokenSource(Left(deadline), time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping);
            try
            {
                return await TaggedServersAsync(tag, both.Token) is [var found, ..]
                    ? Claimed(found)
                    : DirectorOutcome.Without(DirectorResult.NoServer, cluster, $"cluster {cluster} has no server with tag {tag}");
            }
            catch (ClusterUnreachableException fault)
            {
                reason = fault.Message;
            }
            catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
            {
                reason = "no answer in time";
            }

            if (time.GetUtcNow() + pause >= deadline)
                return DirectorOutcome.Without(DirectorResult.Unknown, cluster, $"cluster {cluster} cannot say whether it has a server with tag {tag}: {reason}");
            await Task.Delay(pause * (0.5 + _jitter.NextDouble()), time, stopping);
        }
    }

    /// <summary>Looks for the tag until it is found, or until a claim that was under way must have ended.</summary>
    private async Task<DirectorOutcome> SettleAsync(DirectorClaim claim, CancellationToken stopping)
    {
        var settled = time.GetUtcNow() + options.UnknownOutcomeSettleTime;
        while (true)
        {
            var left = Left(claim.Deadline);
            var found = await FindAsync(claim.Tag, left > options.UnknownOutcomeSettleTime ? left : options.UnknownOutcomeSettleTime, stopping);
            if (found.Result != DirectorResult.NoServer || time.GetUtcNow() >= settled) return found;
            await Task.Delay(FirstPause * 4, time, stopping);
        }
    }

    /// <summary>
    /// Looks once more, long after, for servers that a claim of unknown outcome has taken and nobody was told of, and gives them back: no
    /// reconciler does, for they bear no session. What the director may still ask for under its key stays.
    /// </summary>
    private async void CheckLater(DirectorClaim claim, string? told, CancellationToken stopping)
    {
        if (!IsFresh(claim) || (told is null && claim.Repeatable) || _lateChecks >= MaxLateChecks) return;
        _lateChecks++;
        try
        {
            await Task.Delay(options.OrphanGrace, time, stopping);
            foreach (var (server, _) in (await TaggedServersAsync(claim.Tag, stopping)).Select(found => (found.Server, found.Status)).Where(found => found.Server.Name != told))
            {
                if (await GiveBackAsync(server.Name, server.Uid, stopping)) LogLeftover(log, server.Name, cluster, claim.Tag);
            }
        }
        catch (OperationCanceledException)
        {
            // The activation ends.
        }
        catch (ClusterUnreachableException fault)
        {
            LogLateCheckFailed(log, claim.Tag, cluster, fault.Message);
        }
        finally
        {
            _lateChecks--;
        }
    }

    private async Task<IReadOnlyList<AllocationAnswer.Allocated>> TaggedServersAsync(string tag, CancellationToken cancellationToken) =>
        [.. (await agones.FindByLabelAsync(AllocationTags.KeyOf(tag), tag, cancellationToken)).Where(found => !found.Server.IsGone)];

    private async Task<AllocationAnswer> PostAsync(AllocationOrder order, DateTimeOffset deadline, CancellationToken stopping)
    {
        using var late = new CancellationTokenSource(Left(deadline), time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping);
        try
        {
            return await agones.AllocateAsync(order, both.Token);
        }
        catch (OperationCanceledException)
        {
            return new AllocationAnswer.Unknown($"cluster {cluster} did not answer in time");
        }
    }

    private async Task<bool> GiveBackAsync(string gameServer, string uid, CancellationToken stopping)
    {
        try
        {
            return await agones.DeleteAsync(gameServer, uid.Length > 0 ? uid : state.Find(gameServer)?.Uid ?? "", stopping);
        }
        catch (ClusterUnreachableException fault)
        {
            LogGiveBackFailed(log, gameServer, cluster, fault);
            return false;
        }
    }

    private IReadOnlyList<ServerSelector> Selectors(DirectorClaim claim) =>
        DirectorSelectorPlanner.Plan(claim.Order.Selectors, claim.PreferredZone, state.DeadNodes, []);

    /// <summary>Whether only servers that nobody has are asked for: such a one may be given back, one that hosts others may not.</summary>
    private static bool IsFresh(DirectorClaim claim) => claim.Order.Selectors.All(selector => selector.State == GameServerState.Ready);

    private static AllocationOrder Tagged(DirectorClaim claim)
    {
        var key = AllocationTags.KeyOf(claim.Tag);
        return claim.Order with
        {
            Labels = new Dictionary<string, string>(claim.Order.Labels) { [key] = claim.Tag },
            Annotations = new Dictionary<string, string>(claim.Order.Annotations) { [key] = claim.Fingerprint },
        };
    }

    private DirectorOutcome Claimed(AllocationAnswer.Allocated claimed)
    {
        var zone = state.ZoneOf(claimed.Server.Node);
        return new DirectorOutcome
        {
            Result = DirectorResult.Claimed,
            Server = claimed.Server,
            Status = claimed.Status,
            Cluster = cluster,
            Zone = zone.Length > 0 ? zone : claimed.Server.ZoneLabel,
        };
    }

    private TimeSpan Left(DateTimeOffset deadline)
    {
        var left = deadline - time.GetUtcNow();
        return left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The allocation with tag {AllocationTag} in cluster {ClusterId} has an unknown outcome ({Reason}); its tag is looked for")]
    private static partial void LogUnknown(ILogger logger, string allocationTag, string clusterId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Server {GameServerName} of cluster {ClusterId} bore tag {AllocationTag} of an allocation that nobody was told of: given back")]
    private static partial void LogLeftover(ILogger logger, string gameServerName, string clusterId, string allocationTag);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Cluster {ClusterId} could not be asked for leftovers of the allocation with tag {AllocationTag}: {Reason}")]
    private static partial void LogLateCheckFailed(ILogger logger, string allocationTag, string clusterId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Server {GameServerName} of cluster {ClusterId}, claimed for a director, could not be given back")]
    private static partial void LogGiveBackFailed(ILogger logger, string gameServerName, string clusterId, Exception fault);
}
