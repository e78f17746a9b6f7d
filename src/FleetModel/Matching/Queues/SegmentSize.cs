using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Matching.Queues;

/// <summary>
/// How much room things take in a journal's segment: bytes of JSON, never fewer than are stored, and not many more. A writer adds them up as it fills a segment;
/// a segment of more than <see cref="Most"/> is refused.
/// </summary>
public static class SegmentSize
{
    /// <summary>Most bytes of a segment: what a store takes in one state (380,000 bytes), less the segment's own frame.</summary>
    public const int Most = 379_000;

    // Names, punctuation, and fixed texts at their longest: two times of 35 characters, for example, in a ticket.
    private const int TicketFrame = 243;
    private const int PlayerFrame = 49;
    private const int AttributeFrame = 51;
    private const int EntryFrame = 2;
    private const int EventFrame = 134;
    private const int MatchFrame = 204;
    private const int TeamFrame = 21;
    private const int BackfillFrame = 284;
    private const int ChangeFrame = 21;
    private const int Null = 4;
    private const int Quotes = 2;
    private const int LongestInteger = 11;
    private const int LongestNumber = 26;
    private const int LongestEscape = 6;

    /// <summary>Of a whole segment.</summary>
    public static int Of(TicketSegment segment) =>
        segment.Tickets.Sum(Of) + segment.Matches.Sum(Of) + segment.Backfills.Sum(Of) + segment.Changes.Sum(Of);

    /// <summary>Of a ticket.</summary>
    public static int Of(TicketRecord ticket)
    {
        var size = TicketFrame + Of(ticket.Ticket.Id) + Of(ticket.Fingerprint) + Of(ticket.MatchId);
        foreach (var player in ticket.Ticket.Players) size += Of(player);
        foreach (var happened in ticket.Events) size += Of(happened);
        return size;
    }

    /// <summary>Of a match.</summary>
    public static int Of(MatchRecord match)
    {
        var size = MatchFrame + Of(match.Id) + Of(match.SessionId) + Of(match.Backfill) + Of(match.Tickets) + Of(match.Regions) + Of(match.AcceptedBy);
        foreach (var team in match.Teams) size += TeamFrame + Of(team.Name) + Of(team.Players);
        return size;
    }

    /// <summary>Of a backfill.</summary>
    public static int Of(BackfillRecord backfill)
    {
        var size = BackfillFrame + Of(backfill.Ticket.Id) + Of(backfill.Ticket.Region) + Of(backfill.SessionId) + Of(backfill.Fingerprint) + Of(backfill.Reason) + Of(backfill.MatchId);
        foreach (var (team, players) in backfill.Ticket.Teams)
        {
            size += EntryFrame + Of(team);
            foreach (var player in players) size += Of(player);
        }

        return size;
    }

    /// <summary>Of a change.</summary>
    public static int Of(TicketChange change) => ChangeFrame + Of(change.Ticket) + Of(change.Event);

    private static int Of(TicketEvent happened) => EventFrame + Of(happened.MatchId) + Of(happened.Code) + Of(happened.Reason);

    private static int Of(MatchmakingPlayer player)
    {
        var size = PlayerFrame + Of(player.Id);
        foreach (var (name, value) in player.Attributes) size += EntryFrame + Of(name) + Of(value);
        foreach (var region in player.LatencyMilliseconds.Keys) size += EntryFrame + Of(region) + LongestInteger;
        return size;
    }

    private static int Of(AttributeValue value)
    {
        var size = AttributeFrame + (value.Number is null ? 0 : LongestNumber) + Of(value.Text);
        if (value.Texts is { } texts) size += Of(texts);
        if (value.Numbers is { } numbers)
        {
            foreach (var name in numbers.Keys) size += EntryFrame + Of(name) + LongestNumber;
        }

        return size;
    }

    private static int Of(IReadOnlyList<string> texts)
    {
        var size = EntryFrame + Quotes;
        for (var i = 0; i < texts.Count; i++) size += 1 + Of(texts[i]);
        return size;
    }

    // Plain ASCII is nearly everything there is, and is found at the speed of a memory read. Of the rest, some characters are written as \u1234.
    private static int Of(string? text)
    {
        if (text is null) return Null;
        var span = text.AsSpan();
        if (!span.ContainsAnyExceptInRange(' ', '~') && !span.ContainsAny('"', '\\')) return text.Length + Quotes;
        var size = Quotes;
        foreach (var letter in span) size += letter is >= ' ' and <= '~' and not ('"' or '\\') ? 1 : LongestEscape;
        return size;
    }
}
