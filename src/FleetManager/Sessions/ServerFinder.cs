using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Clusters;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Placement;
using FleetSystem.FleetModel.Sessions;
using FleetSystem.SiloHost.Telemetry;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Sessions;

/// <summary>Finds a session's incarnation its server: region by region, until one is claimed or the allocation's deadline has passed.</summary>
internal sealed partial class ServerFinder(
    IGrainFactory grains, IOptions<FleetSystemOptions> system, IOptions<FleetManagerOptions> options, AllocationMetrics metrics, TimeProvider time, ILogger<ServerFinder> log)
{
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MostPause = TimeSpan.FromSeconds(1);

    /// <summary>Claims a server.</summary>
    /// <param name="session">The session, Allocating.</param>
    /// <param name="resumed">True when an earlier claim of this incarnation may have succeeded: its tag is looked for first.</param>
    /// <param name="avoid">Clusters in which claims of this allocation were abandoned: they come last, after every other in reach.</param>
    /// <param name="turn">The region that has a server for the session, and is asked first; null when the session did not wait for one.</param>
    /// <param name="jitter">Spreads retries.</param>
    /// <param name="cancellationToken">Cancelled when the caller ends the session: no further try is made.</param>
    /// <returns>
    /// The server, or why there is none, or the claim that must be abandoned: a cluster may have claimed a server and cannot say so. Then the
    /// session goes on under its next incarnation. None of these when no region has a server free: then the session has to wait.
    /// </returns>
    public async Task<(ServerBinding? Server, SessionFailure? Failure, ClaimOutcome? Abandoned)> FindAsync(
        SessionRecord session, bool resumed, IReadOnlyList<string> avoid, string? turn, Random jitter, CancellationToken cancellationToken)
    {
        if (system.Value.Fleets.FirstOrDefault(candidate => candidate.Id == session.Request.Fleet) is not { } fleet)
            return (null, new SessionFailure(ErrorCodes.UnknownFleet, $"Fleet '{session.Request.Fleet}' is no longer part of the configuration."), null);

        using var activity = FleetManagerTelemetry.Source.StartActivity("allocate");
        activity?.SetTag(TelemetrySetup.SessionTag, session.Id).SetTag("fleet.session.incarnation", session.Incarnation).SetTag("fleet.fleet", fleet.Id);
        var began = time.GetTimestamp();
        IReadOnlyList<RegionChoice> choices = [.. RegionPlanner.Plan(system.Value, fleet, session.Request).OrderByDescending(choice => choice.Region == turn)];
        var found = await FindAsync(session, fleet, choices, resumed, avoid, jitter, cancellationToken);
        var outcome = OutcomeOf(found, cancellationToken);
        activity?.SetTag("fleet.outcome", outcome).SetTag("fleet.server", found.Server?.Name).SetTag("fleet.zone", found.Server?.Zone);
        metrics.Ended(fleet, found.Server?.Region ?? choices[0].Region, session.Request.PreferredZone, found.Server, outcome, time.GetElapsedTime(began));
        return found;
    }

    private async Task<(ServerBinding? Server, SessionFailure? Failure, ClaimOutcome? Abandoned)> FindAsync(
        SessionRecord session, FleetOptions fleet, IReadOnlyList<RegionChoice> choices, bool resumed, IReadOnlyList<string> avoid, Random jitter, CancellationToken cancellationToken)
    {
        var claim = ClaimOf(session, fleet) with { Avoid = avoid };
        var pause = LeastPause;
        DateTimeOffset? unclearSince = null;
        ClaimOutcome? worst = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            var certain = true;
            var before = worst;
            worst = null;
            foreach (var choice in choices)
            {
                var outcome = await AskAsync(choice, claim, resumed);
                if (outcome is { Result: ClaimResult.Claimed, Server: { } server }) return (Bind(choice, outcome, server), null, null);
                if (worst is null || outcome.Result > worst.Result) worst = outcome;
                certain &= resumed ? outcome.Result == ClaimResult.NoServer : outcome.Result != ClaimResult.Unknown;

                // Another region must not be asked under this incarnation while this one may have claimed a server.
                if (!certain && !resumed) break;
            }

            // A claim that comes too late for its deadline says less than those before it.
            if (certain && !resumed && before is not null && time.GetUtcNow() >= session.AllocationDeadline) worst = before;

            // A cluster that cannot say has been asked long enough; a call that was lost on the way may still be made up for by the tag.
            if (certain) unclearSince = null;
            else if (worst!.Cluster.Length > 0 || time.GetUtcNow() - (unclearSince ??= time.GetUtcNow()) >= options.Value.ClaimPatience) return (null, null, worst);

            // Once every region has said for certain that it holds no such server, a new claim may be made.
            if (resumed && certain)
            {
                resumed = false;
                if (time.GetUtcNow() < session.AllocationDeadline) continue;
                return (null, new SessionFailure(ErrorCodes.AllocationFailed, "The allocation was interrupted, and its deadline passed before it could go on."), null);
            }

            resumed = !certain;
            if (claim.Avoid.Count > 0 && !resumed)
            {
                claim = claim with { Avoid = [] };
                continue;
            }

            if (certain && worst is { Result: ClaimResult.NoServer } && time.GetUtcNow() < session.AllocationDeadline) return (null, null, null);
            if (time.GetUtcNow() + pause >= session.AllocationDeadline) break;
            await Task.Delay(pause * (0.5 + jitter.NextDouble()), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            pause = pause * 2 < MostPause ? pause * 2 : MostPause;
        }

        var failure = worst is null or { Result: ClaimResult.NoServer }
            ? new SessionFailure(ErrorCodes.NoCapacity, $"No server of fleet '{fleet.Id}' was free in {string.Join(", ", choices.Select(choice => choice.Region))} until the deadline.")
            : new SessionFailure(ErrorCodes.AllocationFailed, $"No server could be claimed until the deadline: {worst.Reason}");
        return (null, failure, null);
    }

    private static string OutcomeOf((ServerBinding? Server, SessionFailure? Failure, ClaimOutcome? Abandoned) found, CancellationToken cancellationToken) =>
        found.Server is not null ? AllocationMetrics.Allocated : cancellationToken.IsCancellationRequested ? "cancelled" : found.Failure?.Code ?? (found.Abandoned is null ? "waiting" : "abandoned");

    private async Task<ClaimOutcome> AskAsync(RegionChoice choice, ServerClaim claim, bool resumed)
    {
        try
        {
            var region = grains.GetGrain<IFleetGrain>(FleetGrainKey.Of(choice.Region, claim.Fleet));
            var asked = resumed ? region.Find(claim.Session, claim.Incarnation) : region.Claim(claim with { PreferredZone = choice.PreferredZone });

            // It asks one cluster after another. Orleans' own time-out is for calls that may wait; a lost message must not hold the session so long.
            var clusters = system.Value.Clusters.Count(cluster => cluster.Region == choice.Region);
            return await asked.WaitAsync((options.Value.LongestClaim * clusters) + TimeSpan.FromSeconds(1), time);
        }
        catch (Exception fault)
        {
            // A silo died, a call timed out or was cancelled on the way: the server may have been claimed all the same.
            LogAskFailed(log, claim.Session, choice.Region, fault);
            return ClaimOutcome.Without(ClaimResult.Unknown, "", $"region {choice.Region} did not answer: {fault.Message}");
        }
    }

    private static ServerClaim ClaimOf(SessionRecord session, FleetOptions fleet)
    {
        return new ServerClaim
        {
            Session = session.Id,
            Incarnation = session.Incarnation,
            Fleet = fleet.Id,
            AgonesFleets = fleet.NamesInAgones,
            Annotations = AnnotationsOf(session, isShared: fleet.Packing is not null),
            Deadline = session.AllocationDeadline,
            Place = fleet.Packing?.Place,
            Scheduling = fleet.Scheduling,
            ZonePolicy = fleet.ZonePolicy,
            MaxZoneShare = fleet.MaxZoneShare,
        };
    }

    /// <summary>What the game server is told; on a server of several, each under keys of its own.</summary>
    private static Dictionary<string, string> AnnotationsOf(SessionRecord session, bool isShared)
    {
        var annotations = new Dictionary<string, string>
        {
            [isShared ? AgonesKeys.SharedExpires(session.Id) : AgonesKeys.Expires] = session.ExpiresAt.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
            [isShared ? AgonesKeys.SharedRoutingToken(session.Id) : AgonesKeys.RoutingTokens] = session.RoutingToken,
        };
        if (session.Request.Attributes is { } attributes) annotations[isShared ? AgonesKeys.SharedGameData(session.Id) : AgonesKeys.GameData] = attributes;
        return annotations;
    }

    private static ServerBinding Bind(RegionChoice choice, ClaimOutcome outcome, GameServerSnapshot server) => new()
    {
        Cluster = outcome.Cluster,
        Region = choice.Region,
        Zone = outcome.Zone,
        Node = server.Node,
        Name = server.Name,
        Address = server.Address,
        Port = server.Port,
        PreferenceServed = RegionPlanner.PreferenceServed(choice, outcome.Zone),
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {SessionId} got no answer from region {RegionId}; its tag is looked for before anything is tried again")]
    private static partial void LogAskFailed(ILogger logger, string sessionId, string regionId, Exception fault);
}
