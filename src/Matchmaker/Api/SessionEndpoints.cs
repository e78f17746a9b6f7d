using FleetSystem.FleetModel.Sessions;
using FleetSystem.Matchmaker.Access;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Api;

/// <summary>The sessions of the players' API.</summary>
internal static class SessionEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var sessions = routes.MapGroup("/v1/sessions").WithTags("Sessions");
        sessions.MapPost("/", CreateAsync)
            .WithName("CreateSession").WithSummary("Creates a session, or finds the one that the same request created.")
            .WithDescription("201: created, with a server. 202: no server is free; the session is pending in a queue, and its events tell when it has a server, or that its deadline has passed. 200: the same Idempotency-Key and body came before, and the session is pending no more; nothing more is claimed. 409: the key came with another body. 503: the session got no server, as many sessions wait as may (queue-full), or as many are being created (overloaded).")
            .Accepts<CreateSessionRequest>("application/json")
            .Produces<SessionResource>(StatusCodes.Status201Created).Produces<SessionResource>(StatusCodes.Status202Accepted).Produces<SessionResource>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        sessions.MapGet("/{id}", GetAsync)
            .WithName("GetSession").WithSummary("A session, with each player's connection as the routes stand now.")
            .Produces<SessionResource>().ProducesProblem(StatusCodes.Status404NotFound);
        sessions.MapDelete("/{id}", EndAsync)
            .WithName("EndSession").WithSummary("Ends a session and gives its server back. Repeated calls find it ended.")
            .Produces<SessionResource>().ProducesProblem(StatusCodes.Status404NotFound);
        sessions.MapGet("/{id}/events", EventFeed.StreamAsync)
            .WithName("WatchSession").WithSummary("The session's events as server-sent events; Last-Event-ID resumes after a cut.")
            .WithDescription("Events are named by the state entered. routesChanged has no id: it is not stored, and comes whenever the order of the session's routes is another one, when join tokens have been renewed because half of their life was over, and at once after a cut; its data is the newest event with the session as it stands. credentialEnded is the last where the stream ends because its token has expired or its key was withdrawn: code and detail say which; with a fresh one it is opened again.")
            .Produces<SessionEventResource>(contentType: "text/event-stream").ProducesProblem(StatusCodes.Status404NotFound);
        RouteReportEndpoint.Map(sessions);
    }

    private static async Task<IResult> CreateAsync(
        HttpContext context, [FromHeader(Name = ApiFault.KeyHeader)] string? idempotencyKey, CallerSessions sessions, IOptions<MatchmakerOptions> options)
    {
        if (!SessionOperations.IsKey(idempotencyKey)) return Problem.Of(ApiFault.InvalidKey, context);
        var body = await RequestBody.ReadAsync(context.Request, options.Value.MaxRequestBytes, context.RequestAborted);
        if (body is null) return Problem.Of(ApiFault.TooLarge(options.Value.MaxRequestBytes), context);
        var (asked, unreadable) = SessionRequestReader.Read(body.Value.Span);
        if (asked is null) return Problem.Of(ApiFault.Invalid([unreadable!]), context);

        return await sessions.CreateAsync(Caller.Of(context), idempotencyKey, asked) switch
        {
            { Fault: { } fault } => Problem.Of(fault, context),
            { Session: { State: SessionState.Pending } waiting } => TypedResults.Accepted(PathOf(waiting), waiting),
            { IsNew: true, Session: { } created } => TypedResults.Created(PathOf(created), created),
            { Session: var found } => TypedResults.Ok(found!),
        };
    }

    private static async Task<IResult> GetAsync(string id, HttpContext context, CallerSessions sessions) => ToHttp(await sessions.GetAsync(Caller.Of(context), id), context);

    private static async Task<IResult> EndAsync(string id, HttpContext context, CallerSessions sessions) => ToHttp(await sessions.EndAsync(Caller.Of(context), id), context);

    private static string PathOf(SessionResource session) => $"/v1/sessions/{session.SessionId}";

    private static IResult ToHttp(SessionResult result, HttpContext context) =>
        result.Fault is { } fault ? Problem.Of(fault, context) : TypedResults.Ok(result.Session!);
}
