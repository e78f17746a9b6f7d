using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetModel.Matching.Queues;

/// <summary>How long records are when they are written, about: enough to keep segments within what a store takes.</summary>
internal static class SegmentLength
{
    private const int Frame = 80;
    private const int Field = 16;

    public static int Of(TicketRecord ticket)
    {
        var length = Frame + ticket.Id.Length + ticket.Fingerprint.Length;
        foreach (var player in ticket.Ticket.Players) length += Of(player);
        foreach (var happened in ticket.Events) length += Of(happened);
        return length;
    }

    public static int Of(TicketEvent happened) => Frame + (happened.MatchId?.Length ?? 0) + (happened.Code?.Length ?? 0) + (happened.Reason?.Length ?? 0);

    public static int Of(MatchRecord match)
    {
        var length = (3 * Frame) + match.Id.Length + (match.SessionId?.Length ?? 0);
        foreach (var ticket in match.Tickets) length += ticket.Length + 3;
        foreach (var player in match.Players) length += player.Length + 3;
        foreach (var player in match.AcceptedBy) length += player.Length + 3;
        return length + (match.Regions.Count * Field);
    }

    public static int Of(BackfillRecord backfill)
    {
        var length = (3 * Frame) + backfill.Id.Length + backfill.SessionId.Length + (backfill.Reason?.Length ?? 0);
        foreach (var (team, players) in backfill.Ticket.Teams)
        {
            length += Field + team.Length;
            foreach (var player in players) length += Of(player);
        }

        return length;
    }

    private static int Of(MatchmakingPlayer player)
    {
        var length = Frame + player.Id.Length + (player.LatencyMilliseconds.Count * 24);
        foreach (var (name, value) in player.Attributes) length += Field + name.Length + Of(value);
        return length;
    }

    private static int Of(AttributeValue value)
    {
        var length = Field + (value.Text?.Length ?? 0);
        if (value.Texts is { } texts)
        {
            foreach (var text in texts) length += text.Length + 3;
        }

        if (value.Numbers is { } numbers)
        {
            foreach (var (name, _) in numbers) length += name.Length + Field;
        }

        return length;
    }
}
