using FleetSystem.Matchmaker.Access;
using FleetSystem.Matchmaker.Api;
using FleetSystem.Matchmaker.Tickets;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Grpc;

/// <summary>
/// The tickets over gRPC. Rules and outcomes are those of <see cref="TicketOperations"/> and <see cref="BackfillOperations"/>; here they only change their form,
/// in the order of the HTTP API, so that a call with several faults is told the same one.
/// </summary>
internal sealed class TicketsService(
    TicketOperations tickets, BackfillOperations backfills, TicketFeed ticketFeed, QueueFeed queueFeed, IOptions<MatchmakerOptions> options) : V1.Tickets.TicketsBase
{
    public override async Task<V1.CreateTicketResponse> CreateTicket(V1.CreateTicketRequest request, ServerCallContext context)
    {
        var key = KeyOf(context);
        var result = await tickets.CreateAsync(Caller.Of(context), key, Asked(request, TicketMessages.Read));
        return new V1.CreateTicketResponse { Ticket = ViewOf(result), Created = result.IsNew };
    }

    public override async Task<V1.Ticket> GetTicket(V1.GetTicketRequest request, ServerCallContext context) => ViewOf(await tickets.GetAsync(Caller.Of(context), request.TicketId));

    public override async Task<V1.Ticket> CancelTicket(V1.CancelTicketRequest request, ServerCallContext context) => ViewOf(await tickets.CancelAsync(Caller.Of(context), request.TicketId));

    public override async Task<V1.Ticket> AcceptMatch(V1.AcceptMatchRequest request, ServerCallContext context) =>
        ViewOf(await tickets.AcceptAsync(Caller.Of(context), request.TicketId, Asked(request, TicketMessages.Read)));

    public override async Task WatchTicket(V1.WatchTicketRequest request, IServerStreamWriter<V1.TicketEvent> responseStream, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        ViewOf(await tickets.GetAsync(caller, request.TicketId));
        if (!ticketFeed.TryOpen()) throw GrpcFault.Of(TicketFaults.TooManyStreams);

        // The connection's own pings keep it open: what stands for a heartbeat in the feed is not sent.
        using var stream = CallerStream.Of(context.GetHttpContext());
        await foreach (var happened in stream.RunAsync(ending => ticketFeed.EventsAsync(caller, request.TicketId, Math.Max(0, request.AfterSequence), ending), context.CancellationToken))
        {
            if (happened is not null) await responseStream.WriteAsync(TicketMessages.Of(happened), context.CancellationToken);
        }

        if (stream.End is { } end) throw GrpcFault.Of(end);

        // The feed gives up when the ticket cannot be asked for long: an end without a fault would read as the ticket's end.
        if (await tickets.GetAsync(caller, request.TicketId) is { Ticket.IsClosed: false }) throw GrpcFault.Of(ApiFault.Unavailable);
    }

    public override async Task WatchQueue(V1.WatchQueueRequest request, IServerStreamWriter<V1.QueueEvent> responseStream, ServerCallContext context)
    {
        var caller = Caller.Of(context);
        if (tickets.RefuseFeed(caller, request.Queue) is { } refused) throw GrpcFault.Of(refused);
        if (!queueFeed.TryOpen()) throw GrpcFault.Of(TicketFaults.TooManyStreams);
        using var stream = CallerStream.Of(context.GetHttpContext());
        var after = TicketResources.Cursor(request.HasAfterCursor ? request.AfterCursor : null);
        await foreach (var happened in stream.RunAsync(ending => queueFeed.EventsAsync(caller, request.Queue, after, ending), context.CancellationToken))
        {
            if (happened is not null) await responseStream.WriteAsync(TicketMessages.Of(happened), context.CancellationToken);
        }

        // It has no end of its own.
        throw GrpcFault.Of(stream.End ?? ApiFault.Unavailable);
    }

    public override async Task<V1.CreateBackfillResponse> CreateBackfill(V1.CreateBackfillRequest request, ServerCallContext context)
    {
        var key = KeyOf(context);
        var result = await backfills.CreateAsync(Caller.Of(context), key, Asked(request, TicketMessages.Read));
        return new V1.CreateBackfillResponse { Backfill = ViewOf(result), Created = result.IsNew };
    }

    public override async Task<V1.Backfill> GetBackfill(V1.GetBackfillRequest request, ServerCallContext context) => ViewOf(await backfills.GetAsync(Caller.Of(context), request.BackfillId));

    public override async Task<V1.Backfill> StopBackfill(V1.StopBackfillRequest request, ServerCallContext context) => ViewOf(await backfills.StopAsync(Caller.Of(context), request.BackfillId));

    // gRPC writes the names of metadata in lower case.
    private static string KeyOf(ServerCallContext context) =>
        context.RequestHeaders.GetValue(ApiFault.KeyHeader.ToLowerInvariant()) is { } key && SessionOperations.IsKey(key) ? key : throw GrpcFault.Of(ApiFault.InvalidKey);

    private TAsked Asked<TRequest, TAsked>(TRequest request, Func<TRequest, (TAsked? Asked, FieldError? Fault)> read)
        where TRequest : IMessage
        where TAsked : class
    {
        if (request.CalculateSize() > options.Value.MaxRequestBytes) throw GrpcFault.Of(ApiFault.TooLarge(options.Value.MaxRequestBytes));
        var (asked, unreadable) = read(request);
        return asked ?? throw GrpcFault.Of(TicketFaults.Invalid([unreadable!]));
    }

    private static V1.Ticket ViewOf(TicketResult result) => result.Fault is { } fault ? throw GrpcFault.Of(fault) : TicketMessages.Of(result.Ticket!);

    private static V1.Backfill ViewOf(BackfillResult result) => result.Fault is { } fault ? throw GrpcFault.Of(fault) : TicketMessages.Of(result.Backfill!);
}
