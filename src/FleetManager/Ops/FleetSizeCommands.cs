using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Sizing;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetSystem.FleetManager.Ops;

/// <summary>What operators do about a fleet's size in a cluster. As <see cref="RegionCommands"/>.</summary>
internal sealed class FleetSizeCommands(IGrainFactory grains, FleetSizeReader sizes)
{
    private const int MaxVersionLength = 64;

    /// <summary>Changes the size of a fleet's Agones Fleet in a cluster.</summary>
    public async Task<Results<Ok<SetFleetSizeAnswer>, ProblemHttpResult>> SetAsync(string fleet, string cluster, string agonesFleet, SetFleetSizeRequest asked, string caller)
    {
        if (sizes.Unknown(fleet, cluster, agonesFleet) is { } unknown) return unknown;
        var faults = new List<OpsFieldError>();
        if (asked.Version?.Length > MaxVersionLength) faults.Add(new("$.version", ErrorCodes.InvalidRequest, "It is not what a look at the size gave as version."));
        OpsChecks.CheckReason(asked.Reason, faults);
        if (faults.Count > 0) return OpsProblem.Invalid(faults);

        var outcome = await grains.GetGrain<IClusterGrain>(cluster).SetFleetSize(new FleetSizeWish
        {
            AgonesFleet = agonesFleet,
            Version = asked.Version ?? "",
            Replicas = asked.Replicas,
            MinReplicas = asked.MinReplicas,
            MaxReplicas = asked.MaxReplicas,
            BufferSize = asked.BufferSize,
            BufferPercent = asked.BufferPercent,
            By = caller,
            Reason = asked.Reason!,
        });
        var now = outcome.Size is { } size ? OpsFleetSize.Of(size) : null;
        return outcome.Result switch
        {
            FleetSizeResult.Changed or FleetSizeResult.Unchanged => TypedResults.Ok(new SetFleetSizeAnswer(outcome.Result == FleetSizeResult.Changed, now!, outcome.Notes)),
            FleetSizeResult.Invalid => OpsProblem.Invalid([.. outcome.Faults.Select(fault => new OpsFieldError(fault.Field.Length > 0 ? $"$.{fault.Field}" : "$", ErrorCodes.InvalidRequest, fault.Message))]),
            FleetSizeResult.NotFound => OpsProblem.NotFound(ErrorCodes.UnknownFleet, outcome.Reason),
            FleetSizeResult.Stale => OpsProblem.Conflict(ErrorCodes.SizeChanged, outcome.Reason, now),
            FleetSizeResult.NotChangeable => OpsProblem.Conflict(ErrorCodes.SizeNotChangeable, outcome.Reason, now),
            FleetSizeResult.Unavailable => OpsProblem.Unavailable($"Nothing was changed: {outcome.Reason}"),
            _ => OpsProblem.OutcomeUnknown(outcome.Reason),
        };
    }
}
