using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.SiloHost.Listening;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Reads queues as their operators see them, and knows the names that there are.</summary>
internal sealed class QueueReader(IGrainFactory grains, IOptions<FleetSystemOptions> system, TimeProvider time)
{
    // One queue that hangs, or no Matchmaker at all, must not keep operators from seeing the others.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The queues, in the order of the configuration.</summary>
    public IEnumerable<string> Queues => system.Value.Queues.Select(queue => queue.Id);

    /// <summary>The problem of a name that is no queue's, or null.</summary>
    public ProblemHttpResult? UnknownQueue(string queue) => RegionReader.Unknown(queue, Queues, ErrorCodes.UnknownQueue, "There is no queue", "Queues");

    /// <summary>All queues.</summary>
    public async Task<IReadOnlyList<OpsQueue>> ListAsync() => await Task.WhenAll(system.Value.Queues.Select(ReadAsync));

    /// <summary>A page of queues.</summary>
    /// <param name="fleet">Of a fleet, or null for all.</param>
    /// <param name="limit">Most of them, or null.</param>
    /// <param name="after">What an earlier page gave as next, or null for the first.</param>
    public async Task<Results<Ok<OpsQueueList>, ProblemHttpResult>> ListAsync(string? fleet, int? limit, string? after)
    {
        if (OpsPaging.Check(limit, [("fleet", fleet), ("after", after)], out var most) is { } fault) return fault;
        return OpsPaging.Page([.. system.Value.Queues.Where(queue => fleet is null || queue.Fleet == fleet)], queue => queue.Id, after, most) is var (page, next)
            ? TypedResults.Ok(new OpsQueueList(await Task.WhenAll(page.Select(ReadAsync)), next)) : OpsPaging.NoCursor();
    }

    /// <summary>A queue and its rule set.</summary>
    public async Task<Results<Ok<OpsQueueDetail>, ProblemHttpResult>> FindAsync(string queue)
    {
        if (UnknownQueue(queue) is { } unknown) return unknown;
        var ruleSet = await grains.GetGrain<IRuleSetGrain>(queue).GetSince("");
        return TypedResults.Ok(new OpsQueueDetail(await ReadAsync(system.Value.Queues.First(known => known.Id == queue)), OpsRuleSet.Of(ruleSet!)));
    }

    /// <summary>A queue. One that does not answer in time is told as such.</summary>
    private async Task<OpsQueue> ReadAsync(MatchmakingQueueOptions queue)
    {
        QueueStatus? status = null;
        try
        {
            status = await grains.Reach<IMatchmakingQueueGrain>(queue.Id).GetStatus().WaitAsync(Patience, time);
        }
        catch (Exception fault) when (FaultAnswers.IsPassing(fault))
        {
            // Its answer says so.
        }

        return OpsQueue.Of(queue.Id, queue.Fleet, status);
    }
}
