using FleetSystem.FleetModel;
using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Sessions;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Api;

/// <summary>The sessions of the players' API.</summary>
internal static class SessionEndpoints
{
    private const string KeyHeader = "Idempotency-Key";
    private const int MaxKeyLength = 255;

    // A caller's keys are his own. Callers are told apart once access is configured; until then all are one.
    private const string AnonymousCaller = "";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var sessions = routes.MapGroup("/v1/sessions").WithTags("Sessions");
        sessions.MapPost("/", CreateAsync)
            .WithName("CreateSession").WithSummary("Creates a session, or finds the one that the same request created.")
            .WithDescription("201: created, with a server. 200: the same Idempotency-Key and body came before; nothing more is claimed. 409: the key came with another body. 503: no server until the deadline.")
            .Accepts<CreateSessionRequest>("application/json")
            .Produces<SessionResource>(StatusCodes.Status201Created).Produces<SessionResource>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        sessions.MapGet("/{id}", GetAsync)
            .WithName("GetSession").WithSummary("A session, with each player's connection as the routes stand now.")
            .Produces<SessionResource>().ProducesProblem(StatusCodes.Status404NotFound);
        sessions.MapDelete("/{id}", EndAsync)
            .WithName("EndSession").WithSummary("Ends a session and gives its server back. Repeated calls find it ended.")
            .Produces<SessionResource>().ProducesProblem(StatusCodes.Status404NotFound);
        sessions.MapGet("/{id}/events", EventFeed.StreamAsync)
            .WithName("WatchSession").WithSummary("The session's events as server-sent events; Last-Event-ID resumes after a cut.")
            .Produces<SessionEventResource>(contentType: "text/event-stream").ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> CreateAsync(
        HttpContext context, [FromHeader(Name = KeyHeader)] string? idempotencyKey, IGrainFactory grains,
        IOptions<FleetSystemOptions> system, IOptions<MatchmakerOptions> options)
    {
        if (!IsKey(idempotencyKey))
            return Problem.Of(StatusCodes.Status400BadRequest, ErrorCodes.InvalidIdempotencyKey, "The Idempotency-Key is missing or malformed.", $"Send the header {KeyHeader} with 1 to {MaxKeyLength} printable ASCII characters, a new one for each session and the same one when you try again.");

        var body = await RequestBody.ReadAsync(context.Request, options.Value.MaxRequestBytes, context.RequestAborted);
        if (body is null)
            return Problem.Of(StatusCodes.Status413PayloadTooLarge, ErrorCodes.RequestTooLarge, "The body is too large.", $"A request may have {options.Value.MaxRequestBytes} bytes.");

        var (request, faults) = new SessionRequestReader(system.Value, options.Value.MaxDeadline).Read(body.Value.Span);
        if (request is null)
            return Problem.Of(StatusCodes.Status400BadRequest, faults[0].Code, "The request is not valid; nothing was allocated.", string.Join(" ", faults.Select(fault => $"{fault.Path}: {fault.Message}")), faults);

        var session = grains.GetGrain<ISessionGrain>(SessionIds.FromKey(AnonymousCaller, idempotencyKey!));
        var reply = await session.Create(request, SessionRequestReader.Fingerprint(request));
        return reply switch
        {
            { Outcome: CreateOutcome.Conflict } => Problem.Of(StatusCodes.Status409Conflict, ErrorCodes.IdempotencyConflict, "The Idempotency-Key was used with another request.", "Use a new key for a new session; repeat the same body with the same key to try again."),
            { View: { Session: { State: SessionState.Failed, Failure: { } failure } } } => Failed(context, failure),
            { Outcome: CreateOutcome.Created } => TypedResults.Created($"/v1/sessions/{reply.View!.Session.Id}", Resources.Of(reply.View)),
            _ => TypedResults.Ok(Resources.Of(reply.View!)),
        };
    }

    private static async Task<IResult> GetAsync(string id, IGrainFactory grains) =>
        SessionIds.IsWellFormed(id) && await grains.GetGrain<ISessionGrain>(id).Get() is { } view ? TypedResults.Ok(Resources.Of(view)) : Problem.SessionNotFound();

    private static async Task<IResult> EndAsync(string id, IGrainFactory grains) =>
        SessionIds.IsWellFormed(id) && await grains.GetGrain<ISessionGrain>(id).End("ended by its caller") is { } view ? TypedResults.Ok(Resources.Of(view)) : Problem.SessionNotFound();

    private static ProblemHttpResult Failed(HttpContext context, SessionFailure failure)
    {
        context.Response.Headers.RetryAfter = "2";
        return Problem.Of(StatusCodes.Status503ServiceUnavailable, failure.Code, "The session got no server.", $"{failure.Message} Try again with a new Idempotency-Key.");
    }

    private static bool IsKey(string? key) => key is { Length: >= 1 and <= MaxKeyLength } && key.All(letter => letter is >= '!' and <= '~');
}
