using FleetSystem.FleetModel.Cells;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Tickets;
using FleetSystem.Matchmaker.Access;
using FleetSystem.Matchmaker.Api;
using FleetSystem.Matchmaker.Cells;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Tickets;

/// <summary>What game backends can do to fill running sessions, whichever protocol they speak.</summary>
internal sealed class BackfillOperations(QueueCalls calls, TicketLimit limit, CellDirectory cells, IOptions<FleetSystemOptions> system)
{
    /// <summary>Asks for players, or finds the request that the same key created.</summary>
    public async Task<BackfillResult> CreateAsync(Caller caller, string? idempotencyKey, CreateBackfillRequest asked)
    {
        if (!SessionOperations.IsKey(idempotencyKey)) return ApiFault.InvalidKey;
        if (!caller.IsBackend) return TicketFaults.BackendsOnly;
        if (system.Value.Queues.FirstOrDefault(known => known.Id == asked.Queue) is not { } queue) return TicketFaults.UnknownQueue(asked.Queue, system.Value.Queues);
        var (teams, faults) = new TicketRequestValidator(system.Value, queue, cells.Regions).Check(asked);
        if (teams is null) return TicketFaults.Invalid(faults);
        if (SessionHome.Parse(asked.SessionId ?? "") is not { } home || (home.Cell is not null && home.Cell != system.Value.Cell)) return TicketFaults.NoSession;

        using var place = limit.Enter(queue.Id);
        if (!place.IsAcquired) return TicketFaults.Overloaded;
        var request = new BackfillRequest
        {
            Id = TicketIds.Backfill(queue.Id, caller.Id, idempotencyKey!),
            Fingerprint = TicketFingerprint.Of(home.Id, teams, asked.TimeoutSeconds),
            SessionId = home.Id,
            Teams = teams,
            Origin = BackfillOrigin.Backend,
            Timeout = asked.TimeoutSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
        var reply = await calls.AskAsync(queue.Id, grain => grain.CreateBackfill(request));
        return reply.Outcome switch
        {
            BackfillOutcome.Created or BackfillOutcome.Existing => new BackfillResult(TicketResources.Of(reply.Backfill!), null, reply.Outcome == BackfillOutcome.Created),
            BackfillOutcome.Conflict => TicketFaults.KeyReused,
            BackfillOutcome.Invalid => TicketFaults.Unmatchable(reply.Faults),
            BackfillOutcome.NoSession => TicketFaults.NoSession,
            BackfillOutcome.Full => TicketFaults.QueueFull,
            _ => throw new ArgumentOutOfRangeException(nameof(asked), reply.Outcome, "No such outcome of a backfill."),
        };
    }

    /// <summary>A backfill.</summary>
    public Task<BackfillResult> GetAsync(Caller caller, string id) => AskAsync(caller, id, grain => grain.GetBackfill(id));

    /// <summary>Ends a backfill; who has been matched to it still comes.</summary>
    public Task<BackfillResult> StopAsync(Caller caller, string id) => AskAsync(caller, id, grain => grain.StopBackfill(id, "stopped by its caller"));

    private async Task<BackfillResult> AskAsync(Caller caller, string id, Func<IMatchmakingQueueGrain, Task<BackfillRecord?>> call)
    {
        if (!caller.IsBackend) return TicketFaults.BackendsOnly;
        if (TicketIds.QueueOfBackfill(id) is not { } queue || system.Value.Queues.All(known => known.Id != queue)) return TicketFaults.BackfillNotFound;
        return await calls.AskAsync(queue, call) is { } backfill ? new BackfillResult(TicketResources.Of(backfill), null) : TicketFaults.BackfillNotFound;
    }
}

/// <summary>What came of an operation: the backfill, or why not.</summary>
/// <param name="Backfill">The backfill.</param>
/// <param name="Fault">Why not.</param>
/// <param name="IsNew">Whether this call created it.</param>
internal readonly record struct BackfillResult(BackfillResource? Backfill, ApiFault? Fault, bool IsNew = false)
{
    public static implicit operator BackfillResult(ApiFault fault) => new(null, fault);
}
