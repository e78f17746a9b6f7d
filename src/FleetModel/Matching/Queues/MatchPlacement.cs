using FleetSystem.FleetModel.Configuration;
using FleetSystem.FleetModel.Matching.Tickets;
using FleetSystem.FleetModel.Sessions;

namespace FleetSystem.FleetModel.Matching.Queues;

/// <summary>Where a match's session stands, as far as the match goes by it.</summary>
public enum PlacementState
{
    /// <summary>It waits for a server; the match stays together.</summary>
    Waiting,

    /// <summary>It has, or had, a server: the match is complete.</summary>
    Placed,

    /// <summary>It got none.</summary>
    Failed,
}

/// <summary>From a match to its session.</summary>
public static class MatchPlacement
{
    /// <summary>Tells the match's session from any other that the id could have been used for.</summary>
    public static string Fingerprint(MatchRecord match) => $"match {match.Id}";

    /// <summary>The session that a match asks for.</summary>
    /// <param name="queue">Its queue.</param>
    /// <param name="fleet">The queue's fleet.</param>
    /// <param name="match">The match.</param>
    /// <param name="tickets">Its tickets.</param>
    /// <param name="home">The cell that keeps the session; null where cells know no peers.</param>
    public static SessionRequest Request(MatchmakingQueueOptions queue, FleetOptions fleet, MatchRecord match, IReadOnlyList<TicketRecord> tickets, string? home)
    {
        var players = tickets.SelectMany(ticket => ticket.Ticket.Players).DistinctBy(player => player.Id, StringComparer.Ordinal).ToDictionary(player => player.Id, StringComparer.Ordinal);
        return new()
        {
            Fleet = fleet.Id,
            Players = [.. match.Players.Select(id => new SessionPlayer(id, players.TryGetValue(id, out var player) ? Latencies(player, match.Regions) : new Dictionary<string, int>()))],
            WaitFor = WaitFor.Allocated,
            Deadline = queue.PlacementTimeout,
            Attributes = MatchmakerData.Of(queue.Id, match, players),
            Lifetime = fleet.SessionLifetime,
            Home = home,
            Matchmaking = new(queue.Id, ByTeam(match.Teams, players)),
        };
    }

    /// <summary>What a running session is told of the players who come.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="match">The match that fills it.</param>
    /// <param name="tickets">The match's tickets.</param>
    /// <param name="backfill">The wish that it serves; null when it is forgotten, and the teams are left as they are.</param>
    /// <param name="session">The session.</param>
    public static PlayerAddition Addition(MatchmakingQueueOptions queue, MatchRecord match, IReadOnlyList<TicketRecord> tickets, BackfillRecord? backfill, SessionRecord session)
    {
        var players = tickets.SelectMany(ticket => ticket.Ticket.Players).DistinctBy(player => player.Id, StringComparer.Ordinal).ToDictionary(player => player.Id, StringComparer.Ordinal);
        var come = match.Players.Where(players.ContainsKey).Select(id => new SessionPlayer(id, players[id].LatencyMilliseconds)).ToList();
        if (backfill is null) return new() { Come = come };
        var stay = backfill.Ticket.Teams.Values.SelectMany(members => members).Where(member => players.TryAdd(member.Id, member)).Select(member => member.Id).ToHashSet(StringComparer.Ordinal);
        var names = backfill.Ticket.Teams.Keys.Union(match.Teams.Select(team => team.Name), StringComparer.Ordinal);
        var teams = names.Select(name => new MatchedTeam(
            name,
            [.. backfill.Ticket.Teams.GetValueOrDefault(name, []).Select(member => member.Id).Union(match.Teams.Where(team => team.Name == name).SelectMany(team => team.Players), StringComparer.Ordinal)])).ToList();
        return new()
        {
            Come = come,
            Left = [.. session.Request.Players.Select(player => player.Id).Where(id => !stay.Contains(id) && !players.ContainsKey(id))],
            Matchmaking = new(queue.Id, ByTeam(teams, players)),
            Attributes = MatchmakerData.Of(queue.Id, match with { Teams = teams }, players),
        };
    }

    private static Dictionary<string, IReadOnlyList<MatchmakingPlayer>> ByTeam(IReadOnlyList<MatchedTeam> teams, Dictionary<string, MatchmakingPlayer> players) =>
        teams.ToDictionary(team => team.Name, team => (IReadOnlyList<MatchmakingPlayer>)[.. team.Players.Where(players.ContainsKey).Select(player => players[player])], StringComparer.Ordinal);

    /// <summary>Where a session stands.</summary>
    public static PlacementState StateOf(SessionRecord session) => session switch
    {
        { State: SessionState.Pending or SessionState.Allocating, Server: null } => PlacementState.Waiting,
        { State: SessionState.Failed or SessionState.Cancelled } => PlacementState.Failed,
        { State: SessionState.Ended, Server: null } => PlacementState.Failed,
        _ => PlacementState.Placed,
    };

    // Where the rules look at latency, the match's regions are those that keep to them for everybody: told no others, the session's placement keeps to them as well.
    private static IReadOnlyDictionary<string, int> Latencies(MatchmakingPlayer player, IReadOnlyList<string> regions) =>
        regions.Count == 0
            ? player.LatencyMilliseconds
            : regions.Where(player.LatencyMilliseconds.ContainsKey).ToDictionary(region => region, region => player.LatencyMilliseconds[region], StringComparer.Ordinal);
}
