using System.Text.Json;
using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.RuleSets;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetSystem.FleetManager.Ops;

/// <summary>What operators do with queues: the rule set that they go by.</summary>
internal sealed class QueueCommands(IGrainFactory grains, QueueReader queues)
{
    private const string RuleSetPath = "$.ruleSet";

    /// <summary>Sets another rule set, also for tickets that wait already.</summary>
    public async Task<Results<Ok<SetRuleSetAnswer>, ProblemHttpResult>> SetAsync(string queue, SetRuleSetRequest asked, string caller)
    {
        if (queues.UnknownQueue(queue) is { } unknown) return unknown;
        var faults = new List<OpsFieldError>();
        if (asked.RuleSet is not { ValueKind: JsonValueKind.Object or JsonValueKind.String })
            faults.Add(new(RuleSetPath, ErrorCodes.InvalidRequest, "The rule set is missing: give it as an object, or its text as a string."));
        OpsChecks.CheckReason(asked.Reason, faults);
        if (faults.Count > 0) return OpsProblem.Invalid(faults);

        var ruleSet = asked.RuleSet!.Value;
        var text = ruleSet.ValueKind == JsonValueKind.String ? ruleSet.GetString()! : ruleSet.GetRawText();
        var reply = await grains.GetGrain<IRuleSetGrain>(queue).Set(text, caller, asked.Reason!);
        return reply.Faults.Count > 0 ? OpsProblem.Invalid(Of(reply.Faults)) : Answer(reply);
    }

    /// <summary>Lets the configuration's rule set hold again.</summary>
    public async Task<Results<Ok<SetRuleSetAnswer>, ProblemHttpResult>> ResetAsync(string queue, ReasonRequest asked, string caller)
    {
        if (queues.UnknownQueue(queue) is { } unknown) return unknown;
        if (OpsChecks.FaultOfReason(asked.Reason) is { } fault) return fault;
        return Answer(await grains.GetGrain<IRuleSetGrain>(queue).Reset(caller, asked.Reason!));
    }

    private static Ok<SetRuleSetAnswer> Answer(RuleSetReply reply) => TypedResults.Ok(new SetRuleSetAnswer(OpsRuleSet.Of(reply.Now), Of(reply.Warnings)));

    /// <summary>Faults of the rule set, at their places in the body.</summary>
    private static IReadOnlyList<OpsFieldError> Of(IReadOnlyList<RuleSetFault> faults) =>
        [.. faults.Select(fault => new OpsFieldError(RuleSetPath + fault.Path[(fault.Path.StartsWith('$') ? 1 : 0)..], ErrorCodes.InvalidRuleSet, fault.Message))];
}
