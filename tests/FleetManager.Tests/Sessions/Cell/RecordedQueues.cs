using System.Collections.Concurrent;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetManager.Tests.Sessions.Cell;

/// <summary>What sessions tell the queues that they are matches of. The queues themselves live in the other host.</summary>
internal sealed class RecordedQueues
{
    public ConcurrentQueue<(string Queue, BackfillRequest Request)> Asked { get; } = new();

    public ConcurrentQueue<(string Queue, string Backfill)> Stopped { get; } = new();

    public ConcurrentQueue<(string Queue, string Session)> Ended { get; } = new();
}

/// <summary>A queue that only listens.</summary>
internal sealed class RecordedQueueGrain(RecordedQueues queues) : Grain, IMatchmakingQueueGrain
{
    private string Id => this.GetPrimaryKeyString();

    public Task<BackfillReply> CreateBackfill(BackfillRequest request)
    {
        queues.Asked.Enqueue((Id, request));
        return Task.FromResult(new BackfillReply(BackfillOutcome.Created, null, []));
    }

    public Task<BackfillRecord?> StopBackfill(string backfill, string reason)
    {
        queues.Stopped.Enqueue((Id, backfill));
        return Task.FromResult<BackfillRecord?>(null);
    }

    public Task NoteSessionEnded(string session)
    {
        queues.Ended.Enqueue((Id, session));
        return Task.CompletedTask;
    }

    public Task<TicketReply> Create(TicketRequest request) => throw new NotSupportedException("No session's business.");

    public Task<TicketView?> Get(string ticket) => throw new NotSupportedException("No session's business.");

    public Task<TicketView?> Cancel(string ticket, string reason) => throw new NotSupportedException("No session's business.");

    public Task<AcceptReply> Accept(string ticket, string? match, IReadOnlyList<string> players, bool accept) => throw new NotSupportedException("No session's business.");

    public Task<QueueNews> GetNews(NewsCursor? after) => throw new NotSupportedException("No session's business.");

    public Task<BackfillRecord?> GetBackfill(string backfill) => throw new NotSupportedException("No session's business.");

    public Task<QueueStatus> GetStatus() => Task.FromResult(new QueueStatus
    {
        Queue = Id,
        Tickets = new Dictionary<TicketStatus, int> { [TicketStatus.Searching] = 3 },
        MatchesPerMinute = 7,
        WaitMedian = TimeSpan.FromSeconds(2),
        Obstacles = [new("FairSkill", 2, 3)],
        RuleSetVersion = "v",
    });

    public Task Verify() => throw new NotSupportedException("No session's business.");
}
