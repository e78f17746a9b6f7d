using FleetSystem.FleetModel.Matching.Queues;
using FleetSystem.FleetModel.Matching.Tickets;

namespace FleetSystem.FleetManager.Tests.Matchmaking;

/// <summary>Segments for tests.</summary>
internal static class JournalSegments
{
    private static readonly DateTimeOffset Start = new(2026, 11, 26, 9, 0, 0, TimeSpan.Zero);

    /// <summary>A segment that can be told from others.</summary>
    public static TicketSegment Named(string name, int padding = 0) => new()
    {
        Changes = [new TicketChange(name, new TicketEvent(1, Start, TicketStatus.Searching, null, null, padding == 0 ? null : new string('x', padding)))],
    };

    /// <summary>Its name.</summary>
    public static string NameOf(TicketSegment segment) => segment.Changes[0].Ticket;

    /// <summary>A segment with something of everything.</summary>
    public static TicketSegment Whole()
    {
        var players = new[]
        {
            new MatchmakingPlayer(
                "모모 \"the\" 😀\n",
                new Dictionary<string, AttributeValue> { ["skill"] = 1500.25, ["mode"] = "ranked", ["maps"] = new AttributeValue(Texts: ["a", "b\\"]), ["roles"] = new AttributeValue(Numbers: new Dictionary<string, double> { ["tank"] = -0.1 }) },
                new Dictionary<string, int> { ["ap-northeast-2"] = 12 }),
            new MatchmakingPlayer("p2", new Dictionary<string, AttributeValue>(), new Dictionary<string, int>()),
        };
        var ticket = TicketTransitions.Create(new MatchmakingTicket("t-1.arena", Start, Start.AddMinutes(5), players), "fingerprint");
        var happened = TicketTransitions.Next(ticket, TicketStatus.Failed, Start.AddSeconds(3), "m-1.arena", "ticket-invalid", "because");
        return new TicketSegment
        {
            Tickets = [ticket, TicketTransitions.Apply(ticket, happened)],
            Matches =
            [
                new MatchRecord
                {
                    Id = "m-1.arena", Tickets = ["t-1.arena"], Teams = [new MatchedTeam("red", ["p2"])], Regions = ["ap-northeast-2"], Status = MatchStatus.Completed, FormedAt = Start,
                    AcceptBy = Start.AddSeconds(30), AcceptedBy = ["p2"], SessionId = "s-1", Backfill = "b-1.arena",
                },
            ],
            Backfills =
            [
                new BackfillRecord
                {
                    Ticket = new BackfillTicket("b-1.arena", Start, Start.AddMinutes(1), "ap-northeast-2", new Dictionary<string, IReadOnlyList<MatchmakingPlayer>> { ["red"] = players }),
                    SessionId = "s-1", Fingerprint = "f", Status = TicketStatus.Placing, Origin = BackfillOrigin.GameServer, ClosedAt = Start, Reason = "r", MatchId = "m-1.arena",
                },
            ],
            Changes = [new TicketChange("t-1.arena", happened)],
        };
    }
}
