using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Clusters.Allocation;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Placement;
using FleetSystem.FleetModel.Zones;

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
    SharedServers shared,
    ClusterState state,
    ZoneEvidence evidence,
    ClusterCalls calls,
    FleetManagerOptions options,
    ClusterMetrics metrics,
    TimeProvider time,
    ILogger<ServerClaimer> log)
{
    // Refusals and false "UnAllocated" answers in a row that are tried again here; after that another cluster's turn is better.
    private const int MaxTries = 4;

    // Orders under way by the zone that each will most likely be served in: the snapshot shows them only later, and without them a burst
    // would exceed a zone's share.
    private readonly Dictionary<(string Fleet, string Zone), int> _underWay = [];

    /// <summary>Which zones take which sessions; set by the owner of the state, whenever it learns better.</summary>
    public ZoneAdmission Admission { get; set; } = new([], options.Seed);

    /// <summary>Claims a server.</summary>
    public async Task<ClaimOutcome> ClaimAsync(ServerClaim claim, CancellationToken stopping)
    {
        var rule = new ZoneRule(claim.ZonePolicy, claim.PreferredZone, claim.MaxZoneShare);
        var pause = ClusterCalls.FirstPause;
        var patience = time.GetUtcNow() + options.ClaimPatience;
        var until = claim.Deadline < patience ? claim.Deadline : patience;
        if (time.GetUtcNow() >= until) return ClaimOutcome.Without(ClaimResult.Unavailable, cluster, "the deadline had passed before a server could be claimed");
        for (var tries = 1; ; tries++)
        {
            var rooms = Rooms(claim);
            var selectors = SelectorPlanner.Plan(claim.AgonesFleets, rule, rooms, state.ExcludedNodes, state.HasStrays([.. Excluded(rooms)]));
            if (selectors.Count == 0) return ClaimOutcome.Without(ClaimResult.NoServer, cluster, NoZone(claim));
            var expected = SelectorPlanner.Order(rule, rooms).FirstOrDefault(room => room.Ready > 0)?.Zone;
            ClaimOutcome refusal;
            switch (await PostAsync(SessionPacking.Order(claim, selectors), (claim.Fleet, expected ?? ""), until, claim.Deadline < patience, stopping))
            {
                case null:
                    return ClaimOutcome.Without(ClaimResult.Unavailable, cluster, calls.Refusal);
                case AllocationAnswer.Allocated(var server) when WhyNot(server, claim, rule) is { } why:
                    // It had no labels that a selector could go by, or its node died between the plan and the claim. As long as it may still bear
                    // the tag, the incarnation must not get another.
                    if (!await GiveBackAsync(server, claim.Session, claim.Incarnation, until, stopping)) return NotGivenBack(why);
                    refusal = ClaimOutcome.Without(ClaimResult.NoServer, cluster, why);
                    break;
                case AllocationAnswer.Allocated(var server):
                    evidence.Claimed(ServerFitness.ZoneOf(state, server), failed: false, time.GetUtcNow());
                    return await ClaimedAsync(server, claim.Session, claim.Incarnation, stopping);
                case AllocationAnswer.NoServer(var contention):
                    refusal = ClaimOutcome.Without(ClaimResult.NoServer, cluster, $"no server of fleet '{claim.Fleet}' is free in cluster {cluster}");

                    // Agones says so falsely under bursts (trap 3): believe it at once only when the snapshot agrees.
                    if (!contention && expected is null) return refusal;
                    break;
                case AllocationAnswer.Refused(var reason, var transient):
                    evidence.Claimed(expected ?? "", failed: true, time.GetUtcNow());
                    refusal = ClaimOutcome.Without(ClaimResult.Unavailable, cluster, reason);
                    if (!transient) return refusal;
                    break;
                case AllocationAnswer.Unknown(var reason):
                    LogUnknown(log, claim.Session, cluster, reason);
                    evidence.Claimed(expected ?? "", failed: true, time.GetUtcNow());
                    var found = await SettleAsync(claim, reason, stopping);
                    if (found is not { Result: ClaimResult.Claimed, Server: { } settled } || WhyNot(settled, claim, rule) is not { } whyNot) return found;
                    if (!await GiveBackAsync(settled, claim.Session, claim.Incarnation, time.GetUtcNow() + options.UnknownOutcomeSettleTime, stopping)) return NotGivenBack(whyNot);
                    refusal = ClaimOutcome.Without(ClaimResult.NoServer, cluster, whyNot);
                    break;
                default:
                    throw new InvalidOperationException("An allocation's answer has a case that is not handled.");
            }

            if (tries >= MaxTries || time.GetUtcNow() + pause >= until) return refusal;
            await calls.PauseAsync(pause, stopping);
            pause *= 2;
        }
    }

    /// <summary>The server that carries the tag of a session's incarnation; tried until the API server gives an answer, time is up or the circuit is open.</summary>
    public async Task<ClaimOutcome> FindAsync(string session, int incarnation, TimeSpan timeout, CancellationToken stopping)
    {
        var deadline = time.GetUtcNow() + timeout;
        var (servers, reason) = await calls.ReadAsync(token => agones.FindBySessionAsync(session, token), timeout, stopping);
        if (servers is null) return ClaimOutcome.Without(ClaimResult.Unknown, cluster, $"cluster {cluster} cannot say whether it has a server of the session: {reason}");
        var tagged = servers.FirstOrDefault(server => server.Sessions.Find(session, incarnation) is not null && !server.IsGone);
        if (tagged is null) return ClaimOutcome.Without(ClaimResult.NoServer, cluster, $"cluster {cluster} has no server of the session");
        if (!state.IsDead(tagged.Node)) return await ClaimedAsync(tagged, session, incarnation, stopping);
        var why = $"the session's server {tagged.Name} stands on node {tagged.Node}, which {state.JudgementOf(tagged.Node).Reason}";
        return await GiveBackAsync(tagged, session, incarnation, deadline, stopping) ? ClaimOutcome.Without(ClaimResult.NoServer, cluster, why) : NotGivenBack(why);
    }

    /// <summary>Looks for the tag for as long as that makes sense. "None yet" does not settle it: the allocation may still be under way.</summary>
    private async Task<ClaimOutcome> SettleAsync(ServerClaim claim, string reason, CancellationToken stopping)
    {
        var settled = time.GetUtcNow() + options.UnknownOutcomeSettleTime;
        while (true)
        {
            var found = await FindAsync(claim.Session, claim.Incarnation, calls.Left(settled), stopping);
            if (found.Result == ClaimResult.Claimed) return found;
            if (found.Result == ClaimResult.Unknown || time.GetUtcNow() >= settled)
            {
                metrics.Abandoned(cluster);
                return ClaimOutcome.Without(ClaimResult.Unknown, cluster, found.Result == ClaimResult.Unknown ? found.Reason : $"cluster {cluster} gave no clear answer ({reason}) and shows no server of the session yet");
            }

            await calls.PauseAsync(ClusterCalls.FirstPause * 4, stopping);
        }
    }

    private async Task<AllocationAnswer?> PostAsync(
        AllocationOrder order, (string Fleet, string Zone) expected, DateTimeOffset until, bool isCallersDeadline, CancellationToken stopping)
    {
        _underWay[expected] = _underWay.GetValueOrDefault(expected) + 1;
        try
        {
            return await calls.PostAsync(order, until, isCallersDeadline, stopping);
        }
        finally
        {
            if (--_underWay[expected] == 0) _underWay.Remove(expected);
        }
    }

    private ClaimOutcome NotGivenBack(string why) => ClaimOutcome.Without(ClaimResult.Unknown, cluster, $"{why}, and it could not be given back yet");

    private async Task<bool> GiveBackAsync(GameServerSnapshot server, string session, int incarnation, DateTimeOffset until, CancellationToken stopping)
    {
        using var late = new CancellationTokenSource(calls.Left(until), time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping);
        try
        {
            if (IsShared(server, session, incarnation)) await shared.ReleaseAsync(server.Name, session, incarnation, either.Token);
            else await agones.DeleteAsync(server.Name, state.Find(server.Name)?.Uid ?? "", either.Token);
            return true;
        }
        catch (Exception fault) when (fault is ClusterUnreachableException || (fault is OperationCanceledException && !stopping.IsCancellationRequested))
        {
            LogGiveBackFailed(log, server.Name, cluster, fault);
            return false;
        }
    }

    private IReadOnlyList<ZoneRoom> Rooms(ServerClaim claim)
    {
        var excluded = Admission.ExcludedFor(claim.Session);
        return [.. zones.Select(zone => new ZoneRoom(
            zone,
            claim.AgonesFleets.Sum(fleet => state.ReadyIn(fleet, zone)),
            claim.ZonePolicy == ZonePolicy.Spread ? claim.AgonesFleets.Sum(fleet => state.AllocatedIn(fleet, zone)) + _underWay.GetValueOrDefault((claim.Fleet, zone)) : 0,
            excluded.Contains(zone)))];
    }

    private static IEnumerable<string> Excluded(IEnumerable<ZoneRoom> rooms) => rooms.Where(room => room.IsExcluded).Select(room => room.Zone);

    /// <summary>Why a claimed server must not be handed out after all, or null. Judged anew: what is known may have changed since the order was posted.</summary>
    private string? WhyNot(GameServerSnapshot server, ServerClaim claim, ZoneRule rule)
    {
        if (ServerFitness.WhyNot(state, server, Admission.ExcludedFor(claim.Session)) is { } why) return why;
        var zone = ServerFitness.ZoneOf(state, server);
        return rule.IsStrict && zone != rule.PreferredZone ? $"server {server.Name} stands in zone '{zone}' instead of {rule.PreferredZone}" : null;
    }

    private string NoZone(ServerClaim claim)
    {
        var excluded = Admission.Directives.Where(directive => zones.Contains(directive.Zone)).Select(directive => $"{directive.Zone}: {directive.Reason}");
        return claim is { ZonePolicy: ZonePolicy.Require, PreferredZone: { } zone }
            ? $"fleet '{claim.Fleet}' serves only the zone asked for, and {zone} takes no sessions ({string.Join("; ", excluded)})"
            : $"no zone of cluster {cluster} takes sessions ({string.Join("; ", excluded)})";
    }

    private async Task<ClaimOutcome> ClaimedAsync(GameServerSnapshot server, string session, int incarnation, CancellationToken stopping)
    {
        state.NoteClaim(server.Name, session, incarnation);
        if (IsShared(server, session, incarnation)) await shared.JoinTokensAsync(server.Name, stopping);
        return new ClaimOutcome(ClaimResult.Claimed, server, ServerFitness.ZoneOf(state, server), cluster, "");
    }

    private static bool IsShared(GameServerSnapshot server, string session, int incarnation) => server.Sessions.Find(session, incarnation) is { Shared: true };

    [LoggerMessage(Level = LogLevel.Warning, Message = "The allocation of session {SessionId} in cluster {ClusterId} has an unknown outcome ({Reason}); its tag is looked for")]
    private static partial void LogUnknown(ILogger logger, string sessionId, string clusterId, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Server {GameServerName} of cluster {ClusterId} could not be given back; the reconciler will")]
    private static partial void LogGiveBackFailed(ILogger logger, string gameServerName, string clusterId, Exception fault);
}
