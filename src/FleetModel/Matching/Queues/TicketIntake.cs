using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.RuleSets;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Matching.Queues;

/// <summary>Whether a ticket may come in, and what happens to those that its players are in already.</summary>
internal sealed class TicketIntake(MatchmakingQueueOptions options, TicketQueueLimits limits, IReadOnlyList<string> regions, TicketBook book)
{
    public TicketReply Create(TicketRequest request, RuleSet ruleSet, DateTimeOffset now)
    {
        if (book.Ticket(request.Id) is { } known)
            return known.Record.Fingerprint == request.Fingerprint ? new(TicketOutcome.Existing, View(known), []) : new(TicketOutcome.Conflict, null, []);

        var timeout = request.Timeout is { } asked && asked < options.TicketTimeout ? asked : options.TicketTimeout;
        var ticket = new MatchmakingTicket(request.Id, now, now + timeout, request.Players);
        if (TicketChecks.Faults(ticket, ruleSet, regions) is { Count: > 0 } faults) return new(TicketOutcome.Invalid, null, faults);
        if (FindInTheWay(request.Players) is var (player, inTheWay)) return new(TicketOutcome.PlayerHasTicket, null, [], player, inTheWay.Id);
        var replaced = FindReplaced(request.Players);
        if (book.OpenCount - replaced.Count >= options.MaxTickets) return new(TicketOutcome.Full, null, []);

        var record = TicketTransitions.Create(ticket, request.Fingerprint);
        if (SegmentSize.Of(record) > limits.MaxRecordBytes) return new(TicketOutcome.Invalid, null, [new("players", $"have more than {limits.MaxRecordBytes} bytes of attributes and latencies together.")]);
        foreach (var other in replaced) book.Change(other, TicketStatus.Cancelled, now, null, ErrorCodes.TicketReplaced, $"ticket {ticket.Id} of one of its players took its place");
        var created = new HeldTicket(record, FastestRegion(ticket.Players));
        book.Add(created);
        return new(TicketOutcome.Created, View(created), []);
    }

    /// <summary>A ticket that the journal has, as it is held.</summary>
    public HeldTicket Hold(TicketRecord record) => new(record, FastestRegion(record.Ticket.Players)) { Stored = record };

    /// <summary>A ticket as it was decided.</summary>
    public TicketView View(HeldTicket ticket) => new(ticket.Record, book.Match(ticket.Record.MatchId)?.Record);

    /// <summary>An open ticket of one of the players that must not be replaced.</summary>
    private (string Player, HeldTicket Ticket)? FindInTheWay(IReadOnlyList<MatchmakingPlayer> players)
    {
        for (var i = 0; i < players.Count; i++)
        {
            if (book.TicketOf(players[i].Id) is { } other && (options.SecondTicket == SecondTicketPolicy.Refuse || !TicketBook.IsWaiting(other.Record.Status))) return (players[i].Id, other);
        }

        return null;
    }

    private List<HeldTicket> FindReplaced(IReadOnlyList<MatchmakingPlayer> players)
    {
        var replaced = new List<HeldTicket>();
        for (var i = 0; i < players.Count; i++)
        {
            if (book.TicketOf(players[i].Id) is { } other && !replaced.Contains(other)) replaced.Add(other);
        }

        return replaced;
    }

    /// <summary>The region that is fastest on average, of those that all of the players have told; empty when there is none.</summary>
    private string FastestRegion(IReadOnlyList<MatchmakingPlayer> players)
    {
        var (fastest, least) = ("", long.MaxValue);
        foreach (var region in regions)
        {
            var sum = 0L;
            foreach (var player in players) sum = player.LatencyMilliseconds.TryGetValue(region, out var latency) && sum >= 0 ? sum + latency : -1;
            if (sum >= 0 && sum < least) (fastest, least) = (region, sum);
        }

        return fastest;
    }
}
