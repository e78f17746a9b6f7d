using System.Net.Http.Headers;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Sessions;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Api;

/// <summary>Takes the players' reports of their paths. Who a player is its join token says, which the session's grain verifies.</summary>
internal static class RouteReportEndpoint
{
    // Longer than any that is issued.
    private const int MaxTokenLength = 4096;

    public static void Map(RouteGroupBuilder sessions) => sessions.MapPost("/{id}/route-reports", ReportAsync)
        .WithName("ReportRoutes").WithSummary("A player tells which kind of route it uses and how all of them do.")
        .WithDescription("The player's own join token of this session is the bearer token. Reports of many players of many sessions make a path degraded for everybody; those of one player, or of one session, never do. They expire.")
        .Accepts<RouteReportRequest>("application/json")
        .Produces(StatusCodes.Status204NoContent)
        .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden)
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status429TooManyRequests);

    private static async Task<IResult> ReportAsync(string id, HttpContext context, SessionCalls calls, IOptions<MatchmakerOptions> options)
    {
        if (JoinTokenOf(context.Request) is not { } token) return Problem.Of(ApiFault.JoinTokenMissing, context);
        var body = await RequestBody.ReadAsync(context.Request, options.Value.MaxRouteReportBytes, context.RequestAborted);
        if (body is null) return Problem.Of(ApiFault.TooLarge(options.Value.MaxRouteReportBytes), context);
        var (report, faults) = RouteReportReader.Read(body.Value.Span);
        if (report is null) return Problem.Of(ApiFault.InvalidReport(faults), context);
        if (!SessionIds.IsWellFormed(id)) return Problem.Of(ApiFault.SessionNotFound, context);
        var reply = await calls.AskAsync(id, TimeSpan.Zero, session => session.ReportRoutes(report, token));
        return FaultOf(reply) is { } fault ? Problem.Of(fault, context) : TypedResults.NoContent();
    }

    private static string? JoinTokenOf(HttpRequest request) =>
        AuthenticationHeaderValue.TryParse(request.Headers.Authorization, out var header)
        && header is { Scheme: var scheme, Parameter: { Length: > 0 and <= MaxTokenLength } token } && scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) ? token : null;

    private static ApiFault? FaultOf(RouteReportReply reply) => reply.Outcome switch
    {
        RouteReportOutcome.Taken => null,
        RouteReportOutcome.NoSession => ApiFault.SessionNotFound,
        RouteReportOutcome.InvalidToken => ApiFault.JoinTokenInvalid,
        RouteReportOutcome.ExpiredToken => ApiFault.JoinTokenExpired,
        RouteReportOutcome.OtherSession => ApiFault.JoinTokenOtherSession,
        RouteReportOutcome.OtherPlayer => ApiFault.JoinTokenOtherPlayer,
        RouteReportOutcome.TooSoon => ApiFault.TooManyReports(reply.RetryAfter),
        _ => throw new ArgumentOutOfRangeException(nameof(reply), reply.Outcome, "No such outcome of a report."),
    };
}
