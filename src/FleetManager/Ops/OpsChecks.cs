using FleetSystem.FleetModel;
using Microsoft.AspNetCore.Http.HttpResults;

namespace FleetSystem.FleetManager.Ops;

/// <summary>What every change of an operator has: a reason.</summary>
internal static class OpsChecks
{
    /// <summary>Longest reason, in characters.</summary>
    public const int MaxReasonLength = 500;

    /// <summary>Adds what is wrong with a reason.</summary>
    public static void CheckReason(string? reason, List<OpsFieldError> faults)
    {
        if (string.IsNullOrWhiteSpace(reason)) faults.Add(new("$.reason", ErrorCodes.InvalidRequest, "The reason is missing: say why, for those who come after you."));
        else if (reason.Length > MaxReasonLength) faults.Add(new("$.reason", ErrorCodes.InvalidRequest, $"The reason has {reason.Length} characters; {MaxReasonLength} are possible."));
        else if (reason.Any(char.IsControl)) faults.Add(new("$.reason", ErrorCodes.InvalidRequest, "The reason has control characters."));
    }

    /// <summary>The problem of a reason, or null.</summary>
    public static ProblemHttpResult? FaultOfReason(string? reason)
    {
        var faults = new List<OpsFieldError>();
        CheckReason(reason, faults);
        return faults.Count > 0 ? OpsProblem.Invalid(faults) : null;
    }
}
