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

    // Orders under way by the zone that each will most likely be served in: the snapshot shows them only later, and without them a burst
    // would exceed a zone's share.
    private readonly Dictionary<(string Fleet, string Zone), int> _underWay = [];

    /// <summary>Which zones take which sessions; set by the owner of the state, whenever it learns better.</summary>
    public ZoneAdmission Admission { get; set; } = new([], options.Seed);

    /// <summary>Claims a server.</summary>
    public async Task<ClaimOutcome> ClaimAsync(ServerClaim claim, CancellationToken stopping)
    {
        var rule = new ZoneRule(claim.ZonePolicy, claim.PreferredZone, claim.MaxZoneShare);
        var pause = FirstPause;
        var patience = time.GetUtcNow() + options.ClaimPatience;
        var until = claim.Deadline < patience ? claim.Deadline : patience;
        if (time.GetUtcNow() >= until) return ClaimOutcome.Without(ClaimResult.Unavailable, cluster, "the deadline had passed before a server could be claimed");
        for (var tries = 1; ; tries++)
        {
            var rooms = Rooms(claim);
            var selectors = SelectorPlanner.Plan(claim.AgonesFleets, rule, rooms, state.ExcludedNodes, state.HasStrays([.. Excluded(rooms)]));
            if (selectors.Count == 0) return ClaimOutcome.Without(ClaimResult.NoServer, cluster, NoZone(claim));
            var expected = SelectorPlanner.Order(rule, rooms).FirstOrDefault(room => room.Ready > 0)?.Zone;
            if (breaker.TryEnter() is not { } pass) return ClaimOutcome.Without(ClaimResult.Unavailable, cluster, breaker.Refusal);
            ClaimOutcome refusal;
            switch (await PostAsync(SessionPacking.Order(claim, selectors), (claim.Fleet, expected ?? ""), pass, until, claim.Deadline < patience, stopping))
            {
                case AllocationAnswer.Allocated(var server) when WhyNot(server, claim, rule) is { } why:
                    // It had no labels that a selector could go by, or its node died between the plan and the claim. As long as it may still bear
                    // the tag, the incarnation must not get another.
                    if (!await GiveBackAsync(server, claim.Session, claim.Incarnation, until, stopping)) return NotGivenBack(why);
                    refusal = ClaimOutcome.Without(ClaimResult.NoServer, cluster, why);
                    break;
                case AllocationAnswer.Allocated(var server):
                    evidence.Claimed(ZoneOf(server), failed: false, time.GetUtcNow());
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
                if (tagged is null) return ClaimOutcome.Without(ClaimResult.NoServer, cluster, $"cluster {cluster} has no server of the session");
                if (!state.IsDead(tagged.Node)) return await ClaimedAsync(tagged, session, incarnation, stopping);
                var why = $"the session's server {tagged.Name} stands on node {tagged.Node}, which {state.JudgementOf(tagged.Node).Reason}";
                return await GiveBackAsync(tagged, session, incarnation, deadline, stopping) ? ClaimOutcome.Without(ClaimResult.NoServer, cluster, why) : NotGivenBack(why);
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

    private async Task<AllocationAnswer> PostAsync(
        AllocationOrder order, (string Fleet, string Zone) expected, CircuitPass pass, DateTimeOffset until, bool isCallersDeadline, CancellationToken stopping)
    {
        _underWay[expected] = _underWay.GetValueOrDefault(expected) + 1;
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
        finally
        {
            if (--_underWay[expected] == 0) _underWay.Remove(expected);
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

    private ClaimOutcome NotGivenBack(string why) => ClaimOutcome.Without(ClaimResult.Unknown, cluster, $"{why}, and it could not be given back yet");

    private async Task<bool> GiveBackAsync(GameServerSnapshot server, string session, int incarnation, DateTimeOffset until, CancellationToken stopping)
    {
        using var late = new CancellationTokenSource(Left(until), time);
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
        if (state.JudgementOf(server.Node) is { Action: not NodeAction.Ignore } verdict) return $"server {server.Name} stands on node {server.Node}, which {verdict.Reason}";
        var zone = ZoneOf(server);
        var excluded = Admission.ExcludedFor(claim.Session);
        if (excluded.Contains(zone)) return $"server {server.Name} stands in zone {zone}, which takes no sessions";
        if (rule.IsStrict && zone != rule.PreferredZone) return $"server {server.Name} stands in zone '{zone}' instead of {rule.PreferredZone}";

        // Its zone may be one of those: then no guess is made.
        return zone.Length == 0 && excluded.Count > 0 && !state.Knows(server.Node) ? $"the zone of server {server.Name} is not known" : null;
    }

    private string NoZone(ServerClaim claim)
    {
        var excluded = Admission.Directives.Where(directive => zones.Contains(directive.Zone)).Select(directive => $"{directive.Zone}: {directive.Reason}");
        return claim is { ZonePolicy: ZonePolicy.Require, PreferredZone: { } zone }
            ? $"fleet '{claim.Fleet}' serves only the zone asked for, and {zone} takes no sessions ({string.Join("; ", excluded)})"
            : $"no zone of cluster {cluster} takes sessions ({string.Join("; ", excluded)})";
    }

    private string ZoneOf(GameServerSnapshot server) => state.ZoneOf(server.Node) is { Length: > 0 } zone ? zone : server.ZoneLabel;

    private async Task<ClaimOutcome> ClaimedAsync(GameServerSnapshot server, string session, int incarnation, CancellationToken stopping)
    {
        state.NoteClaim(server.Name, session, incarnation);
        if (IsShared(server, session, incarnation)) await shared.JoinTokensAsync(server.Name, stopping);
        return new ClaimOutcome(ClaimResult.Claimed, server, ZoneOf(server), cluster, "");
    }

    private static bool IsShared(GameServerSnapshot server, string session, int incarnation) => server.Sessions.Find(session, incarnation) is { Shared: true };

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
