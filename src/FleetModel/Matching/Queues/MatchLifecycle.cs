using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Formation;
using FleetSystem.FleetModel.Matching.RuleSets;
using FleetSystem.FleetModel.Matching.Tickets;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetModel.Matching.Queues;

/// <summary>
/// A match's way from its formation to its session, and what becomes of its tickets where it does not get there: those that go back to searching keep their age, and
/// so come first.
/// </summary>
internal sealed class MatchLifecycle(MatchmakingQueueOptions options, TicketQueueLimits limits, TicketBook book, BackfillLifecycle backfills)
{
    /// <summary>Tickets that wait become a match.</summary>
    public HeldMatch Form(FormedMatch formed, IReadOnlyList<HeldTicket> tickets, HeldBackfill? backfill, DateTimeOffset now)
    {
        var record = new MatchRecord
        {
            Id = TicketIds.Match(options.Id, tickets.Select(ticket => (ticket.Id, ticket.Record.LastSequence))),
            Tickets = [.. tickets.Select(ticket => ticket.Id)],
            Teams = [.. formed.Teams.Select(team => new MatchedTeam(team.Name, [.. team.Tickets.SelectMany(ticket => ticket.Players)]))],
            Regions = formed.Regions,
            Status = MatchStatus.Placing,
            FormedAt = now,
            Backfill = backfill?.Id,
            SessionId = backfill?.Record.SessionId,
        };
        record = options.AcceptanceRequired ? record with { Status = MatchStatus.RequiresAcceptance, AcceptBy = now + options.AcceptanceTimeout } : WithSession(record);
        var match = book.Put(record);
        var status = options.AcceptanceRequired ? TicketStatus.RequiresAcceptance : TicketStatus.Placing;
        foreach (var ticket in tickets) book.Change(ticket, status, now, record.Id);
        if (backfill is not null) backfills.Matched(backfill, record.Id);
        return match;
    }

    /// <summary>Players of a ticket accept its match, or reject it.</summary>
    public AcceptOutcome Accept(HeldTicket ticket, string? matchId, IReadOnlyList<string> players, bool accept, DateTimeOffset now)
    {
        if (ticket.Record.MatchId is null || (matchId is not null && matchId != ticket.Record.MatchId) || book.Match(ticket.Record.MatchId) is not { } match) return AcceptOutcome.NotAsked;
        if (players.Any(player => ticket.Record.Ticket.Players.All(own => own.Id != player))) return AcceptOutcome.OtherPlayer;
        if (match.Record.Status != MatchStatus.RequiresAcceptance) return accept && players.All(match.Record.AcceptedBy.Contains) ? AcceptOutcome.Taken : AcceptOutcome.NotAsked;
        if (!accept)
        {
            Reject(match, ticket, ErrorCodes.MatchRejected, $"{string.Join(", ", players)} rejected the match", now);
            return AcceptOutcome.Taken;
        }

        var accepted = match.Record.AcceptedBy.Union(players).ToList();
        if (accepted.Count == match.Record.AcceptedBy.Count) return AcceptOutcome.Taken;
        if (accepted.Count < match.Record.Players.Count())
        {
            book.Put(match.Record with { AcceptedBy = accepted });
            return AcceptOutcome.Taken;
        }

        book.Put(WithSession(match.Record with { AcceptedBy = accepted, Status = MatchStatus.Placing }));
        foreach (var member in TicketsOf(match)) book.Change(member, TicketStatus.Placing, now, match.Id);
        return AcceptOutcome.Taken;
    }

    /// <summary>A ticket will not have its match: it is cancelled, and the others search again, also those who were not done with answering.</summary>
    public void Reject(HeldMatch match, HeldTicket ticket, string? code, string reason, DateTimeOffset now)
    {
        var tickets = TicketsOf(match);
        Drop(match, now);
        foreach (var member in tickets)
        {
            if (member == ticket) book.Change(member, TicketStatus.Cancelled, now, match.Id, code, reason);
            else SendBack(member, ErrorCodes.MatchRejected, $"another ticket's player rejected match {match.Id}", now);
        }

        book.ReleaseIfOver(match);
    }

    /// <summary>The time to accept a match is over: who accepted searches again, who did not is cancelled.</summary>
    public void TimeOut(HeldMatch match, DateTimeOffset now)
    {
        var (tickets, accepted) = (TicketsOf(match), match.Record.AcceptedBy.ToHashSet(StringComparer.Ordinal));
        Drop(match, now);
        foreach (var ticket in tickets)
        {
            if (ticket.Record.Ticket.Players.All(player => accepted.Contains(player.Id))) SendBack(ticket, ErrorCodes.AcceptanceTimedOut, $"not all players accepted match {match.Id} in time", now);
            else book.Change(ticket, TicketStatus.Cancelled, now, match.Id, ErrorCodes.AcceptanceTimedOut, "not all of its players accepted the match in time");
        }

        book.ReleaseIfOver(match);
    }

    /// <summary>The match has its session, or its players are in the one that they fill.</summary>
    /// <param name="match">The match.</param>
    /// <param name="session">The session.</param>
    /// <param name="ruleSet">The rule set that holds.</param>
    /// <param name="now">The time.</param>
    public void Place(HeldMatch match, SessionRecord session, RuleSet ruleSet, DateTimeOffset now)
    {
        var (tickets, players) = (TicketsOf(match), new Dictionary<string, MatchmakingPlayer>(StringComparer.Ordinal));
        book.Put(match.Record with { Status = MatchStatus.Completed });
        foreach (var ticket in tickets)
        {
            book.Change(ticket, TicketStatus.Completed, now, match.Id);
            foreach (var player in ticket.Record.Ticket.Players) players[player.Id] = player;
        }

        if (session.IsClosed) return;
        var come = match.Record.Teams.ToDictionary(team => team.Name, team => (IReadOnlyList<MatchmakingPlayer>)[.. team.Players.Where(players.ContainsKey).Select(player => players[player])], StringComparer.Ordinal);
        backfills.Placed(match.Record, come, session.Server?.Region, session.ExpiresAt, ruleSet, now);
    }

    /// <summary>The match has no session: its tickets search again, unless that has happened to them too often.</summary>
    /// <param name="match">The match.</param>
    /// <param name="reason">Why, as the end of a sentence.</param>
    /// <param name="isSessionOver">Whether the session that it was to fill takes nobody any more.</param>
    /// <param name="now">The time.</param>
    public void Fail(HeldMatch match, string reason, bool isSessionOver, DateTimeOffset now)
    {
        var tickets = TicketsOf(match);
        if (isSessionOver && book.Backfill(match.Record.Backfill) is { } backfill) backfills.Stop(backfill, reason, now);
        Drop(match, now);
        foreach (var ticket in tickets)
        {
            var failures = ticket.Record.Events.Count(happened => happened.Code == ErrorCodes.PlacementFailed) + 1;
            if (failures < limits.MaxPlacementFailures) SendBack(ticket, ErrorCodes.PlacementFailed, reason, now);
            else book.Change(ticket, TicketStatus.Failed, now, match.Id, ErrorCodes.PlacementFailed, $"{failures} matches could not be placed, the last one because {reason}");
        }

        book.ReleaseIfOver(match);
    }

    /// <summary>The tickets of a match.</summary>
    public List<HeldTicket> TicketsOf(HeldMatch match) => [.. match.Record.Tickets.Select(book.Ticket).OfType<HeldTicket>().Where(ticket => ticket.Record.MatchId == match.Id)];

    private void Drop(HeldMatch match, DateTimeOffset now)
    {
        book.Put(match.Record with { Status = MatchStatus.Dropped });
        if (book.Backfill(match.Record.Backfill) is { } backfill) backfills.SearchAgain(backfill, now);
    }

    private void SendBack(HeldTicket ticket, string code, string reason, DateTimeOffset now)
    {
        if (ticket.Record.Ticket.ExpiresAt > now) book.Change(ticket, TicketStatus.Searching, now, null, code, reason);
        else book.Change(ticket, TicketStatus.TimedOut, now, null, code, reason);
    }

    private static MatchRecord WithSession(MatchRecord record) => record.SessionId is null ? record with { SessionId = TicketIds.Session(record.Id) } : record;
}
