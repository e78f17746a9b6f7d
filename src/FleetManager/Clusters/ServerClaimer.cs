using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Placement;

namespace FleetSystem.FleetManager.Clusters;

/// <summary>
/// Claims servers in one cluster. A refusal is tried again; an unknown outcome is resolved by the session's tag first, because a time-out
/// does not cancel an allocation (field notes, trap 2).
/// </summary>
internal sealed partial class ServerClaimer(
    string cluster, IReadOnlyList<string> zones, IAgonesCluster agones, ClusterState state, FleetManagerOptions options, TimeProvider time, ILogger<ServerClaimer> log)
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
        for (var tries = 1; ; tries++)
        {
            using var late = new CancellationTokenSource(Left(claim.Deadline), time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping);
            ClaimOutcome refusal;
            switch (await PostAsync(new AllocationOrder(Selectors(claim), labels, claim.Annotations), both.Token))
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
                    var found = await SettleAsync(claim, stopping);
                    if (found.Result != ClaimResult.NoServer) return found;
                    refusal = ClaimOutcome.Without(ClaimResult.Unavailable, cluster, reason);
                    break;
                default:
                    throw new InvalidOperationException("An allocation's answer has a case that is not handled.");
            }

            if (tries >= MaxTries || time.GetUtcNow() + pause >= claim.Deadline) return refusal;
            await Task.Delay(pause * (0.5 + _jitter.NextDouble()), time, stopping);
            pause *= 2;
        }
    }

    /// <summary>The server that carries the tag of a session's incarnation; tried until the API server gives an answer or time is up.</summary>
    public async Task<ClaimOutcome> FindAsync(string session, int incarnation, TimeSpan timeout, CancellationToken stopping)
    {
        var deadline = time.GetUtcNow() + timeout;
        var pause = FirstPause;
        while (true)
        {
            string reason;
            using var late = new CancellationTokenSource(Left(deadline), time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping);
            try
            {
                var tagged = (await agones.FindBySessionAsync(session, both.Token)).FirstOrDefault(server => server.Sessions.Find(session, incarnation) is not null && !server.IsGone);
                return tagged is null
                    ? ClaimOutcome.Without(ClaimResult.NoServer, cluster, $"cluster {cluster} has no server of the session")
                    : Claimed(tagged, session, incarnation);
            }
            catch (ClusterUnreachableException fault)
            {
                reason = fault.Message;
            }
            catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
            {
                reason = "no answer in time";
            }

            if (time.GetUtcNow() + pause >= deadline) return ClaimOutcome.Without(ClaimResult.Unknown, cluster, $"cluster {cluster} cannot say whether it has a server of the session: {reason}");
            await Task.Delay(pause * (0.5 + _jitter.NextDouble()), time, stopping);
            pause = pause * 2 < TimeSpan.FromSeconds(1) ? pause * 2 : TimeSpan.FromSeconds(1);
        }
    }

    /// <summary>Looks for the tag until it is found, or until a claim that was under way must have ended.</summary>
    private async Task<ClaimOutcome> SettleAsync(ServerClaim claim, CancellationToken stopping)
    {
        var settled = time.GetUtcNow() + options.UnknownOutcomeSettleTime;
        while (true)
        {
            var left = Left(claim.Deadline);
            var found = await FindAsync(claim.Session, claim.Incarnation, left > options.UnknownOutcomeSettleTime ? left : options.UnknownOutcomeSettleTime, stopping);
            if (found.Result != ClaimResult.NoServer || time.GetUtcNow() >= settled) return found;
            await Task.Delay(FirstPause * 4, time, stopping);
        }
    }

    private async Task<AllocationAnswer> PostAsync(AllocationOrder order, CancellationToken cancellationToken)
    {
        try
        {
            return await agones.AllocateAsync(order, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return new AllocationAnswer.Unknown($"cluster {cluster} did not answer in time");
        }
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
