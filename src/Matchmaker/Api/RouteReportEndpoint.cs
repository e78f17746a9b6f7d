using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Api;

/// <summary>Takes the players' reports of their paths over HTTP.</summary>
internal static class RouteReportEndpoint
{
    public static void Map(RouteGroupBuilder sessions) => sessions.MapPost("/{id}/route-reports", ReportAsync)
        // The join token is the credential, and the session's grain checks it.
        .AllowAnonymous()
        .WithName("ReportRoutes").WithSummary("A player tells which kind of route it uses and how all of them do.")
        .WithDescription("The player's own join token of this session is the bearer token. Reports of many players of many sessions make a path degraded for everybody; those of one player, or of one session, never do. They expire.")
        .Accepts<RouteReportRequest>("application/json")
        .Produces(StatusCodes.Status204NoContent)
        .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status403Forbidden)
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status429TooManyRequests);

    private static async Task<IResult> ReportAsync(string id, HttpContext context, CallerSessions sessions, IOptions<MatchmakerOptions> options)
    {
        if (JoinTokenHeader.Read(context.Request.Headers.Authorization) is not { } token) return Problem.Of(ApiFault.JoinTokenMissing, context);
        var body = await RequestBody.ReadAsync(context.Request, options.Value.MaxRouteReportBytes, context.RequestAborted);
        if (body is null) return Problem.Of(ApiFault.TooLarge(options.Value.MaxRouteReportBytes), context);
        var (report, faults) = RouteReportReader.Read(body.Value.Span);
        if (report is null) return Problem.Of(ApiFault.InvalidReport(faults), context);
        return await sessions.ReportRoutesAsync(id, report, token) is { } fault ? Problem.Of(fault, context) : TypedResults.NoContent();
    }
}
