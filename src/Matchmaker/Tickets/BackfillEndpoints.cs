using FleetSystem.Matchmaker.Access;
using FleetSystem.Matchmaker.Api;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Tickets;

/// <summary>What only game backends call: players for running sessions, and the events of a whole queue.</summary>
internal static class BackfillEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var backfills = routes.MapGroup("/v1/backfills").WithTags("Backfills");
        backfills.MapPost("/", CreateAsync)
            .WithName("CreateBackfill").WithSummary("Asks for players for the free places of a running session. For game backends.")
            .WithDescription("201: created; another request of the session is replaced. 200: the same Idempotency-Key and body came before. 404: no such queue, or no such session of the queue's fleet. A game server that writes its wish into its lists and annotations needs no backend.")
            .Accepts<CreateBackfillRequest>("application/json")
            .Produces<BackfillResource>(StatusCodes.Status201Created).Produces<BackfillResource>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        backfills.MapGet("/{id}", async (string id, HttpContext context, BackfillOperations all) => ToHttp(await all.GetAsync(Caller.Of(context), id), context))
            .WithName("GetBackfill").WithSummary("A session's wish for players. For game backends.")
            .Produces<BackfillResource>().ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status404NotFound);
        backfills.MapDelete("/{id}", async (string id, HttpContext context, BackfillOperations all) => ToHttp(await all.StopAsync(Caller.Of(context), id), context))
            .WithName("StopBackfill").WithSummary("Ends it; who has been matched to it still comes. For game backends.")
            .Produces<BackfillResource>().ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status404NotFound);
        routes.MapGet("/v1/queues/{queue}/events", StreamAsync).WithTags("Queues")
            .WithName("WatchQueue").WithSummary("The events of all tickets of a queue as server-sent events; Last-Event-ID resumes after a cut. For game backends.")
            .WithDescription("Events are named by the status that their tickets entered: what happened to the tickets of a match at once is one event. Each comes at least once: a ticket's are counted by sequence. The event gap says that some are missing, because the queue moved or the reader was away for long or too slow: ask for the tickets themselves then.")
            .Produces<QueueEventResource>(contentType: "text/event-stream").ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<IResult> CreateAsync(
        HttpContext context, [FromHeader(Name = ApiFault.KeyHeader)] string? idempotencyKey, BackfillOperations backfills, IOptions<MatchmakerOptions> options)
    {
        if (!SessionOperations.IsKey(idempotencyKey)) return Problem.Of(ApiFault.InvalidKey, context);
        var (asked, refused) = await TicketEndpoints.ReadAsync<CreateBackfillRequest>(context, options.Value);
        if (asked is null) return refused!;
        return await backfills.CreateAsync(Caller.Of(context), idempotencyKey, asked) switch
        {
            { Fault: { } fault } => Problem.Of(fault, context),
            { IsNew: true, Backfill: { } created } => TypedResults.Created($"/v1/backfills/{created.BackfillId}", created),
            { Backfill: var found } => TypedResults.Ok(found!),
        };
    }

    private static IResult StreamAsync(
        string queue, HttpContext context, [FromHeader(Name = "Last-Event-ID")] string? lastEventId, TicketOperations tickets, QueueFeed feed)
    {
        var caller = Caller.Of(context);
        if (tickets.RefuseFeed(caller, queue) is { } refused) return Problem.Of(refused, context);
        if (!feed.TryOpen()) return Problem.Of(TicketFaults.TooManyStreams, context);
        return TypedResults.ServerSentEvents(CallerStream.ServerSentEventsAsync(context, ending => feed.EventsAsync(caller, queue, TicketResources.Cursor(lastEventId), ending), ServerSentEvents.Of));
    }

    private static IResult ToHttp(BackfillResult result, HttpContext context) => result.Fault is { } fault ? Problem.Of(fault, context) : TypedResults.Ok(result.Backfill!);
}
