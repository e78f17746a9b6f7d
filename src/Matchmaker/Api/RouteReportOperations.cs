using System.Net.Http.Headers;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Routing;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.Matchmaker.Api;

/// <summary>Takes the players' reports of their paths, whichever protocol they speak. Who a player is its join token says, which the session's grain verifies.</summary>
internal sealed class RouteReportOperations(SessionCalls calls)
{
    // Longer than any that is issued.
    private const int MaxTokenLength = 4096;

    /// <summary>The join token of a header or metadata entry <c>Authorization: Bearer TOKEN</c>, or null when it has none.</summary>
    public static string? JoinTokenOf(string? authorization) =>
        AuthenticationHeaderValue.TryParse(authorization, out var header)
        && header is { Scheme: var scheme, Parameter: { Length: > 0 and <= MaxTokenLength } token } && scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) ? token : null;

    /// <summary>Hands a report to its session.</summary>
    /// <returns>Why it was not taken, or null when it was.</returns>
    public async Task<ApiFault?> ReportAsync(string id, RouteReport report, string token)
    {
        if (!SessionIds.IsWellFormed(id)) return ApiFault.SessionNotFound;
        var reply = await calls.AskAsync(id, TimeSpan.Zero, session => session.ReportRoutes(report, token));
        return reply.Outcome switch
        {
            RouteReportOutcome.Taken => null,
            RouteReportOutcome.NoSession => ApiFault.SessionNotFound,
            RouteReportOutcome.InvalidToken => ApiFault.JoinTokenInvalid,
            RouteReportOutcome.ExpiredToken => ApiFault.JoinTokenExpired,
            RouteReportOutcome.OtherSession => ApiFault.JoinTokenOtherSession,
            RouteReportOutcome.OtherPlayer => ApiFault.JoinTokenOtherPlayer,
            RouteReportOutcome.TooSoon => ApiFault.TooManyReports(reply.RetryAfter),
            _ => throw new InvalidOperationException($"A report's outcome {reply.Outcome} has no answer."),
        };
    }
}
