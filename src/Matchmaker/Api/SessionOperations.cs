using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Sessions;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Api;

/// <summary>What callers can do with sessions, whichever protocol they speak.</summary>
internal sealed class SessionOperations(SessionCalls calls, CreationLimit limit, IOptions<FleetSystemOptions> system, IOptions<MatchmakerOptions> options)
{
    // A caller's keys are his own. Callers are told apart once access is configured; until then all are one.
    private const string AnonymousCaller = "";

    /// <summary>What came of an operation: the session, or why not.</summary>
    public readonly record struct Result(SessionView? View, ApiFault? Fault, bool IsNew = false);

    /// <summary>Whether a text may be an idempotency key.</summary>
    public static bool IsKey(string? key) =>
        key is { Length: >= 1 and <= ApiFault.MaxKeyLength } && key.All(letter => letter is >= '!' and <= '~');

    // A server that is claimed but does not take the session up is replaced; the grain gives up after as many.
    private const int MaxPlayableWaits = 3;

    /// <summary>Creates a session, or finds the one that the same key and request created.</summary>
    public async Task<Result> CreateAsync(string? idempotencyKey, CreateSessionRequest asked)
    {
        if (!IsKey(idempotencyKey)) return new(null, ApiFault.InvalidKey);
        var (request, faults) = new SessionRequestValidator(system.Value, options.Value.MaxDeadline).Check(asked);
        if (request is null) return new(null, ApiFault.Invalid(faults));

        using var place = limit.Enter(request);
        if (!place.IsAcquired) return new(null, ApiFault.Overloaded);
        var fingerprint = SessionRequestValidator.Fingerprint(request);
        var reply = await calls.AskAsync(SessionIds.FromKey(AnonymousCaller, idempotencyKey!), LongestCreate(request), session => session.Create(request, fingerprint));
        return reply switch
        {
            { Outcome: CreateOutcome.Conflict } => new(null, ApiFault.KeyReused),
            { View: { Session: { State: SessionState.Failed, Failure: { } failure } } } => new(null, ApiFault.Failed(failure)),
            _ => new(reply.View, null, reply.Outcome == CreateOutcome.Created),
        };
    }

    /// <summary>A session.</summary>
    public async Task<Result> GetAsync(string id) => Found(SessionIds.IsWellFormed(id) ? await calls.AskAsync(id, TimeSpan.Zero, session => session.Get()) : null);

    /// <summary>Ends a session.</summary>
    public async Task<Result> EndAsync(string id) => Found(SessionIds.IsWellFormed(id) ? await calls.AskAsync(id, TimeSpan.Zero, session => session.End("ended by its caller")) : null);

    private TimeSpan LongestCreate(SessionRequest request)
    {
        if (request.WaitFor == WaitFor.Allocated) return request.Deadline;
        var playable = system.Value.Fleets.First(fleet => fleet.Id == request.Fleet).PlayableDeadline;
        return (request.Deadline + playable) * MaxPlayableWaits;
    }

    private static Result Found(SessionView? view) => view is null ? new(null, ApiFault.SessionNotFound) : new(view, null);
}
