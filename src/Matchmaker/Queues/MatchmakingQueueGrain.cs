using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Tickets;
using Orleans.Concurrency;

namespace FleetSystem.Matchmaker.Queues;

/// <summary>A queue's grain: it gives one life of the queue (<see cref="QueueRun"/>) its turns. Reentrant: nobody waits for another's write.</summary>
[Reentrant]
internal sealed class MatchmakingQueueGrain(QueueContexts contexts) : Grain, IMatchmakingQueueGrain, IDisposable
{
    private QueueRun? _run;

    private QueueRun Run => _run ?? throw new QueueUnavailableException($"Queue {this.GetPrimaryKeyString()} is not configured in this silo.");

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (contexts.Find(this.GetPrimaryKeyString(), GrainFactory) is { } context) _run = new(context, DeactivateOnIdle);
        else DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _run?.End();
        return Task.CompletedTask;
    }

    public void Dispose() => _run?.Dispose();

    public Task<TicketReply> Create(TicketRequest request) => Run.AdmitAsync((state, now) => state.Create(request, now));

    public Task<TicketView?> Get(string ticket) => Run.ReadAsync((state, _) => state.Get(ticket));

    public Task<TicketView?> Cancel(string ticket, string reason) => Run.DecideAsync((state, now) => state.Cancel(ticket, reason, now));

    public Task<AcceptReply> Accept(string ticket, string? match, IReadOnlyList<string> players, bool accept) =>
        Run.DecideAsync((state, now) => state.Accept(ticket, match, players, accept, now));

    public Task<QueueNews> GetNews(NewsCursor? after) => Run.GetNewsAsync(after);

    public Task<BackfillReply> CreateBackfill(BackfillRequest request) => Run.CreateBackfillAsync(request);

    public Task<BackfillRecord?> GetBackfill(string backfill) => Run.ReadAsync((state, _) => state.GetBackfill(backfill));

    public Task<BackfillRecord?> StopBackfill(string backfill, string reason) => Run.DecideAsync((state, now) => state.StopBackfill(backfill, reason, now));

    public Task NoteSessionEnded(string session) => Run.DecideAsync((state, now) => state.NoteSessionEnded(session, now));

    public Task<QueueStatus> GetStatus() => Run.GetStatusAsync();

    public Task Verify() => Task.CompletedTask;
}
