using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.RuleSets;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Matching.Queues;

/// <summary>
/// A running session's wish for players, from its beginning to its end. A session has one at a time. Who of the session asks for a ticket has left it, whatever
/// the wish says: nobody is looked for twice.
/// </summary>
internal sealed class BackfillLifecycle(MatchmakingQueueOptions options, TicketQueueLimits limits, IReadOnlyList<string> regions, TicketBook book)
{
    /// <summary>Takes in a wish, in the place of the session's last one.</summary>
    /// <param name="request">The wish.</param>
    /// <param name="region">The region in which the session runs; null when that is not known.</param>
    /// <param name="ruleSet">The rule set that holds.</param>
    /// <param name="now">The time.</param>
    public BackfillReply Create(BackfillRequest request, string? region, RuleSet ruleSet, DateTimeOffset now)
    {
        if (book.Backfill(request.Id) is { } known)
            return known.Record.Fingerprint == request.Fingerprint ? new(BackfillOutcome.Existing, known.Record, []) : new(BackfillOutcome.Conflict, null, []);

        var timeout = request.Timeout is { } asked && asked < options.TicketTimeout ? asked : options.TicketTimeout;
        var ticket = new BackfillTicket(request.Id, now, now + timeout, KnownRegion(region), WithoutThoseWhoLeft(request.Teams));
        var record = new BackfillRecord { Ticket = ticket, SessionId = request.SessionId, Fingerprint = request.Fingerprint, Status = TicketStatus.Searching, Origin = request.Origin };
        if (TicketChecks.Faults(ticket, ruleSet, regions) is { Count: > 0 } faults) return new(BackfillOutcome.Invalid, null, faults);
        if (SegmentSize.Of(record) > limits.MaxRecordBytes) return new(BackfillOutcome.Invalid, null, [new("teams", $"have more than {limits.MaxRecordBytes} bytes of attributes and latencies together.")]);
        var before = book.BackfillOf(request.SessionId);
        if (before is null && book.OpenBackfillCount >= limits.MaxBackfills) return new(BackfillOutcome.Full, null, []);
        if (before is not null) Close(before, TicketStatus.Cancelled, now, $"backfill {request.Id} of the same session took its place");
        return new(BackfillOutcome.Created, book.Put(record).Record, []);
    }

    /// <summary>Ends a wish. Who has been matched to it still comes.</summary>
    public void Stop(HeldBackfill backfill, string reason, DateTimeOffset now)
    {
        if (!backfill.Record.IsClosed) Close(backfill, TicketStatus.Cancelled, now, reason);
    }

    /// <summary>A match serves it.</summary>
    public void Matched(HeldBackfill backfill, string matchId) => book.Put(backfill.Record with { Status = TicketStatus.Placing, MatchId = matchId });

    /// <summary>The match that was to serve it came to nothing.</summary>
    public void SearchAgain(HeldBackfill backfill, DateTimeOffset now)
    {
        // A newer wish of the session has waited for that.
        if (backfill.Record.IsClosed) Refresh(backfill.Record.SessionId);
        else if (backfill.Record.Ticket.ExpiresAt <= now) Close(backfill, TicketStatus.TimedOut, now, null);
        else book.Put(WithTeams(backfill.Record with { Status = TicketStatus.Searching, MatchId = null }, backfill.Record.Ticket.Teams));
    }

    /// <summary>A match's players are in their session. Where the queue fills sessions by itself, the next wish follows as long as there are free places.</summary>
    /// <param name="match">The match.</param>
    /// <param name="come">Who came, by team.</param>
    /// <param name="region">The region in which the session runs; null when that is not known.</param>
    /// <param name="ends">When the session ends at the latest.</param>
    /// <param name="ruleSet">The rule set that holds.</param>
    /// <param name="now">The time.</param>
    public void Placed(MatchRecord match, IReadOnlyDictionary<string, IReadOnlyList<MatchmakingPlayer>> come, string? region, DateTimeOffset ends, RuleSet ruleSet, DateTimeOffset now)
    {
        var served = book.Backfill(match.Backfill);
        if (served is { Record.IsClosed: false }) Close(served, TicketStatus.Completed, now, null);
        var session = match.SessionId!;
        if (book.BackfillOf(session) is not null)
        {
            Refresh(session, come);
            return;
        }

        // Stopped by somebody, or by the end of the session: then it is not wished for any more.
        if (options.Backfill != BackfillMode.Automatic || served is { Record.Status: not TicketStatus.Completed } || book.OpenBackfillCount >= limits.MaxBackfills) return;
        var teams = WithoutThoseWhoLeft(Joined(served?.Record.Ticket.Teams, come));
        var ticket = new BackfillTicket(TicketIds.Backfill(options.Id, "automatic", match.Id), now, ends, served?.Record.Ticket.Region ?? KnownRegion(region), teams);
        var record = new BackfillRecord { Ticket = ticket, SessionId = session, Fingerprint = match.Id, Status = TicketStatus.Searching, Origin = BackfillOrigin.Automatic };
        if (teams.Values.Sum(players => players.Count) >= ruleSet.MaxPlayers || TicketChecks.Faults(ticket, ruleSet, regions).Count > 0 || SegmentSize.Of(record) > limits.MaxRecordBytes) return;
        book.Put(record);
    }

    /// <summary>Players ask for a ticket: they are in no session any more.</summary>
    public void NoteLeft(IReadOnlyList<MatchmakingPlayer> players, DateTimeOffset now)
    {
        for (var i = 0; i < players.Count; i++)
        {
            if (book.BackfillOfMember(players[i].Id) is not { } backfill) continue;
            var next = WithTeams(backfill.Record, Without(backfill.Record.Ticket.Teams, players));
            if (next.Ticket.Teams.Values.All(members => members.Count == 0)) Close(backfill, TicketStatus.Cancelled, now, "its players have all left the session");
            else book.Put(next);
        }
    }

    /// <summary>It is done.</summary>
    public void Close(HeldBackfill backfill, TicketStatus status, DateTimeOffset now, string? reason) =>
        book.Put(backfill.Record with { Status = status, ClosedAt = now, Reason = reason?.Length > limits.MaxReasonLength ? reason[..limits.MaxReasonLength] + "…" : reason });

    /// <summary>A wish has waited until nobody is on his way into its session: it is for the places that are free then.</summary>
    private void Refresh(string session, IReadOnlyDictionary<string, IReadOnlyList<MatchmakingPlayer>>? come = null)
    {
        if (book.BackfillOf(session) is { Record.Status: TicketStatus.Searching } waiting) book.Put(WithTeams(waiting.Record, come is null ? waiting.Record.Ticket.Teams : Joined(waiting.Record.Ticket.Teams, come)));
    }

    private string? KnownRegion(string? region) => region is not null && regions.Contains(region) ? region : null;

    private BackfillRecord WithTeams(BackfillRecord record, IReadOnlyDictionary<string, IReadOnlyList<MatchmakingPlayer>> teams) => record with { Ticket = record.Ticket with { Teams = WithoutThoseWhoLeft(teams) } };

    private Dictionary<string, IReadOnlyList<MatchmakingPlayer>> WithoutThoseWhoLeft(IReadOnlyDictionary<string, IReadOnlyList<MatchmakingPlayer>> teams) =>
        teams.ToDictionary(team => team.Key, team => (IReadOnlyList<MatchmakingPlayer>)[.. team.Value.Where(player => book.TicketOf(player.Id) is null)], StringComparer.Ordinal);

    private static Dictionary<string, IReadOnlyList<MatchmakingPlayer>> Without(IReadOnlyDictionary<string, IReadOnlyList<MatchmakingPlayer>> teams, IReadOnlyList<MatchmakingPlayer> left) =>
        teams.ToDictionary(team => team.Key, team => (IReadOnlyList<MatchmakingPlayer>)[.. team.Value.Where(player => left.All(gone => gone.Id != player.Id))], StringComparer.Ordinal);

    private static Dictionary<string, IReadOnlyList<MatchmakingPlayer>> Joined(
        IReadOnlyDictionary<string, IReadOnlyList<MatchmakingPlayer>>? before, IReadOnlyDictionary<string, IReadOnlyList<MatchmakingPlayer>> come)
    {
        var joined = before?.ToDictionary(StringComparer.Ordinal) ?? new Dictionary<string, IReadOnlyList<MatchmakingPlayer>>(StringComparer.Ordinal);
        foreach (var (team, players) in come) joined[team] = [.. joined.GetValueOrDefault(team, []).UnionBy(players, player => player.Id)];
        return joined;
    }
}
