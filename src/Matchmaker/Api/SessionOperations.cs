using System.Runtime.CompilerServices;
using FleetSystem.FleetModel.Cells;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Sessions;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Api;

/// <summary>The sessions that this cell keeps.</summary>
internal sealed class SessionOperations(
    IGrainFactory grains, SessionCalls calls, CreationLimit limit, IOptions<FleetSystemOptions> system, IOptions<MatchmakerOptions> options) : ISessionOperations
{
    /// <summary>Whether a text may be an idempotency key.</summary>
    public static bool IsKey(string? key) =>
        key is { Length: >= 1 and <= ApiFault.MaxKeyLength } && key.All(letter => letter is >= '!' and <= '~');

    /// <inheritdoc/>
    public async Task<SessionResult> CreateAsync(string callerId, string? idempotencyKey, CreateSessionRequest asked)
    {
        if (!IsKey(idempotencyKey)) return SessionResult.Failed(ApiFault.InvalidKey);
        var (request, faults) = Check(asked, OtherRegions.None);
        if (request is null) return SessionResult.Failed(ApiFault.Invalid(faults));
        var (result, elsewhere) = await CreateHereAsync(SessionIds.FromKey(callerId, idempotencyKey!), request);
        return elsewhere is null ? result : SessionResult.Failed(ApiFault.CellUnreachable(elsewhere));
    }

    /// <summary>What a request asks for, or every fault that it has.</summary>
    /// <param name="asked">The request as it came.</param>
    /// <param name="others">Regions of other cells that it may name.</param>
    public (SessionRequest? Request, IReadOnlyList<FieldError> Faults) Check(CreateSessionRequest asked, OtherRegions others) =>
        new SessionRequestValidator(system.Value, options.Value.MaxDeadline, others).Check(asked);

    /// <summary>Creates a session in this cell, unless its key was settled on another.</summary>
    /// <param name="id">The id that follows from the caller and his key.</param>
    /// <param name="request">What is asked for.</param>
    /// <returns>What came of it, or the cell that keeps it.</returns>
    public async Task<(SessionResult Result, string? Elsewhere)> CreateHereAsync(string id, SessionRequest request)
    {
        using var place = limit.Enter(request);
        if (!place.IsAcquired) return (SessionResult.Failed(ApiFault.Overloaded), null);
        var fingerprint = SessionRequestValidator.Fingerprint(request);
        var reply = await calls.AskAsync(id, LongestCreate(request), session => session.Create(request, fingerprint));
        return reply switch
        {
            { Outcome: CreateOutcome.Elsewhere } => (default, reply.Cell),
            { Outcome: CreateOutcome.Conflict } => (SessionResult.Failed(ApiFault.KeyReused), null),
            { View: { Session: { State: SessionState.Failed, Failure: { } failure } } } => (SessionResult.Failed(ApiFault.Failed(failure)), null),
            _ => (new SessionResult(Resources.Of(reply.View!), null, reply.Outcome == CreateOutcome.Created), null),
        };
    }

    /// <summary>How long the creation of a session may last.</summary>
    public TimeSpan LongestCreate(SessionRequest request)
    {
        if (request.WaitFor == WaitFor.Allocated) return request.Deadline;
        var playable = system.Value.Fleets.First(fleet => fleet.Id == request.Fleet).PlayableDeadline;
        return (request.Deadline + playable) * SessionTransitions.MaxUntakenServers;
    }

    /// <inheritdoc/>
    public async Task<SessionResult> GetAsync(string id) => Found(IdHere(id) is { } here ? await calls.AskAsync(here, TimeSpan.Zero, session => session.Get()) : null);

    /// <inheritdoc/>
    public async Task<SessionResult> EndAsync(string id) =>
        Found(IdHere(id) is { } here ? await calls.AskAsync(here, TimeSpan.Zero, session => session.End("ended by its caller")) : null);

    /// <inheritdoc/>
    public async IAsyncEnumerable<SessionEventResource> WatchAsync(string id, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (IdHere(id) is not { } here) yield break;
        var session = grains.Reach<ISessionGrain>(here);
        await foreach (var view in session.Watch(after, cancellationToken).WithCancellation(cancellationToken))
        {
            if (view.Session.LastSequence <= after && Resources.RoutesChanged(view) is { } rerouted) yield return rerouted;
            foreach (var happened in Resources.EventsAfter(view, after))
            {
                after = happened.Sequence;
                yield return happened;
            }
        }

        // The stream also ends when its grain moves to another silo.
        var last = (await session.Get())?.Session;
        if (last is not null && !(last.IsClosed && last.LastSequence <= after)) throw new SessionUnavailableException($"the stream of session {here} ended before the session");
    }

    /// <inheritdoc/>
    public async Task<ApiFault?> ReportRoutesAsync(string id, RouteReport report, string joinToken)
    {
        if (IdHere(id) is not { } here) return ApiFault.SessionNotFound;
        var reply = await calls.AskAsync(here, TimeSpan.Zero, session => session.ReportRoutes(report, joinToken));
        return reply.Outcome switch
        {
            RouteReportOutcome.Taken => null,
            RouteReportOutcome.NoSession => ApiFault.SessionNotFound,
            RouteReportOutcome.InvalidToken => ApiFault.JoinTokenInvalid,
            RouteReportOutcome.ExpiredToken => ApiFault.JoinTokenExpired,
            RouteReportOutcome.OtherSession => ApiFault.JoinTokenOtherSession,
            RouteReportOutcome.OtherPlayer => ApiFault.JoinTokenOtherPlayer,
            RouteReportOutcome.TooSoon => ApiFault.TooManyReports(reply.RetryAfter),
            _ => throw new ArgumentOutOfRangeException(nameof(report), reply.Outcome, "No such outcome of a report."),
        };
    }

    private string? IdHere(string text) => SessionHome.Parse(text) is { } home && (home.Cell is null || home.Cell == system.Value.Cell) ? home.Id : null;

    private static SessionResult Found(SessionView? view) => view is null ? SessionResult.Failed(ApiFault.SessionNotFound) : new(Resources.Of(view), null);
}
