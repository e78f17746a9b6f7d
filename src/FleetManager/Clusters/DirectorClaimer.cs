using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Placement;
using FleetSystem.FleetModel.Zones;

namespace FleetSystem.FleetManager.Clusters;

/// <summary>
/// Claims servers in one cluster for directors, beside <see cref="ServerClaimer"/>, which does so for sessions: what is asked is the
/// director's, and what is claimed is his to give back. An unknown outcome is resolved by the claim's tag.
/// </summary>
internal sealed partial class DirectorClaimer(
    string cluster,
    IAgonesCluster agones,
    ClusterCalls calls,
    ClusterState state,
    ZoneEvidence evidence,
    Func<ZoneAdmission> admission,
    FleetManagerOptions options,
    TimeProvider time,
    ILogger<DirectorClaimer> log)
{
    // Refusals in a row that are tried again here; after that another cluster's turn is better.
    private const int MaxTries = 4;

    // Late checks that wait at once, and looks that one of them makes: beyond them a leftover stays.
    private const int MaxLateChecks = 256;
    private const int MaxLateLooks = 10;

    private int _lateChecks;

    /// <summary>Claims a server.</summary>
    public async Task<DirectorOutcome> ClaimAsync(DirectorClaim claim, CancellationToken stopping)
    {
        var order = Tagged(claim);
        var patience = time.GetUtcNow() + options.ClaimPatience;
        var until = claim.Deadline < patience ? claim.Deadline : patience;
        var pause = ClusterCalls.FirstPause;
        for (var tries = 1; ; tries++)
        {
            if (time.GetUtcNow() >= until) return Without(DirectorResult.Unavailable, "the deadline had passed before a server could be claimed");
            DirectorOutcome refusal;
            switch (await calls.PostAsync(order with { Selectors = Selectors(claim) }, until, claim.Deadline < patience, stopping))
            {
                case null:
                    return Without(DirectorResult.Unavailable, calls.Refusal);
                case AllocationAnswer.Allocated { Server: var server } when IsFresh(claim) && ServerFitness.WhyNot(state, server, ExcludedZones(claim)) is { } why:
                    // It had no labels that a selector could go by, or its node died between the plan and the claim.
                    await calls.GiveBackAsync(server.Name, "", stopping);
                    refusal = Without(DirectorResult.NoServer, why);
                    break;
                case AllocationAnswer.Allocated allocated:
                    evidence.Claimed(ServerFitness.ZoneOf(state, allocated.Server), failed: false, time.GetUtcNow());
                    return Claimed(allocated);
                case AllocationAnswer.NoServer(Contention: true):
                    refusal = Without(DirectorResult.Contention, $"servers of cluster {cluster} were taken by others meanwhile");
                    break;
                case AllocationAnswer.NoServer:
                    return Without(DirectorResult.NoServer, $"no server of cluster {cluster} matches");
                case AllocationAnswer.Refused(var reason, Transient: false):
                    return Without(DirectorResult.Refused, reason);
                case AllocationAnswer.Refused(var reason, _):
                    evidence.Claimed(claim.PreferredZone ?? "", failed: true, time.GetUtcNow());
                    refusal = Without(DirectorResult.Unavailable, reason);
                    break;
                case AllocationAnswer.Unknown(var reason):
                    LogUnknown(log, claim.Tag, cluster, reason);
                    evidence.Claimed(claim.PreferredZone ?? "", failed: true, time.GetUtcNow());
                    return await SettleAsync(claim, reason, stopping);
                default:
                    throw new InvalidOperationException("An allocation's answer has a case that is not handled.");
            }

            if (tries >= MaxTries || time.GetUtcNow() + pause >= until) return refusal;
            await calls.PauseAsync(pause, stopping);
            pause *= 2;
        }
    }

    /// <summary>The server that carries a tag; tried until the API server gives an answer, time is up or the circuit is open.</summary>
    public async Task<DirectorOutcome> FindAsync(string tag, TimeSpan timeout, CancellationToken stopping) =>
        await calls.ReadAsync(token => TaggedServersAsync(tag, token), timeout, stopping) switch
        {
            (null, var reason) => Without(DirectorResult.Unknown, $"cluster {cluster} cannot say whether it has a server with tag {tag}: {reason}"),
            ([var found, ..], _) => Claimed(found),
            _ => Without(DirectorResult.NoServer, $"cluster {cluster} has no server with tag {tag}"),
        };

    /// <summary>
    /// Looks for the tag for as long as that makes sense. "None yet" does not settle it: the allocation may still be under way. Then a claim
    /// that can be repeated stays unknown, for its repetition to find out; for another the next cluster has its turn, and what comes to light
    /// here is given back.
    /// </summary>
    private async Task<DirectorOutcome> SettleAsync(DirectorClaim claim, string reason, CancellationToken stopping)
    {
        var settled = time.GetUtcNow() + options.UnknownOutcomeSettleTime;
        while (true)
        {
            var found = await FindAsync(claim.Tag, calls.Left(settled), stopping);
            if (found.Result == DirectorResult.Claimed) return found;
            if (found.Result == DirectorResult.Unknown || time.GetUtcNow() >= settled) break;
            await calls.PauseAsync(ClusterCalls.FirstPause * 4, stopping);
        }

        var why = $"cluster {cluster} gave no clear answer ({reason}) and shows no server of the allocation yet";
        if (claim.Repeatable || !IsFresh(claim) || _lateChecks >= MaxLateChecks) return Without(DirectorResult.Unknown, why);
        _ = CheckLaterAsync(claim.Tag, stopping);
        return Without(DirectorResult.Unavailable, why);
    }

    /// <summary>
    /// Looks once more, when a claim that was under way must have ended, for servers that it has taken and nobody was told of, and gives them
    /// back: no reconciler does, for they bear no session.
    /// </summary>
    private async Task CheckLaterAsync(string tag, CancellationToken stopping)
    {
        _lateChecks++;
        try
        {
            for (var look = 1; look <= MaxLateLooks; look++)
            {
                await Task.Delay(options.OrphanGrace, time, stopping);
                if (await calls.ReadAsync(token => TaggedServersAsync(tag, token), options.UnknownOutcomeSettleTime, stopping) is not ({ } leftovers, _)) continue;
                foreach (var server in leftovers.Select(leftover => leftover.Server))
                {
                    if (await calls.GiveBackAsync(server.Name, server.Uid, stopping)) LogLeftover(log, server.Name, cluster, tag);
                }

                return;
            }

            LogLateCheckFailed(log, tag, cluster);
        }
        catch (OperationCanceledException)
        {
            // The activation ends.
        }
        finally
        {
            _lateChecks--;
        }
    }

    private async Task<IReadOnlyList<AllocationAnswer.Allocated>> TaggedServersAsync(string tag, CancellationToken cancellationToken) =>
        [.. (await agones.FindByLabelAsync(AllocationTags.KeyOf(tag), tag, cancellationToken)).Where(found => !found.Server.IsGone)];

    private IReadOnlyList<ServerSelector> Selectors(DirectorClaim claim) =>
        DirectorSelectorPlanner.Plan(claim.Order.Selectors, claim.PreferredZone, state.ExcludedNodes, ExcludedZones(claim));

    private IReadOnlyList<string> ExcludedZones(DirectorClaim claim) => admission().ExcludedFor(claim.Tag);

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

    private DirectorOutcome Claimed(AllocationAnswer.Allocated claimed) => new()
    {
        Result = DirectorResult.Claimed,
        Server = claimed.Server,
        Status = claimed.Status,
        Cluster = cluster,
        Zone = ServerFitness.ZoneOf(state, claimed.Server),
    };

    private DirectorOutcome Without(DirectorResult result, string reason) => DirectorOutcome.Without(result, cluster, reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The allocation with tag {AllocationTag} in cluster {ClusterId} has an unknown outcome ({Reason}); its tag is looked for")]
    private static partial void LogUnknown(ILogger logger, string allocationTag, string clusterId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Server {GameServerName} of cluster {ClusterId} bore tag {AllocationTag} of an allocation that nobody was told of: given back")]
    private static partial void LogLeftover(ILogger logger, string gameServerName, string clusterId, string allocationTag);

    [LoggerMessage(Level = LogLevel.Error, Message = "Cluster {ClusterId} could not be asked for leftovers of the allocation with tag {AllocationTag}; a server may stay allocated")]
    private static partial void LogLateCheckFailed(ILogger logger, string allocationTag, string clusterId);
}
