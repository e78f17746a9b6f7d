using FleetSystem.Matchmaker.Tickets;

namespace FleetSystem.LocalCloud.Matchmaking;

/// <summary>What came of a party's ticket.</summary>
/// <param name="Party">Its players.</param>
/// <param name="Ticket">Its ticket at the end, as a backend is told.</param>
/// <param name="ToSession">From asking until its players were told of the session.</param>
internal sealed record PartyResult(IReadOnlyList<MatchmakingBot> Party, TicketResource Ticket, TimeSpan ToSession)
{
    /// <summary>From the ticket's creation to the forming of its match.</summary>
    public TimeSpan Wait => Ticket.Match!.FormedAt - Ticket.CreatedAt;
}

/// <summary>A match of the crowd, and where it plays.</summary>
/// <param name="SessionId">Its session.</param>
/// <param name="Region">The session's region.</param>
/// <param name="Parties">Its parties.</param>
internal sealed record MatchResult(string SessionId, string Region, IReadOnlyList<PartyResult> Parties)
{
    /// <summary>Its players.</summary>
    public IEnumerable<MatchmakingBot> Players => Parties.SelectMany(result => result.Party);
}
