using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using FleetSystem.FleetModel.Matching.RuleSets;
using FleetSystem.SiloHost.Access;

namespace FleetSystem.FleetManager.Ops;

/// <summary>Queues in the operators' API: how they do, and the rule set that they go by.</summary>
internal static class QueueEndpoints
{
    // A rule set of the largest size in a string, every second character escaped.
    private const int MaxBytes = 2 * RuleSetLimits.MaxBytes;

    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/ops/v1/queues").WithTags("Queues");
        group.MapGet("/", (
                string? fleet,
                [Description(OpsPaging.LimitText), Range(1, OpsPaging.MaxLimit)] int? limit,
                [Description(OpsPaging.AfterText), MaxLength(OpsPaging.MaxTextLength)] string? after,
                QueueReader queues) => queues.ListAsync(fleet, limit, after))
            .Tells<OpsQueueList>("Every queue, or those of a fleet: its tickets by status, waits, pools, and what keeps tickets from a match.");
        group.MapGet("/{queue}", (string queue, QueueReader queues) => queues.FindAsync(queue))
            .Tells<OpsQueueDetail>("A queue, and the rule set that holds.");
        group.MapPut("/{queue}/rule-set", (string queue, HttpContext context, QueueReader queues, QueueCommands commands) =>
                OpsBody.ThenAsync<SetRuleSetRequest>(context, queues.UnknownQueue(queue), async asked => await commands.SetAsync(queue, asked, AccessSetup.Caller(context)), MaxBytes))
            .Changes<SetRuleSetRequest, SetRuleSetAnswer>("Sets another rule set, also for tickets that wait already.");
        group.MapPost("/{queue}/rule-set/reset", (string queue, HttpContext context, QueueReader queues, QueueCommands commands) =>
                OpsBody.ThenAsync<ReasonRequest>(context, queues.UnknownQueue(queue), async asked => await commands.ResetAsync(queue, asked, AccessSetup.Caller(context))))
            .Changes<ReasonRequest, SetRuleSetAnswer>("Lets the configuration's rule set hold again.");
    }
}
