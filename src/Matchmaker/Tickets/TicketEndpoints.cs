using System.Globalization;
using FleetSystem.Matchmaker.Access;
using FleetSystem.Matchmaker.Api;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Tickets;

/// <summary>The tickets of the players' API.</summary>
internal static class TicketEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var tickets = routes.MapGroup("/v1/tickets").WithTags("Tickets");
        tickets.MapPost("/", CreateAsync)
            .WithName("CreateTicket").WithSummary("Creates a ticket for a player or a party, or finds the one that the same request created.")
            .WithDescription("201: created, and kept whatever dies. 200: the same Idempotency-Key and body came before. 409: the key came with another body, or a player is in another ticket of the queue (player-has-ticket). 503: as many tickets wait as may (queue-full), or as many are being created (overloaded). What the queue's rule set cannot match is refused at once, every fault with its JSON path.")
            .Accepts<CreateTicketRequest>("application/json")
            .Produces<TicketResource>(StatusCodes.Status201Created).Produces<TicketResource>()
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status403Forbidden).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status413PayloadTooLarge).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        tickets.MapGet("/{id}", GetAsync)
            .WithName("GetTicket").WithSummary("A ticket, with the match that it is in.")
            .Produces<TicketResource>().ProducesProblem(StatusCodes.Status404NotFound);
        tickets.MapDelete("/{id}", CancelAsync)
            .WithName("CancelTicket").WithSummary("Cancels a ticket for whose match no server is being claimed yet; one that waits for acceptance rejects its match thereby. Repeated calls find it cancelled.")
            .Produces<TicketResource>().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        tickets.MapPost("/{id}/acceptance", AcceptAsync)
            .WithName("AcceptMatch").WithSummary("Players of a ticket accept its match, or one of them rejects it.")
            .Accepts<AcceptanceRequest>("application/json")
            .Produces<TicketResource>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status413PayloadTooLarge);
        tickets.MapGet("/{id}/events", StreamAsync)
            .WithName("WatchTicket").WithSummary("The ticket's events as server-sent events; Last-Event-ID resumes after a cut.")
            .WithDescription("Events are named by the status entered: queued, searching, requiresAcceptance, placing, completed, timedOut, cancelled, failed; their type is FlexMatch's name of the event. The stream ends when the ticket is done. It ends with credentialEnded, which has no id, when its token has expired or its key was withdrawn: code and detail say which; with a fresh one it is opened again.")
            .Produces<TicketEventResource>(contentType: "text/event-stream").ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<IResult> CreateAsync(
        HttpContext context, [FromHeader(Name = ApiFault.KeyHeader)] string? idempotencyKey, TicketOperations tickets, IOptions<MatchmakerOptions> options)
    {
        if (!SessionOperations.IsKey(idempotencyKey)) return Problem.Of(ApiFault.InvalidKey, context);
        var (asked, refused) = await ReadAsync<CreateTicketRequest>(context, options.Value);
        if (asked is null) return refused!;
        return await tickets.CreateAsync(Caller.Of(context), idempotencyKey, asked) switch
        {
            { Fault: { } fault } => Problem.Of(fault, context),
            { IsNew: true, Ticket: { } created } => TypedResults.Created($"/v1/tickets/{created.TicketId}", created),
            { Ticket: var found } => TypedResults.Ok(found!),
        };
    }

    private static async Task<IResult> GetAsync(string id, HttpContext context, TicketOperations tickets) => ToHttp(await tickets.GetAsync(Caller.Of(context), id), context);

    private static async Task<IResult> CancelAsync(string id, HttpContext context, TicketOperations tickets) => ToHttp(await tickets.CancelAsync(Caller.Of(context), id), context);

    private static async Task<IResult> AcceptAsync(string id, HttpContext context, TicketOperations tickets, IOptions<MatchmakerOptions> options)
    {
        var (asked, refused) = await ReadAsync<AcceptanceRequest>(context, options.Value);
        return asked is null ? refused! : ToHttp(await tickets.AcceptAsync(Caller.Of(context), id, asked), context);
    }

    private static async Task<IResult> StreamAsync(
        HttpContext context, string id, [FromHeader(Name = "Last-Event-ID")] string? lastEventId, TicketOperations tickets, TicketFeed feed)
    {
        var caller = Caller.Of(context);
        if (await tickets.FindAsync(caller, id) is null) return Problem.Of(TicketFaults.NotFound, context);
        if (!feed.TryOpen()) return Problem.Of(TicketFaults.TooManyStreams, context);
        _ = long.TryParse(lastEventId, NumberStyles.None, CultureInfo.InvariantCulture, out var after);
        return TypedResults.ServerSentEvents(CallerStream.ServerSentEventsAsync(context, ending => feed.EventsAsync(caller, id, after, ending), ServerSentEvents.Of));
    }

    /// <summary>The body of a request, or the answer to one that cannot be read.</summary>
    internal static async Task<(T? Asked, IResult? Refused)> ReadAsync<T>(HttpContext context, MatchmakerOptions options)
        where T : class
    {
        var body = await RequestBody.ReadAsync(context.Request, options.MaxRequestBytes, context.RequestAborted);
        if (body is null) return (null, Problem.Of(ApiFault.TooLarge(options.MaxRequestBytes), context));
        var (asked, unreadable) = TicketRequestReader.Read<T>(body.Value.Span);
        return asked is null ? (null, Problem.Of(TicketFaults.Invalid([unreadable!]), context)) : (asked, null);
    }

    private static IResult ToHttp(TicketResult result, HttpContext context) => result.Fault is { } fault ? Problem.Of(fault, context) : TypedResults.Ok(result.Ticket!);
}
