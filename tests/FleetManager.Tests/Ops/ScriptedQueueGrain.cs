using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetManager.Tests.Ops;

/// <summary>A queue that only says how it does. The real one is the Matchmaker's.</summary>
internal sealed class ScriptedQueueGrain : Grain, IMatchmakingQueueGrain
{
    /// <summary>What queues answer.</summary>
    public static Func<string, Task<QueueStatus>> OnStatus { get; set; } = queue => Task.FromResult(new QueueStatus { Queue = queue, Tickets = new Dictionary<TicketStatus, int>() });

    public Task<QueueStatus> GetStatus() => OnStatus(this.GetPrimaryKeyString());

    public Task<TicketReply> Create(TicketRequest request) => throw new NotSupportedException();

    public Task<TicketView?> Get(string ticket) => throw new NotSupportedException();

    public Task<TicketView?> Cancel(string ticket, string reason) => throw new NotSupportedException();

    public Task<AcceptReply> Accept(string ticket, string? match, IReadOnlyList<string> players, bool accept) => throw new NotSupportedException();

    public Task<QueueNews> GetNews(NewsCursor? after) => throw new NotSupportedException();

    public Task<BackfillReply> CreateBackfill(BackfillRequest request) => throw new NotSupportedException();

    public Task<BackfillRecord?> GetBackfill(string backfill) => throw new NotSupportedException();

    public Task<BackfillRecord?> StopBackfill(string backfill, string reason) => throw new NotSupportedException();

    public Task NoteSessionEnded(string session) => throw new NotSupportedException();

    public Task Verify() => throw new NotSupportedException();
}
