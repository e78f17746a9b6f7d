using System.Globalization;
using FleetSystem.FleetModel.Grains;
using FleetSystem.FleetModel.Matching.Tickets;
using FleetSystem.Matchmaker.Access;
using FleetSystem.Matchmaker.Api;

namespace FleetSystem.Matchmaker.Tickets;

/// <summary>Turns what queues say to what the API says. Pure.</summary>
internal static class TicketResources
{
    /// <summary>A ticket, as far as it is for somebody.</summary>
    public static TicketResource Of(TicketView view, Caller caller)
    {
        var (record, match) = (view.Ticket, view.Match);
        return new TicketResource
        {
            TicketId = record.Id,
            Queue = TicketIds.QueueOfTicket(record.Id) ?? "",
            Status = record.Status,
            CreatedAt = record.Ticket.CreatedAt,
            ExpiresAt = record.Ticket.ExpiresAt,
            Players = [.. record.Ticket.Players.Select(player => Of(player.Id, match))],
            Match = match is null ? null : Of(match, caller),
            Failure = record is { Status: TicketStatus.TimedOut or TicketStatus.Cancelled or TicketStatus.Failed, Events: [.., var last] }
                ? new FailureResource(last.Code ?? Name(record.Status), last.Reason ?? Words(record.Status))
                : null,
        };
    }

    /// <summary>The events of a ticket after a sequence, each with the ticket as it is now.</summary>
    public static IEnumerable<TicketEventResource> EventsAfter(TicketView view, long sequence, Caller caller)
    {
        if (view.Ticket.LastSequence <= sequence) return [];
        var ticket = Of(view, caller);
        return view.Ticket.Events.Where(happened => happened.Sequence > sequence).Select(happened => new TicketEventResource(
            happened.Sequence, happened.At, happened.Status, TypeOf(happened.Status, view.Match), happened.MatchId, happened.Code, happened.Reason, ticket));
    }

    /// <summary>
    /// The events of news, the last of them with the place to resume at. What happened to the tickets of a match at once is one event, as FlexMatch has it: each on
    /// its own would repeat the match a hundred times where a hundred play.
    /// </summary>
    public static IEnumerable<QueueEventResource> Of(QueueNews news, Caller caller)
    {
        var matches = news.Matches.ToDictionary(match => match.Id, StringComparer.Ordinal);
        for (var (from, to) = (0, 0); from < news.Changes.Count; from = to)
        {
            var happened = news.Changes[from].Event;
            for (to = from + 1; to < news.Changes.Count && IsSame(news.Changes[to].Event, happened);) to++;
            var match = happened.MatchId is { } id ? matches.GetValueOrDefault(id) : null;
            yield return new QueueEventResource(
                happened.At, happened.Status, TypeOf(happened.Status, match), [.. news.Changes.Skip(from).Take(to - from).Select(change => new QueueEventTicketResource(change.Ticket, change.Event.Sequence))],
                happened.MatchId, happened.Code, happened.Reason, match is null ? null : Of(match, caller))
            {
                Cursor = to == news.Changes.Count ? Text(news.Next) : null,
            };
        }
    }

    /// <summary>A backfill.</summary>
    public static BackfillResource Of(BackfillRecord backfill) => new()
    {
        BackfillId = backfill.Id,
        Queue = TicketIds.QueueOfBackfill(backfill.Id) ?? "",
        SessionId = backfill.SessionId,
        Status = backfill.Status,
        Origin = backfill.Origin,
        CreatedAt = backfill.Ticket.CreatedAt,
        ExpiresAt = backfill.Ticket.ExpiresAt,
        Teams = [.. backfill.Ticket.Teams.OrderBy(team => team.Key, StringComparer.Ordinal).Select(team => new MatchTeamResource(team.Key, [.. team.Value.Select(player => player.Id)]))],
        MatchId = backfill.MatchId,
        Reason = backfill.Reason,
    };

    /// <summary>A place in a queue's news, as <c>Last-Event-ID</c> has it.</summary>
    public static string Text(NewsCursor cursor) => string.Create(CultureInfo.InvariantCulture, $"{cursor.Epoch}-{cursor.Position}");

    /// <summary>A place in a queue's news, or null when the text is none.</summary>
    public static NewsCursor? Cursor(string? text) =>
        text?.Split('-') is [var epoch, var position] && long.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out var life) && long.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            ? new NewsCursor(life, at)
            : null;

    /// <summary>A status as the API writes it.</summary>
    public static string Name(TicketStatus status) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(status.ToString());

    private static TicketPlayerResource Of(string player, MatchRecord? match)
    {
        var team = match?.Teams.FirstOrDefault(one => one.Players.Contains(player, StringComparer.Ordinal))?.Name;
        return new TicketPlayerResource(player, team, match?.AcceptBy is null ? null : match.AcceptedBy.Contains(player, StringComparer.Ordinal));
    }

    private static MatchResource Of(MatchRecord match, Caller caller) => new(
        match.Id, match.Status, match.FormedAt, match.AcceptBy,

        // It is in the journal before there is a session; a caller gets it when he finds one.
        match.Status == MatchStatus.Completed ? match.SessionId : null,
        match.Backfill,
        caller.IsBackend ? [.. match.Teams.Select(team => new MatchTeamResource(team.Name, team.Players))] : null);

    private static bool IsSame(TicketEvent one, TicketEvent other) => one with { Sequence = other.Sequence } == other;

    /// <summary>FlexMatch's event of a status.</summary>
    private static string? TypeOf(TicketStatus status, MatchRecord? match) => status switch
    {
        TicketStatus.Searching => "MatchmakingSearching",
        TicketStatus.RequiresAcceptance => "PotentialMatchCreated",
        TicketStatus.Placing => match?.AcceptBy is null ? "PotentialMatchCreated" : "AcceptMatchCompleted",
        TicketStatus.Completed => "MatchmakingSucceeded",
        TicketStatus.TimedOut => "MatchmakingTimedOut",
        TicketStatus.Cancelled => "MatchmakingCancelled",
        TicketStatus.Failed => "MatchmakingFailed",
        _ => null,
    };

    private static string Words(TicketStatus status) => status switch
    {
        TicketStatus.TimedOut => "No match was found in time.",
        TicketStatus.Cancelled => "The ticket was cancelled.",
        _ => "The ticket can have no match.",
    };
}
