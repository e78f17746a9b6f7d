using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Tickets;
using FleetSystem.Matchmaker.Access;
using FleetSystem.Matchmaker.Api;
using FleetSystem.Matchmaker.Cells;
using Microsoft.Extensions.Options;

namespace FleetSystem.Matchmaker.Tickets;

/// <summary>What callers can do with tickets, whichever protocol they speak.</summary>
internal sealed class TicketOperations(QueueCalls calls, TicketLimit limit, CellDirectory cells, IOptions<FleetSystemOptions> system)
{
    /// <summary>Creates a ticket, or finds the one that the same key and request created.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="idempotencyKey">His key; a malformed one is a fault.</param>
    /// <param name="asked">What is asked for, unchecked.</param>
    public async Task<TicketResult> CreateAsync(Caller caller, string? idempotencyKey, CreateTicketRequest asked)
    {
        if (!SessionOperations.IsKey(idempotencyKey)) return ApiFault.InvalidKey;
        if (FindQueue(asked.Queue) is not { } queue) return TicketFaults.UnknownQueue(asked.Queue, system.Value.Queues);
        var (players, faults) = new TicketRequestValidator(system.Value, queue, cells.Regions).Check(asked);
        if (players is null) return TicketFaults.Invalid(faults);
        if (!caller.MaySee(players.Select(player => player.Id))) return ApiFault.OthersOnly;

        using var place = limit.Enter(queue.Id);
        if (!place.IsAcquired) return TicketFaults.Overloaded;
        var request = new TicketRequest
        {
            Id = TicketIds.Ticket(queue.Id, caller.Id, idempotencyKey!),
            Fingerprint = TicketFingerprint.Of(players, asked.TimeoutSeconds),
            Players = players,
            Timeout = asked.TimeoutSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
        var reply = await calls.AskAsync(queue.Id, grain => grain.Create(request));
        return reply.Outcome switch
        {
            TicketOutcome.Created or TicketOutcome.Existing => new TicketResult(TicketResources.Of(reply.View!, caller), null, reply.Outcome == TicketOutcome.Created),
            TicketOutcome.Conflict => TicketFaults.KeyReused,
            TicketOutcome.Invalid => TicketFaults.Unmatchable(reply.Faults),
            TicketOutcome.PlayerHasTicket => await HasTicketAsync(caller, reply),
            TicketOutcome.Full => TicketFaults.QueueFull,
            _ => throw new ArgumentOutOfRangeException(nameof(asked), reply.Outcome, "No such outcome of a ticket."),
        };
    }

    /// <summary>A ticket.</summary>
    public async Task<TicketResult> GetAsync(Caller caller, string id) => await FindAsync(caller, id) is { } view ? Of(view, caller) : TicketFaults.NotFound;

    /// <summary>Cancels a ticket for whose match no server is being claimed yet.</summary>
    public async Task<TicketResult> CancelAsync(Caller caller, string id)
    {
        if (await FindAsync(caller, id) is null || await calls.AskAsync(QueueOf(id)!, grain => grain.Cancel(id, "cancelled by its caller")) is not { } view) return TicketFaults.NotFound;
        return view.Ticket.Status switch
        {
            TicketStatus.Cancelled or TicketStatus.TimedOut or TicketStatus.Failed => Of(view, caller),
            var status => TicketFaults.NotOpen(status, "The ticket has a match, which is placed or has its session. End the session instead, or leave it."),
        };
    }

    /// <summary>Players of a ticket accept its match, or reject it.</summary>
    public async Task<TicketResult> AcceptAsync(Caller caller, string id, AcceptanceRequest asked)
    {
        if (await FindAsync(caller, id) is not { } known) return TicketFaults.NotFound;
        if (TicketRequestValidator.Faults(asked, [.. known.Ticket.Ticket.Players.Select(player => player.Id)]) is { Count: > 0 } faults) return TicketFaults.Invalid(faults);
        IReadOnlyList<string> players = [.. asked.PlayerIds!.OfType<string>().Distinct(StringComparer.Ordinal)];
        if (!players.All(caller.Owns)) return TicketFaults.OwnAnswerOnly;
        var reply = await calls.AskAsync(QueueOf(id)!, grain => grain.Accept(id, asked.MatchId, players, asked.Acceptance == Acceptance.Accept));
        return reply.Outcome switch
        {
            AcceptOutcome.Taken => Of(reply.View!, caller),
            AcceptOutcome.NoTicket => TicketFaults.NotFound,
            AcceptOutcome.NotAsked => TicketFaults.NotOpen((reply.View ?? known).Ticket.Status, "The ticket does not wait for its players to accept a match, or another one than the answer names. Its events tell when it does."),
            AcceptOutcome.OtherPlayer => TicketFaults.Invalid([new("$.playerIds", FleetModel.ErrorCodes.InvalidRequest, "A player is none of the ticket's.")]),
            _ => throw new ArgumentOutOfRangeException(nameof(asked), reply.Outcome, "No such outcome of an answer."),
        };
    }

    /// <summary>A ticket that is for a caller; null when there is none.</summary>
    public async Task<TicketView?> FindAsync(Caller caller, string id)
    {
        if (QueueOf(id) is not { } queue || await calls.AskAsync(queue, grain => grain.Get(id)) is not { } view) return null;
        return caller.MaySee(view.Ticket.Ticket.Players.Select(player => player.Id)) ? view : null;
    }

    /// <summary>The queue of a ticket's id; null when the text is none, or names a queue that this cell does not have.</summary>
    public string? QueueOf(string id) => FindQueue(TicketIds.QueueOfTicket(id))?.Id;

    /// <summary>Why somebody may not follow a queue; null when he may.</summary>
    public ApiFault? RefuseFeed(Caller caller, string queue) =>
        !caller.IsBackend ? TicketFaults.BackendsOnly : FindQueue(queue) is null ? TicketFaults.UnknownQueue(queue, system.Value.Queues) : null;

    private MatchmakingQueueOptions? FindQueue(string? queue) => system.Value.Queues.FirstOrDefault(known => known.Id == queue);

    private async Task<ApiFault> HasTicketAsync(Caller caller, TicketReply reply)
    {
        var isTold = reply.OtherTicket is { } other && (caller.Owns(reply.Player ?? "") || await FindAsync(caller, other) is not null);
        return TicketFaults.PlayerHasTicket(reply.Player ?? "", isTold ? reply.OtherTicket : null);
    }

    private static TicketResult Of(TicketView view, Caller caller) => new(TicketResources.Of(view, caller), null);
}

/// <summary>What came of an operation: the ticket, or why not.</summary>
/// <param name="Ticket">The ticket.</param>
/// <param name="Fault">Why not.</param>
/// <param name="IsNew">Whether this call created it.</param>
internal readonly record struct TicketResult(TicketResource? Ticket, ApiFault? Fault, bool IsNew = false)
{
    public static implicit operator TicketResult(ApiFault fault) => new(null, fault);
}
