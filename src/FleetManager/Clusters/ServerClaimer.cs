using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Placement;

namespace FleetSystem.FleetManager.Clusters;

/// <summary>
/// Claims servers in one cluster, within a limited time. A refusal is tried again; an unknown outcome is resolved by the session's tag,
/// because a time-out does not cancel an allocation (field notes, trap 2). Where no tag is found the outcome stays unknown: the claim may
/// still come to pass, and only the session's next incarnation is safe from it.
/// </summary>
internal sealed partial class ServerClaimer(
    string cluster,
    IReadOnlyList<string> zones,
    IAgonesCluster agones,
    ClusterState state,
    ClusterBreaker breaker,
    FleetManagerOptions options,
    ClusterMetrics metrics,
    TimeProvider time,
    ILogger<ServerClaimer> log)
{
    // Refusals and false "UnAllocated" answers in a row that are tried again here; after that another cluster's turn is better.
    private const int MaxTries = 4;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(25);

    private readonly Random _jitter = new(options.Seed);

    /// <summary>Claims a server.</summary>
    public async Task<ClaimOutcome> ClaimAsync(ServerClaim claim, CancellationToken stopping)
    {
        var labels = new Dictionary<string, string>
        {
            [AgonesKeys.Session] = claim.Session,
            [AgonesKeys.Incarnation] = claim.Incarnation.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        var pause = FirstPause;
        var patience = time.GetUtcNow() + options.ClaimPatience;
        var until = claim.Deadline < patience ? claim.Deadline : patience;
        if (time.GetUtcNow() >= until) return ClaimOutcome.Without(ClaimResult.Unavailable, cluster, "the deadline had passed before a server could be claimed");
        for (var tries = 1; ; tries++)
        {
            if (breaker.TryEnter() is not { } pass) return ClaimOutcome.Without(ClaimResult.Unavailable, cluster, breaker.Refusal);
            ClaimOutcome refusal;
            switch (await PostAsync(new AllocationOrder(Selectors(claim), labels, claim.Annotations), pass, until, claim.Deadline < patience, stopping))
            {
                case AllocationAnswer.Allocated(var server) when state.IsDead(server.Node):
                    // The node died between the plan and the claim.
                    await GiveBackAsync(server.Name, stopping);
                    refusal = ClaimOutcome.Without(ClaimResult.NoServer, cluster, $"server {server.Name} stands on dead node {server.Node}");
                    break;
                case AllocationAnswer.Allocated(var server):
                    return Claimed(server, claim.Session, claim.Incarnation);
                case AllocationAnswer.NoServer(var contention):
                    refusal = ClaimOutcome.Without(ClaimResult.NoServer, cluster, $"no server of fleet '{claim.Fleet}' is free in cluster {cluster}");

                    // Agones says so falsely under bursts (trap 3): believe it at once only when the snapshot agrees.
                    if (!contention && !zones.Any(zone => ReadyIn(claim, zone) > 0)) return refusal;
                    break;
                case AllocationAnswer.Refused(var reason, var transient):
                    refusal = ClaimOutcome.Without(ClaimResult.Unavailable, cluster, reason);
                    if (!transient) return refusal;
                    break;
                case AllocationAnswer.Unknown(var reason):
                    LogUnknown(log, claim.Session, cluster, reason);
                    return await SettleAsync(claim, reason, stopping);
                default:
                    throw new InvalidOperationException("An allocation's answer has a case that is not handled.");
            }

            if (tries >= MaxTries || time.GetUtcNow() + pause >= until) return refusal;
            await Task.Delay(pause * (0.5 + _jitter.NextDouble()), time, stopping);
            pause *= 2;
        }
    }

    /// <summary>The server that carries the tag of a session's incarnation; tried until the API server gives an answer, time is up or the circuit is open.</summary>
    public async Task<ClaimOutcome> FindAsync(string session, int incarnation, TimeSpan timeout, CancellationToken stopping)
    {
        var deadline = time.GetUtcNow() + timeout;
        var pause = FirstPause;
        while (true)
        {
            if (breaker.IsOpen) return CannotSay(breaker.Refusal);
            string reason;
            using var late = new CancellationTokenSource(Left(deadline), time);
            using var any = CancellationTokenSource.CreateLinkedTokenSource(late.Token, breaker.Opened, stopping);
            try
            {
                var tagged = (await agones.FindBySessionAsync(session, any.Token)).FirstOrDefault(server => server.Sessions.Find(session, incarnation) is not null && !server.IsGone);
                breaker.ReadAnswered();
                return tagged is null
                    ? ClaimOutcome.Without(ClaimResult.NoServer, cluster, $"cluster {cluster} has no server of the session")
                    : Claimed(tagged, session, incarnation);
            }
            catch (ClusterUnreachableException fault)
            {
                reason = fault.Message;
                breaker.ReadFailed(timedOut: false, reason);
            }
            catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
            {
                if (breaker.IsOpen) continue;
                reason = "no answer in time";
                breaker.ReadFailed(timedOut: true, $"cluster {cluster} did not say within {timeout.TotalSeconds:0.###} s whether it has a session's server");
            }

            if (time.GetUtcNow() + pause >= deadline) return CannotSay(reason);
            await PauseAsync(pause * (0.5 + _jitter.NextDouble()), breaker.Opened, stopping);
            pause = pause * 2 < TimeSpan.FromSeconds(1) ? pause * 2 : TimeSpan.FromSeconds(1);
        }

        ClaimOutcome CannotSay(string reason) =>
            ClaimOutcome.Without(ClaimResult.Unknown, cluster, $"cluster {cluster} cannot say whether it has a server of the session: {reason}");
    }

    /// <summary>Looks for the tag for as long as that makes sense. "None yet" does not settle it: the allocation may still be under way.</summary>
    private async Task<ClaimOutcome> SettleAsync(ServerClaim claim, string reason, CancellationToken stopping)
    {
        var settled = time.GetUtcNow() + options.UnknownOutcomeSettleTime;
        while (true)
        {
            var found = await FindAsync(claim.Session, claim.Incarnation, Left(settled), stopping);
            if (found.Result == ClaimResult.Claimed) return found;
            if (found.Result == ClaimResult.Unknown || time.GetUtcNow() >= settled)
            {
                metrics.Abandoned(cluster);
                return ClaimOutcome.Without(ClaimResult.Unknown, cluster, found.Result == ClaimResult.Unknown ? found.Reason : $"cluster {cluster} gave no clear answer ({reason}) and shows no server of the session yet");
            }

            await PauseAsync(FirstPause * 4, breaker.Opened, stopping);
        }
    }

    private async Task<AllocationAnswer> PostAsync(AllocationOrder order, CircuitPass pass, DateTimeOffset until, bool isCallersDeadline, CancellationToken stopping)
    {
        using var late = new CancellationTokenSource(Left(until), time);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(late.Token, breaker.Opened, stopping);
        AllocationAnswer answer;
        try
        {
            answer = await agones.AllocateAsync(order, any.Token);
        }
        catch (OperationCanceledException)
        {
            answer = new AllocationAnswer.Unknown($"cluster {cluster} did not answer in time");
        }
        catch
        {
            breaker.Leave(pass, CallResult.Neutral, "");
            throw;
        }

        var (result, reason) = answer switch
        {
            AllocationAnswer.Refused(var why, var transient) => (transient ? CallResult.Failed : CallResult.Neutral, why),
            AllocationAnswer.Unknown(var why) when !late.IsCancellationRequested => (CallResult.Failed, why),

            // Somebody in a hurry says nothing of the cluster.
            AllocationAnswer.Unknown(var why) => (isCallersDeadline && time.GetUtcNow() - pass.At < options.Circuit.SlowCall ? CallResult.Neutral : CallResult.TimedOut, why),
            _ => (CallResult.Succeeded, ""),
        };
        breaker.Leave(pass, result, reason);
        return answer;
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken opened, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(opened, stopping);
        await Task.Delay(pause, time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        stopping.ThrowIfCancellationRequested();
    }

    private async Task GiveBackAsync(string gameServer, CancellationToken stopping)
    {
        try
        {
            await agones.DeleteAsync(gameServer, state.Find(gameServer)?.Uid ?? "", stopping);
        }
        catch (ClusterUnreachableException fault)
        {
            LogGiveBackFailed(log, gameServer, cluster, fault);
        }
    }

    private IReadOnlyList<ServerSelector> Selectors(ServerClaim claim) =>
        SelectorPlanner.Plan(claim.AgonesFleets, claim.PreferredZone, [.. zones.Select(zone => (zone, ReadyIn(claim, zone)))], state.DeadNodes);

    private int ReadyIn(ServerClaim claim, string zone) => claim.AgonesFleets.Sum(fleet => state.ReadyIn(fleet, zone));

    private ClaimOutcome Claimed(GameServerSnapshot server, string session, int incarnation)
    {
        state.NoteClaim(server.Name, session, incarnation);
        var zone = state.ZoneOf(server.Node);
        return new ClaimOutcome(ClaimResult.Claimed, server, zone.Length > 0 ? zone : server.ZoneLabel, cluster, "");
    }

    private TimeSpan Left(DateTimeOffset deadline)
    {
        var left = deadline - time.GetUtcNow();
        return left > TimeSpan.Zero ? left : TimeSpan.FromMilliseconds(1);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The allocation of session {SessionId} in cluster {ClusterId} has an unknown outcome ({Reason}); its tag is looked for")]
    private static partial void LogUnknown(ILogger logger, string sessionId, string clusterId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Server {GameServerName} of cluster {ClusterId} could not be given back; the reconciler will")]
    private static partial void LogGiveBackFailed(ILogger logger, string gameServerName, string clusterId, Exception fault);
}
